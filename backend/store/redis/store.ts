/** The store over Redis: puts the parts together. Several processes may have it open. */
import { shownAddress, type StoreAddress } from '../../config-store-url.ts'
import type { Clock } from '../../clock.ts'
import { Problem } from '../../problems.ts'
import { silentLog, type StoreLog } from '../lowdb/log.ts'
import type { Note } from '../note.ts'
import type { Store } from '../store.ts'
import { Change } from './change.ts'
import { checkServer, StoreUnfit, unreachable } from './check.ts'
import { RedisTrouble } from './client.ts'
import { redisClock, type RedisClock } from './clock.ts'
import { connect, type Connection } from './connect.ts'
import { getText, type Core, type Shard } from './core.ts'
import { counterStore } from './counters.ts'
import { redisEvents } from './events.ts'
import { Epoch } from './epoch.ts'
import { createGate } from './gate.ts'
import { keptSignIns } from './kept-sign-ins.ts'
import { channelOf, clusterShards, shardKeys, shardOf } from './keys.ts'
import { createLocator } from './locator.ts'
import { createMending, type Mending } from './mending.ts'
import { readSignIn, siteOf } from './record.ts'
import { sessionStore } from './sessions.ts'
import { signInStore } from './sign-ins.ts'
import { siteStore } from './sites.ts'
import { createSweeper } from './sweep.ts'
import { Turns } from './turns.ts'
import { userStore } from './users.ts'
import { Watchers } from './watchers.ts'

export { StoreUnfit } from './check.ts'

export type RedisStoreOptions = {
  address: StoreAddress
  log?: StoreLog
  /** Refuses a server that keeps nothing on disk. */
  production?: boolean
  commandTimeoutMs?: number
}

export type RedisStore = Store & {
  clock: Clock
  /** Whether a backend sweeps here, or did until a few seconds ago. */
  isInUse(): Promise<boolean>
  /** How far a move to here has come. */
  migration: Note
  knownKeys: Note
}

const greetEveryMs = 1000

/** @throws StoreUnfit in one line: where it cannot be reached, or is not fit to keep sign-ins */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { address, log = silentLog } = options
  try {
    const connection = await connect(address, log, options)
    return await open(options, connection, log).catch((error: unknown) => {
      connection.close()
      throw error
    })
  } catch (error) {
    throw inWords(error, address)
  }
}

function inWords(error: unknown, address: StoreAddress): unknown {
  const cause = error instanceof Problem ? error.cause : error
  const unfit = cause instanceof RedisTrouble ? unreachable(cause.code, address.tls) : cause
  return unfit instanceof StoreUnfit ? new StoreUnfit(`${shownAddress(address)} ${unfit.message}`, unfit.isTemporary) : error
}

async function open({ address, production = false }: RedisStoreOptions, connection: Connection, log: StoreLog): Promise<RedisStore> {
  for (const line of await checkServer(connection, production)) log.warn({}, line)
  const gate = createGate()
  const clock = redisClock()
  const mending = createMending(() => core.watchers.catchUp())
  const core = createCore({ address, connection, clock, log, missed: () => mending.begin() })
  await greetAll(core, clock)
  const locator = createLocator(core)
  const events = redisEvents(connection.client, log)
  const sweeper = createSweeper(core, events)
  listenToChannels(core, connection, mending)
  const greet = () => Promise.all([greetAll(core, clock), connection.checkChannels()]).then(() => mending.again())
  const greeting = setInterval(() => void greet().catch(() => undefined), greetEveryMs)
  greeting.unref()
  return {
    signIns: { ...gate.guard(signInStore(core, locator)), watch: (id, listener) => core.watchers.watch(id, listener) },
    sessions: gate.guard(sessionStore(core)),
    users: gate.guard(userStore(core)),
    sites: gate.guard(siteStore(core, events)),
    counters: gate.guard(counterStore(core)),
    events,
    // The append-only file is Redis' own: what was removed leaves it with its next rewrite.
    ...gate.guard({ compact: () => Promise.resolve(), ready: () => ready(core, clock), sweep: (now: number) => sweeper.sweep(now) }),
    clock,
    ...asides(core),
    close: once(async () => {
      clearInterval(greeting)
      await gate.close()
      await events.close()
      await sweeper.handOver().catch(() => undefined)
      mending.stop()
      core.watchers.clear()
      connection.close()
    }),
  }
}

/** What lies beside the records. */
function asides(core: Core): Pick<RedisStore, 'isInUse' | 'migration' | 'knownKeys'> {
  const { sweeper, migration, knownKeys } = shardKeys(0)
  return {
    isInUse: async () => (await getText(core, sweeper)) !== undefined,
    migration: noteAt(core, migration),
    knownKeys: noteAt(core, knownKeys),
  }
}

function noteAt(core: Core, key: string): Note {
  return {
    read: () => getText(core, key),
    write: async (text) => void (await core.client.run('SET', key, text)),
    remove: async () => void (await core.client.run('DEL', key)),
  }
}

type Parts = { address: StoreAddress; connection: Connection; clock: RedisClock; log: StoreLog; missed: () => void }

function createCore({ address, connection, clock, log, missed }: Parts): Core {
  const { client } = connection
  const count = address.kind === 'cluster' ? clusterShards : 1
  const changed = (verdict: 'first' | 'new') => {
    if (verdict === 'first') log.error({}, 'Redis has nothing of what was kept in it: sites, users and sessions are gone')
    else log.warn({}, 'Redis was started again or replaced: sign-ins that were under way are cancelled')
    missed()
  }
  const shards = Array.from({ length: count }, (_, number): Shard => {
    const keys = shardKeys(number)
    return { number, keys, epoch: new Epoch(client, keys, changed) }
  })
  const channel = (id: string) => channelOf(address.database, id)
  const watchers = new Watchers({
    channels: { join: (ids) => connection.join(ids.map(channel)), leave: (ids) => connection.leave(ids.map(channel)) },
    read: (ids) => keptSignIns(core, createLocator(core), ids),
    missed,
    log,
  })
  const core: Core = {
    client,
    shards,
    shardOfSite: (siteId) => shards[shardOf(siteId, count)] ?? impossible(),
    watchers,
    clock,
    database: address.database,
    turns: new Turns(),
  }
  return core
}

async function greetAll({ shards }: Core, clock: RedisClock): Promise<void> {
  const startedAt = performance.now()
  const greetings = await Promise.all(shards.map(({ epoch }) => epoch.greet(clock.now())))
  const half = (performance.now() - startedAt) / 2000
  const newest = greetings.reduce((a, b) => (b.now > a.now ? b : a))
  clock.set(newest.now + half, newest.wall + half)
}

/** A greeting takes no memory. A change that changes nothing is refused as every other one is: by a server that is full, or lacks replicas. */
async function ready(core: Core, clock: RedisClock): Promise<void> {
  await greetAll(core, clock)
  await Promise.all(core.shards.map(({ epoch }) => epoch.commit('all', [], new Change().args)))
}

/** Changes that other processes made are heard here. */
function listenToChannels(core: Core, connection: Connection, mending: Mending): void {
  const prefix = channelOf(core.database, '')
  connection.onMessage((channel, message) => {
    const id = channel.slice(prefix.length)
    if (message === '') core.watchers.tellRemoved(id)
    else core.watchers.tell(id, readSignIn(message, core.shardOfSite(siteOf(message)).epoch.name))
  })
  connection.onReopened(() => mending.begin())
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}

function impossible(): never {
  throw new TypeError('no such shard')
}
