/** The store over lowdb documents and a journal: puts the parts together. */
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../clock.ts'
import type { Clock } from '../../clock.ts'
import type { Store } from '../store.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Core } from './core.ts'
import { counterStore } from './counters.ts'
import { nodeDisk } from './disk.ts'
import type { Disk } from './disk.ts'
import { EventLog } from './event-log.ts'
import { buildIndexes } from './indexes.ts'
import { cutOff, Journal } from './journal.ts'
import { Ledger } from './ledger.ts'
import { removeLeftOvers } from './left-overs.ts'
import { lock } from './lock.ts'
import { silentLog } from './log.ts'
import type { StoreLog } from './log.ts'
import { recover } from './recovery.ts'
import type { Recovered } from './recovery.ts'
import { cancelAfterRestore } from './restored.ts'
import { sessionStore } from './sessions.ts'
import { signInStore } from './sign-ins.ts'
import { siteStore } from './sites.ts'
import { sweep } from './sweep.ts'
import { newTables } from './tables.ts'
import { userStore } from './users.ts'
import { Watchers } from './watchers.ts'
import { openWatermark, watermarkName } from './watermark.ts'
import type { Watermark } from './watermark.ts'

export { StoreDamaged } from './damage.ts'
export { StoreLocked } from './lock.ts'

export type LowdbStoreOptions = {
  /** Made if it is not there, mode 0700. It is the store's own; files of other names in it are left alone. */
  directory: string
  /** What changes are stamped with. Default: the system's clock, from the newest time in the store on. */
  clock?: Pick<Clock, 'now'>
  log?: StoreLog
  disk?: Disk
  /** Length of the journal at which its changes go into documents. Default 8 MiB. */
  checkpointBytes?: number
}

export type LowdbStore = Store & {
  /** The newest time in the store when it was opened, epoch seconds: `systemClock(store.lastSeenAt)` never goes below it (P8). */
  lastSeenAt: number
  /** The files were put back from a backup or copied: sign-ins that could have succeeded a second time are cancelled (P4). */
  restored: boolean
}

/**
 * Opens the store of that directory, and holds it until `close` or the end of the process.
 *
 * @throws StoreDamaged when files were damaged, removed or mixed: it never opens with less than was acknowledged
 * @throws StoreLocked while another process has it open
 */
export async function openLowdbStore(options: LowdbStoreOptions): Promise<LowdbStore> {
  const disk = options.disk ?? nodeDisk
  await disk.createDirectory(options.directory)
  const directory = await realpath(options.directory)
  const held = await lock(directory)
  try {
    return await open({ log: silentLog, checkpointBytes: 8 * 1024 * 1024, ...options, disk, directory }, held.release)
  } catch (error) {
    await held.release()
    throw error
  }
}

type Opening = Required<Omit<LowdbStoreOptions, 'clock'>> & Pick<LowdbStoreOptions, 'clock'>

async function open(options: Opening, release: () => Promise<void>): Promise<LowdbStore> {
  const { disk, directory, log, checkpointBytes } = options
  const tables = newTables()
  const indexes = buildIndexes(tables)
  const recovered = await recover(disk, directory, tables)
  const { lastSeenAt, copied, manifest } = recovered
  const watermark = await openWatermark(disk, join(directory, watermarkName))
  const journal = await orClose(continueJournal(options, recovered, watermark), watermark)
  await orClose(removeLeftOvers(disk, directory, manifest.data), journal, watermark)
  const clock = options.clock ?? systemClock(lastSeenAt)
  const ledger = new Ledger({ journal, now: () => clock.now(), lastSeenAt })
  const events = new EventLog({ disk, directory: join(directory, 'events'), log })
  const core: Core = { ledger, tables, indexes, watchers: new Watchers(log), events, removing: new Map() }
  const checkpoints = new Checkpoints({ disk, directory, tables, journal, ledger, manifest }, { log, checkpointBytes })
  const close = closing({ core, checkpoints, journal, watermark, release })
  if (copied) await cancelAfterRestore(core, checkpoints, { log, copied }).catch((error: unknown) => close().then(() => Promise.reject(error)))
  return { ...portsOf(core), compact: () => compact(core, checkpoints), close, lastSeenAt, restored: copied !== undefined }
}

/** A document may hold later changes than its checkpoint began with, never earlier ones: what was gone by then is gone from all files. */
async function compact({ ledger }: Core, checkpoints: Checkpoints): Promise<void> {
  await ledger.ready()
  await checkpoints.now()
}

function portsOf(core: Core): Omit<Store, 'close' | 'compact'> {
  return {
    signIns: signInStore(core),
    sessions: sessionStore(core),
    users: userStore(core),
    sites: siteStore(core),
    counters: counterStore(core),
    events: core.events,
    ready: () => core.ledger.ready(),
    sweep: (now) => sweep(core, now),
  }
}

/**
 * Makes durable what was read: the process before may have been killed between a write and its fsync, or a rename and its. A torn tail
 * was never acknowledged. It is cut off before anything follows it.
 */
async function continueJournal({ disk, directory }: Opening, recovered: Recovered, watermark: Watermark): Promise<Journal> {
  const { segments, manifest } = recovered
  const last = segments.at(-1)
  if (!last) throw new TypeError('a store has at least one segment')
  const file = await disk.open(last.path, 'there')
  const at = { file, watermark, segment: last.header.segment, bytes: last.goodBytes }
  await orClose(disk.syncDirectory(directory), file)
  await orClose(file.datasync(), file)
  if (last.torn) await orClose(cutOff(at), file)
  else await watermark.set(file, at.segment, at.bytes)
  return new Journal({
    disk,
    directory,
    ...at,
    store: manifest.data.store,
    bytesSinceCheckpoint: segments.reduce((sum, segment) => sum + segment.goodBytes, 0),
    nextSeq: last.header.nextSeq + last.entries.length,
  })
}

/** What was opened before does not stay open where the next thing fails. */
async function orClose<Result>(next: Promise<Result>, ...opened: { close(): Promise<void> }[]): Promise<Result> {
  try {
    return await next
  } catch (error) {
    for (const each of opened) await each.close().catch(() => {})
    throw error
  }
}

type Closing = { core: Core; checkpoints: Checkpoints; journal: Journal; watermark: Watermark; release(): Promise<void> }

/** Closing twice is closing once. */
function closing({ core, checkpoints, journal, watermark, release }: Closing): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = async () => {
    core.ledger.close()
    try {
      await core.ledger.settled()
      await checkpoints.finish()
      await journal.close()
      await watermark.close()
      await core.events.close()
    } finally {
      core.watchers.clear()
      await release()
    }
  }
  return () => (closed ??= close())
}
