/** Chromium over the DevTools protocol, Firefox over WebDriver BiDi, both through puppeteer. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import puppeteer from 'puppeteer-core'
import type { Browser, BrowserContext, Frame, LaunchOptions, Page } from 'puppeteer-core'
import { callSource, endGroup, ownGroup, scratchFolder, until } from './engine-process.ts'
import { launchLimitMs } from './engines.ts'
import type { Engine, Evaluate, LaunchOptions as Wish, Setting, Tab } from './engines.ts'

const chromiumFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Puppeteer switches throttling of background tabs off; people have it on. */
const throttlingSwitches = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding']

/** Puppeteer's profile weakens cookie protection: these are Firefox's own defaults. */
const firefoxDefaults = { 'network.cookie.cookieBehavior': 5, 'browser.contentblocking.category': 'standard', 'network.cookie.sameSite.laxByDefault': false }

const firefoxSettings: Record<Setting, object> = {
  'as-installed': {},
  private: { 'browser.privatebrowsing.autostart': true },
  'third-party-blocked': { 'browser.contentblocking.category': 'strict', 'privacy.trackingprotection.enabled': true },
  'all-blocked': { 'browser.contentblocking.category': 'custom', 'network.cookie.cookieBehavior': 1 },
}

/** Chromium's profile as its settings page writes it. A private window is a context of its own. */
const chromiumSettings: Record<Setting, { preferences?: object; flags?: string[] }> = {
  'as-installed': {},
  private: {},
  'third-party-blocked': { preferences: { cookie_controls_mode: 1, block_third_party_cookies: true }, flags: ['--test-third-party-cookie-phaseout'] },
  'all-blocked': { preferences: { default_content_setting_values: { cookies: 2 } } },
}

function firefoxOptions(home: string, { setting = 'as-installed', names = [], authority }: Wish): LaunchOptions {
  const mapped = names.length > 0 && { 'network.dns.localDomains': names.join(',') }
  if (authority) trust(`${home}/profile`, authority.authority)
  else mkdirSync(`${home}/profile`, { recursive: true })
  return { browser: 'firefox', executablePath: process.env.FIREFOX_PATH ?? '', userDataDir: `${home}/profile`, extraPrefsFirefox: { ...firefoxDefaults, ...firefoxSettings[setting], ...mapped } }
}

function chromiumOptions(home: string, { setting = 'as-installed', names = [], authority }: Wish): LaunchOptions {
  const { preferences, flags = [] } = chromiumSettings[setting]
  const mapped = names.length > 0 ? [`--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(', ')}`] : []
  if (authority) trust(`${home}/.pki/nssdb`, authority.authority)
  if (preferences) {
    mkdirSync(`${home}/profile/Default`, { recursive: true })
    writeFileSync(`${home}/profile/Default/Preferences`, JSON.stringify({ profile: preferences }))
  }
  const args = [...chromiumFlags, '--window-size=1280,900', ...flags, ...mapped]
  return { executablePath: process.env.CHROME_PATH ?? '', userDataDir: `${home}/profile`, args, ignoreDefaultArgs: throttlingSwitches }
}

/** Puts an authority into an NSS database, as a person would by the settings page. */
function trust(database: string, file: string): void {
  mkdirSync(database, { recursive: true })
  const certutil = (...args: string[]) => execFileSync(process.env.CERTUTIL_PATH ?? '', ['-d', `sql:${database}`, ...args], { stdio: 'ignore' })
  certutil('-N', '--empty-password')
  certutil('-A', '-t', 'C,,', '-n', 'tests', '-i', file)
}

function options(name: 'chromium' | 'firefox', home: string, wish: Wish): LaunchOptions {
  const common = { headless: true, timeout: launchLimitMs, defaultViewport: null, env: { ...process.env, HOME: home } }
  return { ...common, ...(name === 'firefox' ? firefoxOptions(home, wish) : chromiumOptions(home, wish)) }
}

export async function launchPuppeteer(name: 'chromium' | 'firefox', wish: Wish): Promise<Engine> {
  const scratch = wish.profile === undefined ? scratchFolder(name) : { path: wish.profile, remove: () => undefined }
  const browser = await puppeteer.launch(options(name, scratch.path, wish)).catch((error: unknown) => {
    scratch.remove()
    throw error
  })
  const group = ownGroup(browser.process()?.pid)
  return {
    version: await browser.version(),
    newTab: () => newTab(browser),
    newDevice: async () => {
      const context = await browser.createBrowserContext()
      return { newTab: () => newTab(context), close: () => context.close() }
    },
    close: async () => {
      await browser.close().catch(() => undefined)
      endGroup(group)
      scratch.remove()
    },
  }
}

async function newTab(owner: Browser | BrowserContext): Promise<Tab> {
  const page = await owner.newPage()
  page.setDefaultTimeout(launchLimitMs)
  const loaded = { waitUntil: 'load', timeout: launchLimitMs } as const
  return {
    goto: async (url) => void (await page.goto(url, loaded)),
    back: async () => void (await page.goBack({ waitUntil: 'load', timeout: launchLimitMs })),
    reload: async () => void (await page.reload(loaded)),
    front: () => page.bringToFront(),
    close: () => page.close(),
    eval: evaluateIn(page),
    inFrame: async <Args extends unknown[], Result>(prefix: string, fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> => evaluateIn(frameAt(page, prefix))(fn, ...args),
    click: async (selector) => (await visible(page, selector)).click(),
    // A frame that is just being made has its address in the page before it is there.
    clickInFrame: async (prefix, selector) => (await visible(await until(`a frame at ${prefix}`, launchLimitMs, async () => findFrame(page, prefix)), selector)).click(),
    type: async (selector, text) => (await visible(page, selector)).type(text),
    press: (key) => page.keyboard.press(key),
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: async (file) => void (await page.screenshot({ path: `${file}.png` })),
  }
}

function evaluateIn(where: { evaluate(source: string): Promise<unknown> }): Evaluate {
  return async <Args extends unknown[], Result>(fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> => (await where.evaluate(callSource(fn, args))) as Awaited<Result>
}

const findFrame = (page: Page, prefix: string) => page.frames().find((one) => one.url().startsWith(prefix))

function frameAt(page: Page, prefix: string) {
  const frame = findFrame(page, prefix)
  if (!frame) throw new Error(`No frame at ${prefix}`)
  return frame
}

async function visible(page: Page | Frame, selector: string) {
  const element = await page.waitForSelector(selector, { visible: true })
  if (!element) throw new Error(`Nothing at ${selector}`)
  return element
}
