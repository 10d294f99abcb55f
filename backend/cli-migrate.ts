/** `linklatch migrate`: moves a store from a data directory to Redis, or back. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { prepareDirectory } from './data-directory.ts'
import { replaceFile, syncDirectory } from './durable-names.ts'
import { Wrong } from './config-values.ts'
import { shownAddress, storeUrl, type StoreAddress } from './config-store-url.ts'
import { refuseOtherOwner } from './owners.ts'
import { migrationFile } from './store/open-store.ts'
import { openLowdbStore } from './store/lowdb/store.ts'
import { migrate, type Marker, type Progress } from './store/migrate.ts'
import { openRedisStore, type RedisStore } from './store/redis/store.ts'
import type { Store } from './store/store.ts'

type End = { name: string; store: Store; marker: Marker }

/** @throws Error in one line: a backend runs on either side, the target is not empty, or what arrived differs */
export async function runMigrate(from: string | undefined, to: string | undefined, say: (line: string) => void): Promise<void> {
  if (!from || !to) throw new Error('migrate needs --from and --to: a data directory and a redis:// URL, in either order')
  if (isUrl(from) === isUrl(to)) throw new Error('migrate goes from a data directory to Redis, or from Redis to a data directory')
  const source = await openEnd(from, 'source')
  try {
    await refuseHalf(source)
    const target = await openEnd(to, 'target')
    try {
      await migrate({ from: source.store, to: target.store, marker: target.marker, source: source.name }, say)
    } finally {
      await target.store.close()
    }
  } finally {
    await source.store.close()
  }
  say(isUrl(to) ? 'done: start the backends with LINKLATCH_STORE_URL and the same keys directory' : 'done: start the backend without LINKLATCH_STORE_URL and with the same keys directory')
}

/** What another move has begun to fill is a part, and would be moved on as if it were all. */
async function refuseHalf({ name, marker }: End): Promise<void> {
  const progress = await marker.read()
  if (progress) throw new Error(`${name} holds the beginning of a move from ${progress.from}: finish that one before it is a source`)
}

const isUrl = (text: string): boolean => /^rediss?(\+[a-z]+)?:\/\//i.test(text)

function openEnd(text: string, role: 'source' | 'target'): Promise<End> {
  return isUrl(text) ? openRedisEnd(text, role) : openDirectoryEnd(resolve(text), role)
}

async function openDirectoryEnd(directory: string, role: 'source' | 'target'): Promise<End> {
  if (role === 'source' && !existsSync(join(directory, 'store'))) throw new Error(`${directory} holds no store`)
  await refuseOtherOwner(existsSync(join(directory, 'store')) ? join(directory, 'store') : directory)
  if (role === 'target') await prepareDirectory('--to', directory)
  const store = await openLowdbStore({ directory: join(directory, 'store') })
  return { name: directory, store, marker: fileMarker(migrationFile(directory)) }
}

async function openRedisEnd(url: string, role: 'source' | 'target'): Promise<End> {
  const address = readUrl(url)
  const store = await openRedisStore({ address })
  if (await store.isInUse()) {
    await store.close()
    throw new Error(`a backend is running on the ${role}, or did until a few seconds ago: stop it first`)
  }
  return { name: shownAddress(address), store, marker: noteMarker(store.migration) }
}

function readUrl(url: string): StoreAddress {
  try {
    return storeUrl(url)
  } catch (cause) {
    throw cause instanceof Wrong ? new Error(`that is no address of Redis: ${cause.message}`, { cause }) : cause
  }
}

const progressText = v.pipe(v.string(), v.parseJson(), v.object({ from: v.string(), phase: v.picklist(['copying', 'verified']) }))

function parseProgress(text: string, where: string): Progress {
  const progress = v.safeParse(progressText, text)
  if (!progress.success) throw new Error(`${where} should say how far a move has come, and does not: empty the target, this too, and begin anew`)
  return progress.output
}

function fileMarker(path: string): Marker {
  return {
    read: async () => (existsSync(path) ? parseProgress(await readFile(path, 'utf8'), path) : undefined),
    write: (value) => replaceFile(path, JSON.stringify(value)),
    async remove() {
      await rm(path, { force: true })
      await syncDirectory(dirname(path))
    },
  }
}

function noteMarker(note: RedisStore['migration']): Marker {
  return {
    async read() {
      const text = await note.read()
      return text === undefined ? undefined : parseProgress(text, 'the key that ends in :migration')
    },
    write: (value) => note.write(JSON.stringify(value)),
    remove: () => note.remove(),
  }
}
