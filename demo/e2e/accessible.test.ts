/** axe-core finds nothing on the pages behind a link, in the mail and on the sandbox page: light and dark, on a phone and on a desk. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type axe from 'axe-core'
import type { Browser, Page } from 'puppeteer-core'
import { startSandbox } from '../sandbox/host.ts'
import { sandboxSite } from '../sandbox/site.ts'
import { launchChromium } from './chromium.ts'
import { testLimit } from './in-engine.ts'
import { linkedPages } from './linked-pages.ts'
import { somebody } from './person.ts'
import { freePort, startStage } from './stage.ts'
import type { Stage } from './stage.ts'

const rules = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Look = { scheme: 'light' | 'dark'; width: number }
const isWhole = Boolean(process.env.LINKLATCH_WHOLE)
/** Each colour and each width once; every pair of them, and every page in each, in a whole run. */
const looks: Look[] = [{ scheme: 'light', width: 1280 }, { scheme: 'dark', width: 390 }]
if (isWhole) looks.push({ scheme: 'dark', width: 1280 }, { scheme: 'light', width: 390 })

describe('axe-core finds nothing', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  before(async () => {
    stage = await startStage()
    browser = await launchChromium()
    page = await browser.newPage()
    page.setDefaultTimeout(60_000)
  }, testLimit)
  after(async () => {
    await browser?.close()
    await stage?.stop()
  }, testLimit)

  async function dress({ scheme, width }: Look): Promise<void> {
    await page.setViewport({ width, height: 900 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' }])
  }

  /** Frames are pages of their own. A mail is part of a mail program's page, which has the landmarks. */
  async function faults(what: string): Promise<string[]> {
    await page.evaluate(rules)
    const without = what.startsWith('mail') ? ['region', 'landmark-one-main'] : []
    const found = await page.evaluate((off) => {
      const { axe: checker } = globalThis as unknown as { axe: typeof axe }
      return checker.run(document, { iframes: false, resultTypes: ['violations'], rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])) })
    }, without)
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (tooWide > 0) return [`${what}: ${tooWide} px too wide`]
    return found.violations.map(({ id, nodes }) => `${what}: ${id} at ${nodes.map(({ html }) => html.slice(0, 120)).join(' and ')}`)
  }

  for (const locale of isWhole ? ['en', 'ar', 'ja'] : ['en']) {
    it(`on any page that a link opens, nor in the mail: ${locale}`, testLimit, async () => {
      const found: string[] = []
      const pages = Object.entries(await linkedPages(stage, locale))
      for (const look of looks) {
        await dress(look)
        for (const [name, html] of pages.filter((_, index) => isWhole || looks[index % looks.length] === look)) {
          await page.setContent(html)
          found.push(...(await faults(`${name}, ${look.scheme}, ${look.width}`)))
        }
      }
      assert.deepEqual(found, [])
    })
  }

  it('on the sandbox page: the form, the inbox with a mail, another device, signed in', testLimit, async () => {
    const { server, outbox } = stage
    const port = await freePort()
    const site = await sandboxSite(stage.services, `http://127.0.0.1:${port}`)
    const sandbox = await startSandbox({ port, server, reach: server, outbox, siteId: site.id, pages: join(import.meta.dirname, '../../dist/demo/sandbox/page') })
    try {
      const found: string[] = []
      const address = somebody()
      const everyLook = async (what: string) => {
        for (const look of looks) {
          await dress(look)
          found.push(...(await faults(`${what}, ${look.scheme}, ${look.width}`)))
        }
      }
      await page.goto(`${sandbox.url}/`)
      await (await page.waitForSelector('linklatch-sign-in >>> input[type=email]', { visible: true }))?.type(address)
      await everyLook('the form')
      await page.keyboard.press('Enter')
      // The newest of the mails that were there before is open already.
      await page.waitForFunction((to) => document.querySelector('#reader')?.textContent.includes(to), {}, address)
      await everyLook('the mail')
      for (const tab of ['#tab-text', '#tab-device']) {
        await page.click(tab)
        await everyLook(tab)
      }
      const code = await page.$eval('#code', (node) => node.textContent)
      await (await page.waitForSelector('linklatch-sign-in >>> [part~=code]'))?.type(code ?? '')
      await page.waitForSelector('#room', { visible: true })
      await everyLook('signed in')
      assert.deepEqual(found, [])
    } finally {
      await sandbox.stop()
    }
  })
})
