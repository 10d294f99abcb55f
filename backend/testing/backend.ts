/** A whole backend on a free port with a data directory of its own, a clock moved by hand and an inbox: what tests speak HTTP to. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from '../audit.ts'
import type { Clock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { byOrder, type Dispatch } from '../delivery/letter-order.ts'
import { outboxDelivery } from '../delivery/outbox.ts'
import { startBackend, type Backend, type BackendOptions } from '../main.ts'
import type { Log } from '../services.ts'
import type { Site } from '../sites/site.ts'
import { createSite } from '../sites/manage-sites.ts'
import type { SiteInput } from '../protocol.ts'

export const publicUrl = 'https://auth.example.com'
export const hostOrigin = 'https://shop.example'
export const landing = 'https://shop.example/account'
export const adminToken = 'a-token-for-tests-0123456789-abcdefgh'

export type TestBackend = Backend & {
  url: string
  directory: string
  site: Site
  clock: Clock & { forward(seconds: number): void }
  inbox: ReturnType<typeof outboxDelivery>
  events: AuditEvent[]
  logged: object[]
  /** The same directory, another process life. */
  restart(): Promise<TestBackend>
  dispose(): Promise<void>
}

type Options = { env?: Record<string, string>; site?: Partial<SiteInput>; delivery?: Dispatch; directory?: string; clock?: TestBackend['clock']; log?: Log; store?: BackendOptions['store'] }

/** Starts one with a site for `hostOrigin` (a landing URL included); limits are wide unless `env` says otherwise. */
export async function testBackend(options: Options = {}): Promise<TestBackend> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'linklatch-test-')))
  const assetsDirectory = await fakeAssets(directory)
  const clock = options.clock ?? movedClock()
  const inbox = outboxDelivery({ keep: 1000 })
  const logged: object[] = []
  const config = readConfig({
    PORT: '0',
    LINKLATCH_PUBLIC_URL: publicUrl,
    LINKLATCH_DATA_DIR: join(directory, 'data'),
    LINKLATCH_ADMIN_TOKEN: adminToken,
    LINKLATCH_LIMITS: 'start.address=1000/600,start.address_ip=1000/600,start.ip=1000/600,start.site=10000/600',
    ...options.env,
  })
  const backend = await startBackend({ config, delivery: options.delivery ?? byOrder(inbox), log: options.log ?? collect(logged), clock, assetsDirectory, ...(options.store && { store: options.store }) })
  const { audit } = backend.services
  const events: AuditEvent[] = []
  backend.services.audit = (event) => {
    events.push(event)
    audit(event)
  }
  const [found] = await backend.services.store.sites.list()
  const site = found ?? (await createSite(backend.services, { name: 'Shop', origins: [hostOrigin], landing_urls: [landing], ...options.site }))
  return {
    ...backend,
    directory,
    url: `http://127.0.0.1:${backend.port}`,
    site,
    clock,
    inbox,
    events,
    logged,
    async restart() {
      await backend.stop()
      return testBackend({ ...options, directory, clock })
    },
    async dispose() {
      await backend.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Starts at the real time, so that tokens are good for other readers; moves on by itself and by hand. */
export function movedClock(): TestBackend['clock'] {
  let ahead = 0
  const now = () => Date.now() / 1000 + ahead
  return { now, wall: now, forward: (seconds) => void (ahead += seconds) }
}

async function fakeAssets(directory: string): Promise<string> {
  const assets = join(directory, 'assets')
  await mkdir(assets, { recursive: true })
  await writeFile(join(assets, 'linklatch.js'), 'export const linklatch = 1\n')
  await writeFile(join(assets, 'bridge.js'), 'parent.postMessage({}, location.origin)\n')
  await writeFile(join(assets, 'console.js'), 'document.title = "console"\n')
  return assets
}

function collect(logged: object[]): Log {
  const add = (fields: object, text: string) => void logged.push({ ...fields, text })
  return { debug: add, info: add, warn: add, error: add }
}
