/** Chromium as a page meets it on most machines, for tests that need no other engine. */
import './paths.ts'
import puppeteer, { type Browser } from 'puppeteer-core'

/** @throws {Error} where there is none */
export async function launchChromium(): Promise<Browser> {
  const { CHROME_PATH } = process.env
  if (!CHROME_PATH) throw new Error('no chromium here: install one, or say in CHROME_PATH where it is')
  return puppeteer.launch({ executablePath: CHROME_PATH, args: ['--no-sandbox', '--disable-gpu'], timeout: 60_000, protocolTimeout: 120_000 })
}
