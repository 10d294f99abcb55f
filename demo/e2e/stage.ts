/** A real backend and a real host page, on two sites for the browser, with free ports and a data directory of its own. */
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../backend/clock.ts'
import { readConfig } from '../../backend/config.ts'
import { byOrder } from '../../backend/delivery/letter-order.ts'
import { outboxDelivery } from '../../backend/delivery/outbox.ts'
import type { Outbox } from '../../backend/delivery/outbox.ts'
import { startBackend } from '../../backend/main.ts'
import type { Services } from '../../backend/services.ts'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { readLetter } from '../sandbox/letter.ts'
import type { SandboxLetter } from '../sandbox/letter.ts'
import { hostPage } from './host-page.ts'
import { until } from './engine-process.ts'

export type Stage = {
  /** A. */
  server: string
  /** H: the page with the element, which is the landing page too. */
  host: string
  siteId: string
  services: Services
  outbox: Outbox
  /** What A has set so far: whole `Set-Cookie` lines. */
  setCookies: string[]
  /** The newest mail to that address, or the `nth` before it, as soon as it is there. */
  letterTo(address: string, nth?: number): Promise<SandboxLetter>
  stop(): Promise<void>
}

const built = join(import.meta.dirname, '../../dist/widget')

export async function startStage({ landing = true, linkTtl, clock }: { landing?: boolean; /** Seconds. */ linkTtl?: number; clock?: Clock } = {}): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'linklatch-e2e-'))
  const port = await freePort()
  const server = `http://localhost:${port}`
  const outbox = outboxDelivery()
  const backend = await startBackend({ config: configFor(port, dataDir), delivery: byOrder(outbox), assetsDirectory: built, ...(clock && { clock }) })
  const hosting = createServer((request, response) => answer(request, response, server))
  const host = await listen(hosting)
  const site = await createSite(backend.services, { name: 'The Slow Atlas', origins: [host], ...(landing && { landing_urls: [`${host}/`] }), ...(linkTtl !== undefined && { link_ttl: linkTtl }) })
  const cookies = recordCookies(port)
  return {
    server,
    host,
    siteId: site.id,
    services: backend.services,
    outbox,
    setCookies: cookies.lines,
    letterTo: letterFinder(outbox, server),
    async stop() {
      cookies.stop()
      hosting.closeAllConnections()
      await Promise.all([backend.stop(), new Promise((resolve) => hosting.close(resolve))])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function letterFinder(outbox: Outbox, server: string): Stage['letterTo'] {
  return (address, nth = 0) => until(`mail to ${address}`, 30_000, async () => {
    const letter = outbox.letters().filter(({ to }) => to === address)[nth]
    return letter && readLetter(letter, server)
  })
}

export const operatorToken = 'the-operators-token-of-this-stage-0123456789'

/** Many sign-ins from one network, so the limits are wide; everything else is as installed. */
function configFor(port: number, dataDir: string) {
  return readConfig({
    PORT: String(port),
    LINKLATCH_DATA_DIR: dataDir,
    LINKLATCH_LOG_LEVEL: 'error',
    LINKLATCH_ADMIN_TOKEN: operatorToken,
    LINKLATCH_LIMITS: 'start.address=100/600,start.address_ip=100/600,start.ip=1000/600',
  })
}

/** The host's page; `?csp=`, `?site=`, `?server=` and `?bridge=` make it the page of an owner with another policy or a mistake. */
export function answer({ url = '/' }: IncomingMessage, response: ServerResponse, server: string): void {
  const { pathname, searchParams } = new URL(url, 'http://host')
  const policy = searchParams.get('csp')
  if (policy !== null) response.setHeader('content-security-policy', policy)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.statusCode = pathname === '/' ? 200 : 404
  response.end(pathname === '/' ? hostPage(server, Object.fromEntries(searchParams)) : pathname === '/elsewhere' ? 'another page' : '')
}

export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function freePort(): Promise<number> {
  const server = createServer()
  const { port } = new URL(await listen(server))
  await new Promise((resolve) => server.close(resolve))
  return Number(port)
}

/** What no script can read, seen where it is sent. */
function recordCookies(port: number): { lines: string[]; stop(): void } {
  const lines: string[] = []
  const record = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (request.socket.localPort === port) lines.push(...[response.getHeader('set-cookie') ?? []].flat().map(String))
  }
  diagnostics.subscribe('http.server.response.finish', record)
  return { lines, stop: () => diagnostics.unsubscribe('http.server.response.finish', record) }
}
