/** One small face for three browser engines, so that a whole sign-in is written once and runs in each. */
import './paths.ts'
import { launchPuppeteer } from './engine-puppeteer.ts'
import { launchWebkit } from './engine-webkit.ts'

export type EngineName = 'chromium' | 'firefox' | 'webkit'

export type Tab = {
  goto(url: string): Promise<void>
  reload(): Promise<void>
  back(): Promise<void>
  front(): Promise<void>
  close(): Promise<void>
  /** Runs a function in the page. It sees its arguments and the page, nothing of this file. */
  eval: Evaluate
  /** The same inside the frame whose address begins with `prefix`. */
  inFrame<Args extends unknown[], Result>(prefix: string, fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>>
  /** ` >>> ` in a selector steps into a shadow root. Waits for the element. */
  click(selector: string): Promise<void>
  clickInFrame(prefix: string, selector: string): Promise<void>
  type(selector: string, text: string): Promise<void>
  press(key: 'Enter' | 'Tab'): Promise<void>
  /** Not in WebKit: without a window manager no window changes its size. */
  resize(width: number, height: number): Promise<void>
  /** To `file`.png. WebKit draws the first tab alone. */
  screenshot(file: string): Promise<void>
}

export type Evaluate = <Args extends unknown[], Result>(fn: (...args: Args) => Result, ...args: Args) => Promise<Awaited<Result>>

/** A browser of one person: its own cookies and storage. */
export type Device = { newTab(): Promise<Tab>; close(): Promise<void> }

export type Engine = Device & { version: string; /** Another device: shares nothing with the first. */ newDevice(): Promise<Device> }

/** What people set in their browsers. `third-party-blocked`: the strict mode that each offers; `all-blocked`: the harshest switch it has. */
export type Setting = 'as-installed' | 'private' | 'third-party-blocked' | 'all-blocked'

export type LaunchOptions = {
  setting?: Setting
  /** A folder that outlives the browser: for restarts. WebKit's sessions keep nothing under a driver. */
  profile?: string
  /** Names that lead to this machine, and the authority that is trusted for them. The machine's own hosts file is not touched. */
  names?: string[]
  authority?: { authority: string; certificate: string }
}

export const launchLimitMs = 60_000

export function launch(name: EngineName, options: LaunchOptions = {}): Promise<Engine> {
  return name === 'webkit' ? launchWebkit(options) : launchPuppeteer(name, options)
}

/** Why this engine cannot be had here; undefined where it can. */
export function whyNot(name: EngineName): string | undefined {
  const needed = { chromium: ['CHROME_PATH'], firefox: ['FIREFOX_PATH'], webkit: ['WEBKIT_DRIVER_PATH', 'MINIBROWSER_PATH', 'XVFB_PATH', 'DBUS_RUN_PATH'] }
  const absent = needed[name].filter((variable) => !process.env[variable])
  return absent.length > 0 ? `no ${name} here (${absent.join(', ')} not set and nothing found)` : undefined
}
