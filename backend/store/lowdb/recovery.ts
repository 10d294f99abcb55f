/**
 * Reads a data directory: the manifest, its documents, the journal from there on. Every byte is accounted for before anything is
 * changed; what cannot be accounted for stops the start (P5, F2).
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Low } from 'lowdb'
import { readWhole, StoreDamaged } from './damage.ts'
import type { Disk } from './disk.ts'
import { isDocumentName, manifestName, openDocument, openManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { makeSegment, publishSegment, readSegment, segmentName, segmentNumber } from './segment.ts'
import type { Segment } from './segment.ts'
import { tableNamed } from './tables.ts'
import type { Tables } from './tables.ts'
import { parseWatermark, watermarkName } from './watermark.ts'
import type { Witness } from './watermark.ts'

export type Recovered = {
  manifest: Low<Manifest>
  /** Segments that are needed, in order; the last one is written on. */
  segments: Segment[]
  lastSeenAt: number
  /** The files are not the ones that were written last, but copies of some time; `touched`: or something has changed them or their modes since. */
  copied: Copied | undefined
}

export type Copied = 'copy' | 'touched'

/** @throws StoreDamaged */
export async function recover(disk: Disk, directory: string, tables: Tables): Promise<Recovered> {
  const names = await disk.list(directory)
  const manifest = openManifest(disk, directory)
  if (names.includes(manifestName)) await manifest.read()
  else await beginAnew(disk, directory, manifest, names)
  await readDocuments(disk, directory, manifest.data, tables)
  const segments = await readSegments(disk, directory, manifest.data)
  const witness = names.includes(watermarkName) ? parseWatermark(await readWhole(disk, join(directory, watermarkName))) : undefined
  assertWhole(directory, manifest.data, segments, witness)
  let lastSeenAt = manifest.data.lastSeenAt
  for (const segment of segments) lastSeenAt = Math.max(lastSeenAt, replay(segment, tables))
  return { manifest, segments, lastSeenAt, copied: howCopied(segments, witness) }
}

/** The journal's first segment comes before the first manifest: a crash between the two leaves a journal without a change. */
async function beginAnew(disk: Disk, directory: string, manifest: Low<Manifest>, names: string[]): Promise<void> {
  const path = join(directory, manifestName)
  for (const name of names) {
    const unborn = segmentNumber(name) === 1 && isUnborn(await readSegment(disk, directory, 1))
    const left = isDocumentName(name) || segmentNumber(name) !== undefined || name === watermarkName
    if (left && !unborn) throw new StoreDamaged(path, `is missing, but ${name} is there`)
  }
  const store = randomUUID()
  const { file } = await makeSegment(disk, directory, { store, segment: 1, nextSeq: 1 })
  await file.close()
  await publishSegment(disk, directory, 1)
  manifest.data = { ...manifest.data, store }
  await manifest.write()
  await disk.syncDirectory(directory)
}

const isUnborn = ({ header, entries }: Segment): boolean => header.nextSeq === 1 && entries.length === 0

async function readDocuments(disk: Disk, directory: string, manifest: Manifest, tables: Tables): Promise<void> {
  const due = [...manifest.documents].reverse()
  const lane = async () => {
    for (let name = due.pop(); name !== undefined; name = due.pop()) await readDocument(disk, directory, name, manifest, tables)
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

async function readDocument(disk: Disk, directory: string, name: string, manifest: Manifest, tables: Tables): Promise<void> {
  const low = openDocument(disk, directory, name)
  await low.read()
  const { store, kind, id, records } = low.data
  const table = tableNamed(tables, kind)
  const path = join(directory, name)
  if (store !== manifest.store || !table || low.data.name !== name) throw new StoreDamaged(path, 'belongs to another store or to another time')
  if (!table.load({ id, file: name, records })) throw new StoreDamaged(path, `holds something that does not belong to ${kind}`)
}

async function readSegments(disk: Disk, directory: string, manifest: Manifest): Promise<Segment[]> {
  const numbers = (await disk.list(directory)).map(segmentNumber).filter((n) => n !== undefined && n >= manifest.segment)
  const count = Math.max(1, numbers.length)
  const segments: Segment[] = []
  let nextSeq = manifest.nextSeq
  for (let n = manifest.segment; n < manifest.segment + count; n += 1) {
    const path = join(directory, segmentName(n))
    if (!numbers.includes(n)) throw new StoreDamaged(path, 'is missing')
    const segment = await readSegment(disk, directory, n)
    if (segment.header.store !== manifest.store) throw new StoreDamaged(path, 'belongs to another store')
    if (segment.header.nextSeq !== nextSeq) throw new StoreDamaged(path, 'is of another time than the files beside it')
    nextSeq += segment.entries.length
    segments.push(segment)
  }
  return segments
}

function assertWhole(directory: string, manifest: Manifest, segments: Segment[], witness: Witness | undefined): void {
  for (const segment of segments.slice(0, -1)) if (segment.torn) throw new StoreDamaged(segment.path, `is damaged at byte ${segment.goodBytes}`)
  if (!witness || witness.segment < manifest.segment) return
  const segment = segments.find(({ header }) => header.segment === witness.segment)
  if (!segment) throw new StoreDamaged(join(directory, segmentName(witness.segment)), 'is missing')
  if (segment.goodBytes >= witness.bytes) return
  throw new StoreDamaged(segment.path, `ends at byte ${segment.goodBytes}, but changes up to byte ${witness.bytes} were acknowledged`)
}

const isCopy = ({ header, mark }: Segment): boolean => header.ino !== mark.ino || header.bornNs !== mark.bornNs

function howCopied(segments: Segment[], witness: Witness | undefined): Copied | undefined {
  if (segments.some(isCopy)) return 'copy'
  return wasOverwritten(segments, witness) ? 'touched' : undefined
}

/** The same file with the same length, but written by somebody else since: or given another owner, mode or name, which looks the same. */
function wasOverwritten(segments: Segment[], witness: Witness | undefined): boolean {
  const last = segments.at(-1)
  if (!last || !witness || last.header.segment !== witness.segment || last.mark.bytes !== witness.bytes) return false
  return last.mark.changedNs !== witness.changedNs
}

/** Gives the newest time in it. */
function replay(segment: Segment, tables: Tables): number {
  let newest = 0
  for (const { at, puts, removes } of segment.entries) {
    newest = Math.max(newest, at)
    const put = puts.every(([kind, record]) => tableNamed(tables, kind)?.replayPut(record))
    const removed = removes.every(([kind, key]) => tableNamed(tables, kind)?.replayRemove(key))
    if (!put || !removed) throw new StoreDamaged(segment.path, 'holds something that does not belong there')
  }
  return newest
}
