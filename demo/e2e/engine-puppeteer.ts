/** Chromium over the DevTools protocol, Firefox over WebDriver BiDi, both through puppeteer. */
import puppeteer from 'puppeteer-core'
import type { Browser, BrowserContext, Frame, LaunchOptions, Page } from 'puppeteer-core'
import { callSource, endGroup, ownGroup, scratchFolder } from './engine-process.ts'
import { launchLimitMs } from './engines.ts'
import type { Engine, Evaluate, Tab } from './engines.ts'

const chromiumFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Puppeteer switches throttling of background tabs off; people have it on. */
const throttlingSwitches = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding']

/** Puppeteer's profile weakens cookie protection: these are Firefox's own defaults. */
const firefoxDefaults = { 'network.cookie.cookieBehavior': 5, 'browser.contentblocking.category': 'standard', 'network.cookie.sameSite.laxByDefault': false }

function options(name: 'chromium' | 'firefox', home: string): LaunchOptions {
  const common = { headless: true, timeout: launchLimitMs, defaultViewport: null, env: { ...process.env, HOME: home } }
  if (name === 'firefox') return { ...common, browser: 'firefox', executablePath: process.env.FIREFOX_PATH ?? '', extraPrefsFirefox: firefoxDefaults }
  return { ...common, executablePath: process.env.CHROME_PATH ?? '', userDataDir: `${home}/profile`, args: [...chromiumFlags, '--window-size=1280,900'], ignoreDefaultArgs: throttlingSwitches }
}

export async function launchPuppeteer(name: 'chromium' | 'firefox'): Promise<Engine> {
  const scratch = scratchFolder(name)
  const browser = await puppeteer.launch(options(name, scratch.path)).catch((error: unknown) => {
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
    reload: async () => void (await page.reload(loaded)),
    front: () => page.bringToFront(),
    close: () => page.close(),
    eval: evaluateIn(page),
    inFrame: async <Args extends unknown[], Result>(prefix: string, fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> => evaluateIn(frameAt(page, prefix))(fn, ...args),
    click: async (selector) => (await visible(page, selector)).click(),
    clickInFrame: async (prefix, selector) => (await visible(frameAt(page, prefix), selector)).click(),
    type: async (selector, text) => (await visible(page, selector)).type(text),
    press: (key) => page.keyboard.press(key),
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: async (file) => void (await page.screenshot({ path: `${file}.png` })),
  }
}

function evaluateIn(where: { evaluate(source: string): Promise<unknown> }): Evaluate {
  return async <Args extends unknown[], Result>(fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> => (await where.evaluate(callSource(fn, args))) as Awaited<Result>
}

function frameAt(page: Page, prefix: string) {
  const frame = page.frames().find((one) => one.url().startsWith(prefix))
  if (!frame) throw new Error(`No frame at ${prefix}`)
  return frame
}

async function visible(page: Page | Frame, selector: string) {
  const element = await page.waitForSelector(selector, { visible: true })
  if (!element) throw new Error(`Nothing at ${selector}`)
  return element
}
