/** `linklatch migrate`: moves a store from a data directory to Redis, or back. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { prepareDirectory } from './data-directory.ts'
import { Wrong } from './config-values.ts'
import { shownAddress, storeUrl, type StoreAddress } from './config-store-url.ts'
import { refuseOtherOwner } from './owners.ts'
import { knownKeysIn, migrationFile } from './store/open-store.ts'
import { openLowdbStore } from './store/lowdb/store.ts'
import { migrate, type Marker } from './store/migrate.ts'
import { fileNote, type Note } from './store/note.ts'
import { openRedisStore } from './store/redis/store.ts'
import type { Store } from './store/store.ts'

type End = { name: string; store: Store; marker: Marker; knownKeys: Note }

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
      const known = await source.knownKeys.read()
      await (known === undefined ? target.knownKeys.remove() : target.knownKeys.write(known))
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
  const progress = migrationFile(directory)
  return { name: directory, store, marker: markerOf(fileNote(progress), progress), knownKeys: knownKeysIn(directory) }
}

async function openRedisEnd(url: string, role: 'source' | 'target'): Promise<End> {
  const address = readUrl(url)
  const store = await openRedisStore({ address })
  if (await store.isInUse()) {
    await store.close()
    throw new Error(`a backend is running on the ${role}, or did until a few seconds ago: stop it first`)
  }
  return { name: shownAddress(address), store, marker: markerOf(store.migration, 'the key that ends in :migration'), knownKeys: store.knownKeys }
}

function readUrl(url: string): StoreAddress {
  try {
    return storeUrl(url)
  } catch (cause) {
    throw cause instanceof Wrong ? new Error(`that is no address of Redis: ${cause.message}`, { cause }) : cause
  }
}

const progressText = v.pipe(v.string(), v.parseJson(), v.object({ from: v.string(), phase: v.picklist(['copying', 'verified']) }))

function markerOf(note: Note, where: string): Marker {
  return {
    async read() {
      const text = await note.read()
      if (text === undefined) return undefined
      const progress = v.safeParse(progressText, text)
      if (!progress.success) throw new Error(`${where} should say how far a move has come, and does not: empty the target, this too, and begin anew`)
      return progress.output
    },
    write: (value) => note.write(JSON.stringify(value)),
    remove: () => note.remove(),
  }
}
