/**
 * Connections to Redis. A command that had no answer is never sent again (nobody knows whether it was carried out), none waits for a
 * connection to come back, and none waits longer than `commandTimeoutMs`: each of these is a 503 to whoever asked, and the next try finds out.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { StoreAddress } from '../../config-store-url.ts'
import type { StoreLog } from '../lowdb/log.ts'
import { clientOf, troubleOf, type Client } from './client.ts'

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
  const commands = open(address, commandTimeoutMs)
  // In a cluster the channels' connection is another client too: it may be at any node.
  const channels = open(address, commandTimeoutMs)
  const close = () => [commands, channels].forEach((redis) => redis.disconnect())
  const first = [commands, channels].map((redis) => firstConnection(redis))
  try {
    await Promise.all(first)
  } catch (error) {
    close()
    throw troubleOf(error)
  }
  for (const redis of [commands, channels]) report(redis, log)
  return {
    client: address.kind === 'cluster' ? clientOf(commands, commandTimeoutMs) : clientOf(commands),
    ...channelsOf(channels),
    close,
  }
}

function open(address: StoreAddress, commandTimeout: number): Redis | Cluster {
  const { kind, hosts, tls, username, password, database, master } = address
  const common = {
    commandTimeout,
    connectTimeout: connectTimeoutMs,
    socketTimeout: 4 * commandTimeout,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  } satisfies RedisOptions
  const own = { ...common, db: database, lazyConnect: true, enableOfflineQueue: false, retryStrategy: retryAfterMs } satisfies RedisOptions
  // Nodes are connected to when they are first needed: without its queue, a cluster refuses what comes while that is under way.
  if (kind === 'cluster') return new Cluster([...hosts], { lazyConnect: true, clusterRetryStrategy: retryAfterMs, retryDelayOnFailover: 0, maxRedirections: 4, redisOptions: common, ...(tls && { dnsLookup: (name, done) => done(null, name) }) })
  if (kind === 'sentinel') return new Redis({ ...own, sentinels: [...hosts], name: master ?? '', enableTLSForSentinelMode: tls, ...(tls && { sentinelTLS: {} }), sentinelRetryStrategy: retryAfterMs, sentinelCommandTimeout: commandTimeout, ...(password !== undefined && { sentinelPassword: password }) })
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
      reject(innerOf(error))
    }
    redis.on('error', failed)
    redis.connect().then(() => {
      clearTimeout(late)
      redis.off('error', failed)
      resolve()
    }, failed)
  })
}

/** A cluster says only that no node could be reached, and hides why. */
function innerOf(error: unknown): unknown {
  return error instanceof Error && 'lastNodeError' in error && error.lastNodeError ? error.lastNodeError : error
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
      await redis.subscribe(...channels)
    },
    leave: (channels) => void redis.unsubscribe(...channels).catch(() => undefined),
    onReopened: (listener) => void redis.on(redis instanceof Cluster ? '+subscriber' : 'ready', listener),
    async checkChannels() {
      await redis.ping().catch(() => redis.disconnect(true))
    },
  }
}
