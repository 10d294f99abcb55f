import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { launchChromium } from './chromium.ts'
import { until } from './engine-process.ts'
import { launch, launchLimitMs, whyNot } from './engines.ts'
import { matrix } from './in-engine.ts'
import { part, says, untilIn } from './person.ts'

const { CHROME_PATH } = process.env
const built = new URL('../../dist/widget/', import.meta.url)
const policy = (origin: string): string => `default-src 'none'; script-src ${origin}; connect-src ${origin}; frame-src ${origin}; require-trusted-types-for 'script'; trusted-types lit-html`
/** What a page sees of the files: as built, or with a line that says it ran. */
let forged = false
/** Whether what comes later cannot be had. */
let away = false
let http: Server
let browser: Browser
let requests: string[] = []
const origin = (): string => `http://127.0.0.1:${(http.address() as AddressInfo).port}`

function answer(url = '/'): { type: string; body: string } {
  if (url === '/') return { type: 'text/html', body: '<!doctype html><html lang="en"><title>host</title><script type="module" src="/linklatch.js"></script><linklatch-sign-in></linklatch-sign-in>' }
  const code = readFileSync(new URL(`.${url.replace(/\?.*/, '')}`, built), 'utf8')
  return { type: 'text/javascript', body: forged && url.startsWith('/later-') ? `window.forged = true\n${code}` : code }
}

describe('what the script imports later', { skip: !CHROME_PATH && 'no chromium here (CHROME_PATH)' }, () => {
  before(async () => {
    http = createServer((request, response) => {
      requests.push(request.url ?? '')
      if (away && request.url?.startsWith('/later-')) return void request.socket.destroy()
      try {
        const { type, body } = answer(request.url)
        response.writeHead(200, { 'content-type': type, 'content-security-policy': policy(origin()) }).end(body)
      } catch {
        response.writeHead(404).end()
      }
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    http.close()
  })

  async function open(): Promise<{ seen: { forged: boolean; form: boolean }; requested: string[] }> {
    requests = []
    const page = await browser.newPage()
    const warned = new Promise<void>((resolve) => page.on('console', (message) => message.text().includes('[linklatch]') && resolve()))
    await page.goto(`${origin()}/`)
    await Promise.race([warned, page.waitForSelector('iframe', { timeout: 60_000 })])
    const seen = await page.evaluate(() => ({ forged: 'forged' in window, form: !!document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('input[type=email]') }))
    await page.close()
    return { seen, requested: requests }
  }

  it('runs under a strict policy and Trusted Types, and is asked for after the script alone', async () => {
    forged = false
    const { seen, requested } = await open()
    assert.deepEqual(seen, { forged: false, form: true })
    assert.match(requested.filter((path) => path !== '/favicon.ico').join(' '), /^\/ \/linklatch\.js \/later-[0-9a-f]+\.js/)
    assert.ok(requested.some((path) => path.startsWith('/bridge?')))
  })

  it('does not run with another content than it was built with; the form stays', async () => {
    forged = true
    const { seen, requested } = await open()
    assert.deepEqual(seen, { forged: false, form: true })
    assert.ok(!requested.some((path) => path.startsWith('/bridge?')))
  })

  for (const name of matrix) {
    it(`is asked for again at the next press where it could not be had, with the address still there: ${name}`, { skip: (name !== 'chromium' && whyNot(name)) || false, timeout: 2 * launchLimitMs }, async () => {
      forged = false
      away = true
      const engine = await launch(name)
      const tab = await engine.newTab()
      const requested = (pattern: RegExp) => until(String(pattern), launchLimitMs, () => Promise.resolve(requests.find((path) => pattern.test(path))))
      await tab.goto(`${origin()}/`)
      await says(tab, /cannot be reached/)
      await tab.type(part.address, 'ann@example.com')
      requests = []
      await tab.press('Enter')
      await requested(/^\/later-\w+\.js\?again=1/)
      await says(tab, /Send me a link.*cannot be reached|cannot be reached.*Send me a link/)
      assert.equal(await tab.eval(() => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('input')?.value), 'ann@example.com')
      away = false
      await tab.press('Enter')
      await requested(/^\/bridge\?/)
      await untilIn(tab, 'what helps', () => Reflect.get(document.querySelector('linklatch-sign-in') ?? {}, 'extra') !== undefined)
      await engine.close()
    })
  }
})
