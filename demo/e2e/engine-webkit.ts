/** WebKitGTK: a screen of its own (Xvfb), WebKitWebDriver on a private D-Bus, and MiniBrowser. Its sessions are always ephemeral. */
import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { endGroup, ownGroup, scratchFolder, until } from './engine-process.ts'
import { launchLimitMs } from './engines.ts'
import type { Engine, LaunchOptions } from './engines.ts'
import { startNameProxy } from './name-proxy.ts'
import { webdriverTab } from './webdriver.ts'
import type { Call } from './webdriver.ts'

export async function launchWebkit(options: LaunchOptions): Promise<Engine> {
  const scratch = scratchFolder('webkit')
  const pids: number[] = []
  const proxy = options.names && (await startNameProxy(options.names))
  const end = () => {
    proxy?.stop()
    for (const pid of pids.reverse()) endGroup(pid)
    scratch.remove()
  }
  const start = (command: string, args: string[], more: SpawnOptions): ChildProcess => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore', ...more })
    pids.push(ownGroup(child.pid))
    return child
  }
  try {
    const display = await startScreen(start)
    const port = await freePort()
    start(process.env.DBUS_RUN_PATH ?? '', ['--', process.env.WEBKIT_DRIVER_PATH ?? '', `--port=${port}`], { env: environment(scratch.path, display) })
    return await openSession(`http://127.0.0.1:${port}`, { ...options, ...(proxy && { proxyPort: proxy.port }) }, end)
  } catch (error) {
    end()
    throw error
  }
}

/** Xvfb picks a free display by itself and tells its number. */
async function startScreen(start: (command: string, args: string[], more: SpawnOptions) => ChildProcess): Promise<string> {
  const screen = start(process.env.XVFB_PATH ?? '', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const teller = screen.stdio[3]
  if (!teller) throw new Error('No screen')
  const [number] = (await once(teller, 'data', { signal: AbortSignal.timeout(launchLimitMs) })) as [Buffer]
  return `:${String(number).trim()}`
}

/** No GPU, no desktop, nothing of the person who runs the tests. */
function environment(home: string, display: string): NodeJS.ProcessEnv {
  const inherited = { ...process.env }
  delete inherited.DBUS_SESSION_BUS_ADDRESS
  const folders = { HOME: home, XDG_RUNTIME_DIR: home, XDG_CACHE_HOME: `${home}/cache`, XDG_DATA_HOME: `${home}/data`, XDG_CONFIG_HOME: `${home}/config` }
  const software = { GDK_BACKEND: 'x11', WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1', LIBGL_ALWAYS_SOFTWARE: '1' }
  return { ...inherited, ...folders, ...software, DISPLAY: display, NO_AT_BRIDGE: '1', GSETTINGS_BACKEND: 'memory' }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function openSession(base: string, options: LaunchOptions & { proxyPort?: number }, end: () => void): Promise<Engine> {
  const call = caller(base)
  await until('WebKitWebDriver', launchLimitMs, () => call('GET', '/status').catch(() => undefined))
  const { setting, names = [], authority, proxyPort } = options
  const args = ['--automation', ...(setting === 'third-party-blocked' ? ['--enable-itp'] : []), ...(proxyPort ? [`--proxy=http://127.0.0.1:${proxyPort}`] : [])]
  const certificates = authority && names.map((host) => ({ host, certificateFile: authority.certificate }))
  const browserOptions = { binary: process.env.MINIBROWSER_PATH, args, ...(certificates && { certificates }) }
  const alwaysMatch = { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': browserOptions }
  const session = (await call('POST', '/session', { capabilities: { alwaysMatch } })) as { sessionId: string; capabilities: { browserVersion: string } }
  const inSession: Call = (method, path, body) => call(method, `/session/${session.sessionId}${path}`, body)
  await inSession('POST', '/timeouts', { script: launchLimitMs, pageLoad: launchLimitMs, implicit: 0 })
  return {
    version: `WebKitGTK MiniBrowser ${session.capabilities.browserVersion}`,
    newTab: webdriverTab(inSession),
    newDevice: () => launchWebkit(options),
    close: async () => {
      await inSession('DELETE', '').catch(() => undefined)
      end()
    },
  }
}

/** One W3C WebDriver call. */
const caller = (base: string): Call => async (method, path, body) => {
  const sent = method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}
  const answer = await fetch(base + path, { method, headers: { 'content-type': 'application/json' }, ...sent })
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } | null }
  if (value?.error !== undefined) throw new Error(`${value.error}: ${value.message ?? ''}`)
  return value
}
