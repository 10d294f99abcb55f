/** A whole sign-in, and the account after it, by keyboard alone: Tab, Enter, typing and pasting. The focus is never lost, each change is said once. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { launchChromium } from './chromium.ts'
import { until } from './engine-process.ts'
import { testLimit } from './in-engine.ts'
import { begin } from './linked-pages.ts'
import { somebody } from './person.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

declare global {
  /** What was put into the line for screen readers, and each phase that began while nothing had the focus. */
  var heard: { said: string[]; lost: string[] }
  /** What was given as a file. */
  var saved: string | undefined
}

/** Runs in the page. Where the focus is, through shadow roots: name, part and words. */
function focused(): string {
  let at: Element | null = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return [at?.localName, at?.getAttribute('part') ?? at?.id, at?.textContent?.trim().replace(/\s+/g, ' ')].filter(Boolean).join(' ')
}

/** Runs in the page. Whether all of what has the focus is in the window, and nothing lies over it. */
function isFocusSeen(): true | undefined {
  let at: Element | null = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  const { left, right, top, bottom } = at?.getBoundingClientRect() ?? new DOMRect(-1)
  const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
  const root = at?.getRootNode() as Document | ShadowRoot | undefined
  return (isInside && root?.elementFromPoint((left + right) / 2, (top + bottom) / 2) === at) || undefined
}

/** Runs in the page, before anybody types. */
function listen(): void {
  globalThis.heard = { said: [], lost: [] }
  const root = document.querySelector('linklatch-sign-in')?.shadowRoot
  if (!root) return
  let phase = root.querySelector('h2')?.textContent
  new MutationObserver((changes) => {
    const line = root.querySelector('[part=status]')
    if (changes.some(({ target }) => target === line || target.parentNode === line) && line?.textContent) heard.said.push(line.textContent)
    const now = root.querySelector('h2')?.textContent
    if (now !== phase && document.activeElement === document.body) heard.lost.push(now ?? '')
    phase = now
  }).observe(root, { subtree: true, childList: true, characterData: true })
}

describe('by keyboard alone', () => {
  let stage: Stage
  let browser: Browser
  before(async () => {
    stage = await startStage()
    browser = await launchChromium()
  }, testLimit)
  after(async () => {
    await browser?.close()
    await stage?.stop()
  }, testLimit)

  async function openTab(url: string): Promise<Page> {
    const page = await (await browser.createBrowserContext()).newPage()
    await page.goto(url)
    return page
  }

  const at = (page: Page) => page.evaluate(focused)
  const isAt = (page: Page, pattern: RegExp) => until(`the focus at ${pattern}`, 30_000, async () => (pattern.test(await at(page).catch(() => '')) ? true : undefined))

  /** Presses Tab until the focus is there; a page has few enough places to come round. */
  async function tabTo(page: Page, pattern: RegExp): Promise<void> {
    const passed: string[] = []
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab')
      passed.push(await at(page))
      if (pattern.test(passed.at(-1) ?? '')) return
    }
    assert.fail(`${pattern} is on no Tab: ${passed.join(' · ')}`)
  }

  /** Asks for a link, and waits for the heading that takes the focus. */
  async function ask(page: Page): Promise<string> {
    const address = somebody()
    await page.waitForSelector('linklatch-sign-in >>> input[type=email]')
    await page.evaluate(listen)
    await tabTo(page, /^input input/)
    await page.keyboard.type(address)
    await page.keyboard.press('Enter')
    await isAt(page, /Check your mail/)
    return address
  }

  it('a person asks, pastes the code, ends a session elsewhere, takes the data and signs out', testLimit, async () => {
    const page = await openTab(`${stage.host}/`)
    const address = await ask(page)
    await until('the mail is on its way', 30_000, () => page.evaluate(() => heard.said.some((line) => line.startsWith('Sent.')) || undefined))
    await tabTo(page, /^input input code/)
    // What the clipboard would put in: all at once, with the gap that people like to have in it.
    await page.keyboard.sendCharacter((await codeOf(address)).replace(/^(\d{3}) ?(\d{3})$/, '$1 $2'))
    await isAt(page, /Signed in/)
    const { said, lost } = await page.evaluate(() => heard)
    assert.deepEqual(lost, [])
    assert.deepEqual(said, [...new Set(said)])
    assert.deepEqual(said.filter((line) => /Check your mail|^Signed in/.test(line)), [], 'what takes the focus is read by that')

    const elsewhere = await begin(stage, { address })
    await elsewhere.bridge('/v1/sessions', { sign_in: elsewhere.id, code: elsewhere.code })
    await openMenu(page, 2)
    await tabTo(page, /^button item end/)
    await page.keyboard.press('Enter')
    await untilListed(page, 1)
    await isAt(page, /^summary/)
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL)
      URL.createObjectURL = (blob) => {
        void (blob as Blob).text().then((text) => { globalThis.saved = text })
        return make(blob)
      }
    })
    await tabTo(page, /Download my data/)
    await page.keyboard.press('Enter')
    const data = await until('the data', 30_000, () => page.evaluate(() => globalThis.saved))
    assert.match(data, new RegExp(address))
    await tabTo(page, /^button item Sign out$/)
    await page.keyboard.press('Enter')
    await isAt(page, /^input input/)
  })

  it('another spelling of an address is said, and is one Tab behind the button', testLimit, async () => {
    const page = await openTab(`${stage.host}/`)
    await page.waitForSelector('linklatch-sign-in >>> input[type=email]')
    await page.evaluate(listen)
    await tabTo(page, /^input input/)
    await page.keyboard.type('ann@gmial.com')
    await page.keyboard.press('Tab')
    await until('it is said', 30_000, () => page.evaluate(() => heard.said.includes('Did you mean ann@gmail.com?') || undefined))
    await tabTo(page, /^button link suggestion Did you mean/)
  })

  it('the approve page takes the number, the first screen goes on, and its account can be deleted', testLimit, async () => {
    const page = await openTab(`${stage.host}/`)
    const address = await ask(page)
    const number = await page.evaluate(() => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('[part=number]')?.textContent)
    const phone = await openTab((await stage.letterTo(address)).link)
    await phone.waitForSelector('input[name=number]')
    await tabTo(phone, /^input number/)
    await phone.keyboard.type(number ?? '')
    await phone.keyboard.press('Enter')
    await until('approved', 30_000, () => phone.evaluate(() => document.querySelector('h1')?.textContent === 'Approved' || undefined).catch(() => undefined))
    await isAt(page, /Signed in/)
    assert.deepEqual(await page.evaluate(() => heard.lost), [])

    await openMenu(page, 1)
    await tabTo(page, /Delete my account/)
    await page.keyboard.press('Enter')
    await isAt(page, /cannot be undone/)
    await tabTo(page, /Delete it/)
    await page.keyboard.press('Enter')
    await isAt(page, /^input input/)
    assert.equal(await stage.services.store.users.findByAddress(stage.siteId, address), undefined)
  })

  it('at a zoom of 400 %, in a header that stays, each place of the menu is seen when the focus comes there', testLimit, async () => {
    const page = await openTab(`${stage.host}/`)
    const address = await ask(page)
    await tabTo(page, /^input input code/)
    await page.keyboard.sendCharacter(await codeOf(address))
    await isAt(page, /Signed in/)
    await page.setViewport({ width: 320, height: 256 })
    await openMenu(page, 1)
    await page.evaluate(() => document.querySelector('linklatch-user')?.setAttribute('style', 'position: fixed; inset: 0 auto auto 0'))
    for (const name of [/Download my data/, /Sign out$/, /Sign out everywhere/, /Delete my account/]) {
      await tabTo(page, name)
      await until(`${name} is seen`, 30_000, () => page.evaluate(isFocusSeen))
    }
  })

  const untilListed = (page: Page, count: number) =>
    until(`${count} sessions`, 30_000, () => page.evaluate((wanted) => document.querySelector('linklatch-user')?.shadowRoot?.querySelectorAll('li').length === wanted || undefined, count))

  async function openMenu(page: Page, count: number): Promise<void> {
    await page.evaluate(() => document.body.append(document.createElement('linklatch-user')))
    await page.waitForSelector('linklatch-user >>> summary', { visible: true })
    await tabTo(page, /^summary user/)
    await page.keyboard.press('Enter')
    await untilListed(page, count)
  }

  const codeOf = async (address: string): Promise<string> => (await stage.letterTo(address)).code
})
