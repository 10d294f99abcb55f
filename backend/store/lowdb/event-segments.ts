/** The files of all audit logs: which there are, which one each log goes on in, which are not synced yet. One caller at a time. */
import { join } from 'node:path'
import type { Disk, DiskFile } from './disk.ts'
import { eventSegmentName, parseEventSegmentName, type EventSegment } from './event-segment.ts'
import { scanLines } from './line.ts'
import type { StoreLog } from './log.ts'

/** `bytes` left out: not looked at since the start. `isGone`: somebody has taken the file away; its number is not given again. */
export type OpenSegment = EventSegment & { bytes?: number; isGone?: true }

export type EventSegmentsOptions = { disk: Disk; directory: string; segmentBytes: number; segmentsOfLog: number; log: StoreLog }

const daySeconds = 86_400

export class EventSegments {
  readonly #options: EventSegmentsOptions
  readonly #unsynced = new Set<OpenSegment>()
  #namesUnsynced = false
  /** Oldest first. */
  #logs: Promise<Map<string, OpenSegment[]>> | undefined

  constructor(options: EventSegmentsOptions) {
    this.#options = options
  }

  /** Oldest first. */
  async of(log: string): Promise<OpenSegment[]> {
    return (await this.#all()).get(log) ?? []
  }

  /** At the end of that log. When it rejects, the next time writes over whatever came of it. */
  async append(log: string, bytes: Uint8Array, at: number): Promise<void> {
    const segment = await this.#current(log, at)
    const file = segment.bytes > 0 ? await this.#openThere(segment) : await this.#options.disk.open(this.#path(segment), 'either')
    if (!file) return this.append(log, bytes, at)
    try {
      await file.write(bytes, segment.bytes)
    } finally {
      await file.close()
    }
    segment.bytes += bytes.length
    this.#unsynced.add(segment)
  }

  /** Makes all that was appended durable. */
  async sync(): Promise<void> {
    for (const segment of [...this.#unsynced]) {
      const file = await this.#openThere(segment)
      // Whatever a failed sync left, nothing follows it in the same file (F3).
      this.#unsynced.delete(segment)
      if (!file) continue
      await file.datasync().catch((error: unknown) => {
        segment.bytes = this.#options.segmentBytes
        throw error
      }).finally(() => file.close())
    }
    if (this.#namesUnsynced) await this.#options.disk.syncDirectory(this.#options.directory)
    this.#namesUnsynced = false
  }

  /** Its lines. Empty where somebody has taken the file away. */
  async read(segment: OpenSegment): Promise<Buffer> {
    if (segment.isGone) return Buffer.alloc(0)
    const bytes = await this.#options.disk.read(this.#path(segment)).catch((error: unknown) => this.#lost(segment, error))
    return bytes ?? Buffer.alloc(0)
  }

  async removeIf(goes: (segment: OpenSegment) => boolean): Promise<void> {
    const logs = await this.#all()
    for (const [log, segments] of [...logs]) {
      for (const segment of segments.filter(goes)) await this.#remove(segments, segment)
      if (segments.length === 0) logs.delete(log)
    }
  }

  /** The one to go on in: the last one, unless it is full, a day old, or torn by a crash. Numbers grow also where all before are gone. */
  async #current(log: string, at: number): Promise<OpenSegment & { bytes: number }> {
    const logs = await this.#all()
    const segments = logs.get(log) ?? []
    const last = segments.at(-1)
    if (last) {
      const bytes = (last.bytes ??= await this.#goodBytes(last))
      if (bytes < this.#options.segmentBytes && Math.abs(at - last.firstAt) < daySeconds) return Object.assign(last, { bytes })
    }
    while (segments.length >= this.#options.segmentsOfLog && segments[0]) await this.#remove(segments, segments[0])
    if (logs.size === 0 || last?.isGone) await this.#options.disk.createDirectory(this.#options.directory)
    const next = { log, number: Math.max((last?.number ?? 0) + 1, Math.floor(at / 60)), firstAt: at, bytes: 0 }
    logs.set(log, [...segments, next])
    this.#namesUnsynced = true
    return next
  }

  /** A torn one counts as full. */
  async #goodBytes(segment: OpenSegment): Promise<number> {
    const { goodBytes, end } = scanLines(await this.read(segment))
    if (segment.isGone) return this.#options.segmentBytes
    return end === 'whole' ? goodBytes : this.#options.segmentBytes
  }

  async #remove(segments: OpenSegment[], segment: OpenSegment): Promise<void> {
    await this.#options.disk.remove(this.#path(segment))
    this.#unsynced.delete(segment)
    segments.splice(segments.indexOf(segment), 1)
  }

  async #openThere(segment: OpenSegment): Promise<DiskFile | undefined> {
    return this.#options.disk.open(this.#path(segment), 'there').catch((error: unknown) => this.#lost(segment, error))
  }

  /** A file that somebody has taken away is missing to its own log alone: it counts as empty, and what comes next begins another. @throws any other error */
  #lost(segment: OpenSegment, error: unknown): undefined {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    Object.assign(segment, { isGone: true, bytes: this.#options.segmentBytes })
    this.#options.log.error({ file: eventSegmentName(segment) }, 'a file of the audit log is gone, with the events that were in it')
    return undefined
  }

  #all(): Promise<Map<string, OpenSegment[]>> {
    return (this.#logs ??= this.#list().catch((error: unknown) => {
      this.#logs = undefined
      throw error
    }))
  }

  async #list(): Promise<Map<string, OpenSegment[]>> {
    const names = await this.#options.disk.list(this.#options.directory).catch(emptyIfMissing)
    const logs = new Map<string, OpenSegment[]>()
    for (const name of names.sort()) {
      const segment = parseEventSegmentName(name)
      if (segment) logs.set(segment.log, [...(logs.get(segment.log) ?? []), segment])
    }
    return logs
  }

  #path(segment: EventSegment): string {
    return join(this.#options.directory, eventSegmentName(segment))
  }
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
