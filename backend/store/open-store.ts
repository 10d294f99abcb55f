/** Opens the store that the configuration names: Redis, or lowdb in the data directory. For the entries. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '../clock.ts'
import { ConfigError, type Config } from '../config.ts'
import { openLowdbStore, type LowdbStoreOptions } from './lowdb/store.ts'
import type { StoreLog } from './lowdb/log.ts'
import type { StoreAddress } from '../config-store-url.ts'
import { fileNote, type Note } from './note.ts'
import type { RedisStore } from './redis/store.ts'
import type { Store } from './store.ts'

export type OpenedStore = {
  store: Store
  /** What its records are judged by: one clock for all who have it open. */
  clock: Clock
  /** Other processes may have it open at the same time. */
  isShared: boolean
  /** Which keys it was used with, see `tokens/known-keys.ts`. */
  knownKeys: Note
}

/** Of the store in the data directory, for tests of crashes: a disk of their own, checkpoints at their own length. */
export type StoreTuning = Pick<LowdbStoreOptions, 'disk' | 'checkpointBytes'>

/** @throws in one line: `ConfigError` where the configuration has to change */
export async function openStore(config: Pick<Config, 'dataDir' | 'storeAddress' | 'production'>, log?: StoreLog, tuning: StoreTuning = {}): Promise<OpenedStore> {
  if (config.storeAddress) {
    const store = await openRedis(config.storeAddress, config.production, log)
    if ((await store.migration.read()) !== undefined) return refuseHalf(store, 'LINKLATCH_STORE_URL')
    return { store, clock: store.clock, isShared: true, knownKeys: store.knownKeys }
  }
  const store = await openLowdbStore({ directory: join(config.dataDir, 'store'), ...(log && { log }), ...tuning })
  if (existsSync(migrationFile(config.dataDir))) return refuseHalf(store, 'LINKLATCH_DATA_DIR')
  return { store, clock: systemClock(store.lastSeenAt), isShared: false, knownKeys: knownKeysIn(config.dataDir) }
}

/** Beside a store that `linklatch migrate` has begun to fill. */
export const migrationFile = (dataDir: string): string => join(dataDir, 'migration.json')

/** Among the store's own files, so that a backup has it. */
export const knownKeysIn = (dataDir: string): Note => fileNote(join(dataDir, 'store', 'known-keys'))

/** What is there is a part, and what would be changed now would be lost in the rest of the move. */
async function refuseHalf(store: Store, variable: string): Promise<never> {
  await store.close()
  throw new ConfigError(variable, 'holds the beginning of a move: run the same linklatch migrate again, it goes on where it was cut off')
}

async function openRedis(address: StoreAddress, production: boolean, log: StoreLog | undefined): Promise<RedisStore> {
  // Its client takes 7 MB, and time to start.
  const { openRedisStore, StoreUnfit } = await import('./redis/store.ts')
  try {
    return await openRedisStore({ address, production, ...(log && { log }) })
  } catch (error) {
    if (!(error instanceof StoreUnfit)) throw error
    throw error.isTemporary ? new Error(`LINKLATCH_STORE_URL: ${error.message}`, { cause: error }) : new ConfigError('LINKLATCH_STORE_URL', error.message)
  }
}
