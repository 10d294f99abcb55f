/**
 * Writes what changed into documents, so that the journal before it can go. The journal goes on meanwhile in a new segment; a document
 * may hold later changes too, which the journal then repeats. Until the manifest is renamed, the store is what it was before.
 */
import { join } from 'node:path'
import type { Low } from 'lowdb'
import type { Disk } from './disk.ts'
import type { Document } from './document.ts'
import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { documentName, openDocument } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { removeLeftOvers } from './left-overs.ts'
import type { Tables } from './tables.ts'

export type CheckpointOptions = {
  disk: Disk
  directory: string
  tables: Tables
  journal: Journal
  ledger: Ledger
  manifest: Low<Manifest>
}

type Written = { document: Document; name: string }

/** How many documents are under way at once. */
const lanes = 4

const underWay = new WeakSet<Low<Manifest>>()

/** @throws the inner cause when it could not be done; the store is then as safe as before, or the journal has stopped */
export async function checkpoint(options: CheckpointOptions): Promise<void> {
  const { manifest } = options
  // It would list none of the documents that the other is still writing, and drop the journal that has their changes.
  if (underWay.has(manifest)) throw new Error('another checkpoint is under way')
  underWay.add(manifest)
  try {
    await make(options)
  } finally {
    underWay.delete(manifest)
  }
}

async function make(options: CheckpointOptions): Promise<void> {
  const { tables, journal, ledger, manifest } = options
  const position = await journal.rotate()
  for (const table of Object.values(tables)) table.tidy()
  const undoneBefore = journal.undone
  const written = await writeDirty(options, position.segment)
  try {
    await ledger.settled()
    if (journal.undone !== undoneBefore) throw new Error('a change that is in the documents was undone')
    const lastSeenAt = ledger.lastSeenAt
    const documents = listed(tables, written)
    await syncNames(options)
    await publish(options, { ...manifest.data, ...position, lastSeenAt, documents })
  } catch (error) {
    for (const { document } of written) document.dirty = true
    throw error
  }
  for (const { document, name } of written) document.file = name
  journal.checkpointed()
  await removeLeftOvers(options.disk, options.directory, manifest.data)
}

async function publish(options: CheckpointOptions, next: Manifest): Promise<void> {
  const { manifest } = options
  const before = manifest.data
  manifest.data = next
  try {
    await manifest.write()
  } catch (error) {
    manifest.data = before
    throw error
  }
  await syncNames(options)
}

/** After a failure here nobody knows which files a restart would find, so none may go, and nothing may follow. */
async function syncNames({ disk, directory, journal }: CheckpointOptions): Promise<void> {
  await disk.syncDirectory(directory).catch((error: unknown) => {
    journal.stop(error)
    throw error
  })
}

async function writeDirty(options: CheckpointOptions, checkpointNumber: number): Promise<Written[]> {
  const due = Object.values(options.tables).flatMap((table) =>
    table.documents.all.filter((document) => document.dirty).map((document) => ({ kind: table.name, document })),
  )
  const written: Written[] = []
  const lane = async () => {
    for (let next = due.pop(); next; next = due.pop()) {
      const { kind, document } = next
      const name = documentName(kind, document.id, checkpointNumber)
      written.push({ document, name })
      await writeDocument(options, kind, document, name)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const failed = results.find((result) => result.status === 'rejected')
  if (!failed) return written
  for (const { document } of written) document.dirty = true
  await discard(options, written)
  throw failed.reason
}

async function writeDocument({ disk, directory, manifest }: CheckpointOptions, kind: string, document: Document, name: string): Promise<void> {
  document.dirty = false
  const low = openDocument(disk, directory, name)
  low.data = { store: manifest.data.store, name, kind, id: document.id, records: document.pack() }
  await low.write()
}

/** Makes room again, if it was room that lacked. */
async function discard({ disk, directory }: CheckpointOptions, written: Written[]): Promise<void> {
  for (const { name } of written) {
    await disk.remove(join(directory, name)).catch(() => {})
    await disk.remove(join(directory, `${name}.tmp`)).catch(() => {})
  }
}

function listed(tables: Tables, written: Written[]): string[] {
  const fresh = new Map(written.map(({ document, name }) => [document, name]))
  return Object.values(tables).flatMap((table) => table.documents.all.flatMap((document) => fresh.get(document) ?? document.file ?? []))
}
