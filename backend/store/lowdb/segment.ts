/** A segment of the journal: `journal-<n>.log`. Its first line says which store and which file it is; each other line is one atomic change. */
import { join } from 'node:path'
import * as v from 'valibot'
import { readWhole, StoreDamaged } from './damage.ts'
import type { Disk, DiskFile, FileMark } from './disk.ts'
import { encodeLine, parseJson, scanLines } from './line.ts'

const headerSchema = v.object({
  magic: v.literal('linklatch-journal'),
  version: v.literal(1),
  store: v.string(),
  segment: v.number(),
  /** The number of the first change in here. */
  nextSeq: v.number(),
  ino: v.string(),
  bornNs: v.string(),
})
export type SegmentHeader = v.InferOutput<typeof headerSchema>

const entrySchema = v.object({
  seq: v.number(),
  /** Epoch seconds. */
  at: v.number(),
  puts: v.array(v.tuple([v.string(), v.unknown()])),
  removes: v.array(v.tuple([v.string(), v.string()])),
})
export type Entry = v.InferOutput<typeof entrySchema>

export type Segment = { path: string; header: SegmentHeader; entries: Entry[]; goodBytes: number; torn: boolean; mark: FileMark }

export type NewSegment = { store: string; segment: number; nextSeq: number }

const pattern = /^journal-([1-9]\d{0,14})\.log$/

export const segmentName = (segment: number): string => `journal-${segment}.log`

/** The number in a segment's file name; `undefined` when it is no segment. */
export function segmentNumber(name: string): number | undefined {
  const digits = pattern.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Writes a new segment under a passing name, with its header on disk: there are no half headers. */
export async function makeSegment(disk: Disk, directory: string, about: NewSegment): Promise<{ file: DiskFile; bytes: number }> {
  const path = `${join(directory, segmentName(about.segment))}.tmp`
  await disk.remove(path)
  const file = await disk.open(path, 'new')
  try {
    const { ino, bornNs } = await file.mark()
    const header: SegmentHeader = { magic: 'linklatch-journal', version: 1, ...about, ino, bornNs }
    const line = Buffer.from(encodeLine(JSON.stringify(header), true))
    await file.write(line, 0)
    await file.sync()
    return { file, bytes: line.length }
  } catch (error) {
    await file.close().catch(() => {})
    throw error
  }
}

/** Gives it its name, durably. */
export async function publishSegment(disk: Disk, directory: string, segment: number): Promise<void> {
  const path = join(directory, segmentName(segment))
  await disk.rename(`${path}.tmp`, path)
  await disk.syncDirectory(directory)
}

/** @throws StoreDamaged where a byte is wrong that may have been acknowledged */
export async function readSegment(disk: Disk, directory: string, segment: number): Promise<Segment> {
  const path = join(directory, segmentName(segment))
  const { texts, goodBytes, end } = scanLines(await readWhole(disk, path))
  if (end === 'damaged') throw new StoreDamaged(path, `is damaged at byte ${goodBytes}`)
  const [first, ...rest] = texts
  const header = v.safeParse(headerSchema, parseJson(first ?? ''))
  if (!header.success || header.output.segment !== segment) throw new StoreDamaged(path, 'does not begin like a journal of this store')
  const entries = entriesOf(path, rest, header.output.nextSeq)
  return { path, header: header.output, entries, goodBytes, torn: end === 'torn', mark: await disk.mark(path) }
}

function entriesOf(path: string, texts: string[], nextSeq: number): Entry[] {
  return texts.map((text, index) => {
    const entry = v.safeParse(entrySchema, parseJson(text))
    if (!entry.success || entry.output.seq !== nextSeq + index) throw new StoreDamaged(path, `lacks change ${nextSeq + index}`)
    return entry.output
  })
}
