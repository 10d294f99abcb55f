/**
 * How much of the journal is known to be on disk, written without fsync after each batch and before its callers are told. A journal
 * that is shorter lost acknowledged changes; one of that length that was changed since was overwritten, as by a restored backup.
 * It is a second witness only: torn, old or missing, it says nothing.
 */
import type { Disk, DiskFile } from './disk.ts'
import { crcHex } from './line.ts'

export const watermarkName = 'watermark'
/** One sector at most, so that it is not torn in practice. */
const width = 80

export type Witness = { segment: number; bytes: number; changedNs: string }

export type Watermark = {
  /** That so many bytes of this segment are on disk. Never rejects. */
  set(segmentFile: DiskFile, segment: number, bytes: number): Promise<void>
  /** Says nothing from now on: for a moment in which the segment is not as it was witnessed. Never rejects. */
  forget(): Promise<void>
  /** Never rejects. */
  close(): Promise<void>
}

export async function openWatermark(disk: Disk, path: string): Promise<Watermark> {
  const file = await disk.open(path, 'either')
  await file.truncate(width)
  return {
    async set(segmentFile, segment, bytes) {
      const writing = segmentFile.mark().then(({ changedNs }) => write(file, { segment, bytes, changedNs }))
      await writing.catch(() => {})
    },
    forget: () => file.write(Buffer.alloc(width, ' '), 0).catch(() => {}),
    close: () => file.close().catch(() => {}),
  }
}

function write(file: DiskFile, { segment, bytes, changedNs }: Witness): Promise<void> {
  const text = `${segment} ${bytes} ${changedNs}`
  return file.write(Buffer.from(`${crcHex(text)} ${text}`.padEnd(width - 1) + '\n'), 0)
}

export function parseWatermark(bytes: Buffer): Witness | undefined {
  const match = /^([0-9a-f]{8}) ((\d+) (\d+) (\d+)) *\n$/.exec(bytes.toString('latin1'))
  const [, crc, text, segment, length, changedNs] = match ?? []
  if (text === undefined || changedNs === undefined || crc !== crcHex(text)) return undefined
  return { segment: Number(segment), bytes: Number(length), changedNs }
}
