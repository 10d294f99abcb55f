/**
 * Connections to Redis. A command that had no answer is never sent again (nobody knows whether it was carried out), none waits for a
 * connection to come back, and none waits longer than `commandTimeoutMs`: each of these is a 503 to whoever asked, and the next try finds out.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { StoreAddress } from '../../config-store-url.ts'
import type { StoreLog } from '../lowdb/log.ts'
import { clientOf, refusing, RedisTrouble, troubleOf, type Client } from './client.ts'

export type Connection = {
  client: Client
  /** What is heard on channels that were joined. */
  onMessage(listener: (channel: string, message: string) => void): void
  join(channels: string[]): Promise<void>
  leave(channels: string[]): void
  /** Channels are open again, after a time in which nothing was heard, and nothing is joined. */
  onReopened(listener: () => void): void
  /** Asks whether the channels' connection lives, and opens it anew where not. */
  checkChannels(): Promise<void>
  close(): void
}

export type ConnectOptions = { commandTimeoutMs?: number }

const connectTimeoutMs = 4000

/** @throws RedisTrouble where nothing can be reached, or the credentials are refused */
export async function connect(address: StoreAddress, log: StoreLog, { commandTimeoutMs = 2000 }: ConnectOptions = {}): Promise<Connection> {
  let isOpen = false
  const retryMs = (times: number) => (isOpen ? retryAfterMs(times) : null)
  const commands = open(address, commandTimeoutMs, retryMs)
  // In a cluster the channels' connection is another client too: it may be at any node.
  const channels = open(address, commandTimeoutMs, retryMs)
  const close = () => [commands, channels].forEach((redis) => redis.disconnect())
  // Both have to have ended, one way or the other: ioredis lets the process crash over a TLS handshake that is broken off.
  const failed = (await Promise.allSettled([commands, channels].map((redis) => firstConnection(redis)))).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') {
    close()
    throw address.kind === 'single' ? troubleOf(failed.reason) : await troubleOfHosts(address, failed.reason)
  }
  isOpen = true
  for (const redis of [commands, channels]) report(redis, log)
  return {
    client: address.kind === 'cluster' ? clientOf(commands, commandTimeoutMs) : clientOf(commands),
    ...channelsOf(channels),
    close,
  }
}

type RetryMs = (times: number) => number | null

function open(address: StoreAddress, commandTimeout: number, retryStrategy: RetryMs): Redis | Cluster {
  const { kind, hosts, tls, username, password, database, master } = address
  const common = {
    commandTimeout,
    connectTimeout: connectTimeoutMs,
    socketTimeout: 4 * commandTimeout,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // Two more commands that a user has to be allowed, for nothing.
    disableClientInfo: true,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  } satisfies RedisOptions
  const own = { ...common, db: database, lazyConnect: true, enableOfflineQueue: false, retryStrategy } satisfies RedisOptions
  // Nodes are connected to when they are first needed: without its queue, a cluster refuses what comes while that is under way.
  if (kind === 'cluster') return new Cluster([...hosts], { lazyConnect: true, clusterRetryStrategy: retryStrategy, retryDelayOnFailover: 0, maxRedirections: 4, redisOptions: common, ...(tls && { dnsLookup: (name, done) => done(null, name) }) })
  if (kind === 'sentinel') return new Redis({ ...own, sentinels: [...hosts], name: master ?? '', enableTLSForSentinelMode: tls, ...(tls && { sentinelTLS: {} }), sentinelRetryStrategy: retryStrategy, sentinelCommandTimeout: commandTimeout, ...(password !== undefined && { sentinelPassword: password }) })
  return new Redis({ ...own, ...hosts[0] })
}

/** Soon, then slower, at most every second, and not all processes at once. */
const retryAfterMs = (times: number): number => Math.min(25 * 2 ** times, 1000) * (0.75 + Math.random() / 2)

/** ioredis goes on trying by itself; a start does not. */
function firstConnection(redis: Redis | Cluster): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('timed out')), 2 * connectTimeoutMs)
    const failed = (error: unknown) => {
      clearTimeout(late)
      reject(error instanceof Error ? error : new Error('not connected'))
    }
    redis.on('error', failed)
    redis.connect().then(() => {
      clearTimeout(late)
      redis.off('error', failed)
      resolve()
    }, failed)
  })
}

/** Of sentinels and nodes ioredis says only that none could be asked: they are asked here why not. */
async function troubleOfHosts({ kind, hosts, tls, username, password, master }: StoreAddress, otherwise: unknown): Promise<RedisTrouble> {
  let trouble = troubleOf(otherwise)
  for (const host of hosts) {
    const redis = new Redis({ ...host, lazyConnect: true, enableReadyCheck: false, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: connectTimeoutMs, ...(kind === 'cluster' && username !== undefined && { username }), ...(password !== undefined && { password }), ...(tls && { tls: {} }) })
    try {
      await firstConnection(redis)
      if (kind === 'sentinel' && (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master ?? '')) === null) return new RedisTrouble('NO_SUCH_MASTER')
    } catch (error) {
      trouble = troubleOf(error)
    } finally {
      redis.disconnect()
    }
  }
  return trouble
}

/** One line when it is lost and one when it is back, not one a try. */
function report(redis: Redis | Cluster, log: StoreLog): void {
  let isLost = false
  redis.on('error', (error: unknown) => {
    if (!isLost) log.error({ reason: troubleOf(error).code }, 'Redis is lost; until it is back, changes are answered 503')
    isLost = true
  })
  redis.on('ready', () => {
    if (isLost) log.info({}, 'Redis is back')
    isLost = false
  })
}

function channelsOf(redis: Redis | Cluster): Omit<Connection, 'client' | 'close'> {
  return {
    onMessage: (listener) => void redis.on('message', listener),
    async join(channels) {
      await refusing(redis.subscribe(...channels))
    },
    leave: (channels) => void redis.unsubscribe(...channels).catch(() => undefined),
    onReopened: (listener) => void redis.on(redis instanceof Cluster ? '+subscriber' : 'ready', listener),
    async checkChannels() {
      // One that is not open is being opened.
      if (redis.status === 'ready') await redis.ping().catch(() => redis.disconnect(true))
    },
  }
}
