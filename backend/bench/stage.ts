/** Everything that a run needs, each in a process of its own: bare Koa, the mail server, the loader, and a backend for each store. */
import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Opened } from './backend-process.ts'
import { startChild, type Child } from './child.ts'
import type { SinkPorts } from './sink-process.ts'
import { startRedis, type RedisServer } from '../testing/redis-server.ts'

/** A store to measure: empty at first, or with so many users and as many live sign-ins in it. With `redis`, so many processes share one Redis. */
export type StoreKind = { name: string; stored: number; redis?: number }
export type Backend = StoreKind & {
  processes: [Child, ...Child[]]
  ports: number[]
  /** What the first of them says. */
  opened: Opened
  server: RedisServer | undefined
}

export type Stage = {
  bare: Child
  barePort: number
  sink: Child
  lookUpPort: number
  load: Child
  backends: Backend[]
  close(): Promise<void>
}

/** Limits stay on, and wide open. */
const limits = ['start.address', 'start.address_ip', 'start.ip', 'start.site', 'code.address', 'code.site'].map((name) => `${name}=1000000000/600`).concat('streams.ip=1000000000')

export async function openStage(stores: StoreKind[], nodeFlags: string[] = []): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-bench-'))
  await writeFile(join(directory, 'linklatch.js'), 'export {}\n')
  await writeFile(join(directory, 'bridge.js'), 'export {}\n')
  await writeFile(join(directory, 'console.js'), 'export {}\n')
  const [bare, sink, load] = [startChild('bare-process'), startChild('sink-process'), startChild('load-process')]
  const { smtpPort, lookUpPort } = await sink.ask<SinkPorts>('ports')
  const backends: Backend[] = []
  for (const store of stores) backends.push(await openBackend(store, { directory, smtpPort, nodeFlags }))
  return {
    bare,
    barePort: await bare.ask<number>('port'),
    sink,
    lookUpPort,
    load,
    backends,
    async close() {
      await Promise.all(backends.flatMap(({ processes }) => processes.map((process) => process.stop())))
      for (const { server } of backends) await server?.dispose()
      await Promise.all([bare, sink, load].map((child) => child.stop()))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

type Around = { directory: string; smtpPort: number; nodeFlags: string[] }

async function openBackend(store: StoreKind, { directory, smtpPort, nodeFlags }: Around): Promise<Backend> {
  const dataDir = join(directory, store.name.replaceAll(/\W/g, '-'))
  await mkdir(dataDir, { mode: 0o700 })
  if (store.stored > 0) await seed(join(dataDir, 'store'), store.stored)
  const server = store.redis === undefined ? undefined : await startRedis()
  const log = openSync(join(directory, `${store.name.replaceAll(/\W/g, '-')}.log`), 'w')
  const env = {
    NODE_ENV: 'production',
    PORT: '0',
    LINKLATCH_PUBLIC_URL: 'http://localhost:4600',
    LINKLATCH_DATA_DIR: dataDir,
    LINKLATCH_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    LINKLATCH_LIMITS: limits.join(),
    BENCH_ASSETS: directory,
    ...(server && { LINKLATCH_STORE_URL: server.url }),
  }
  const start = () => startChild('backend-process', { env, nodeFlags: ['--expose-gc', ...nodeFlags], stdout: log })
  const first = start()
  const opened = await first.ask<Opened>('opened')
  // They share its keys and its site.
  const others = Array.from({ length: (store.redis ?? 1) - 1 }, start)
  const othersOpened = await Promise.all(others.map((process) => process.ask<Opened>('opened')))
  closeSync(log)
  return { ...store, server, processes: [first, ...others], opened, ports: [opened, ...othersOpened].map(({ port }) => port) }
}

/** Through the store's own port, in a process of its own, so that a measured start finds files and nothing in memory. */
async function seed(directory: string, stored: number): Promise<void> {
  const seeder = startChild('seed-process')
  await seeder.ask('seed', { directory, stored })
  await seeder.stop()
}
