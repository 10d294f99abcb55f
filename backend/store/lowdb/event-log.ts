/**
 * The audit log over files beside the store: lines with a checksum, appended in batches soon after they were taken in. Nothing of it stays
 * in memory but the names of files. It is no part of the journal, so that thousands of events a second cost a write or two, and a
 * damaged line harms none but itself.
 */
import { Problem } from '../../problems.ts'
import { eventsKeptSeconds, type EventOrder, type EventQuery, type EventStore, type KeptEvent, type ListedEvent } from '../store.ts'
import type { Disk } from './disk.ts'
import { EventSegments, type OpenSegment } from './event-segments.ts'
import { eventId, logNamed, parseEventId, serverLog } from './event-segment.ts'
import { encodeLine, wholeLines } from './line.ts'
import type { StoreLog } from './log.ts'

export type EventLogOptions = {
  disk: Disk
  /** Made when the first event is written. */
  directory: string
  log: StoreLog
  /** How long events gather before they are written. Default 250. */
  gatherMs?: number
  /** Length at which a file is full. Default 256 KiB. */
  segmentBytes?: number
  /** How many files one log may have. Default 128: 32 MiB. */
  segmentsOfLog?: number
}

/** What may wait to be written: beyond it, events are lost to this log (the log of the process still has them). */
const maxWaitingBytes = 4 * 1024 * 1024
const daySeconds = 86_400
const sweepEverySeconds = 3600

type Waiting = { lines: string[]; firstAt: number }

export class EventLog implements EventStore {
  readonly #options: Required<EventLogOptions>
  readonly #segments: EventSegments
  #waiting = new Map<string, Waiting>()
  #waitingBytes = 0
  #lost = 0
  #timer: NodeJS.Timeout | undefined
  /** One thing at a time, so that long looks cost no more than one of them. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false
  #sweptAt = -Infinity

  constructor(options: EventLogOptions) {
    this.#options = { gatherMs: 250, segmentBytes: 256 * 1024, segmentsOfLog: 128, ...options }
    this.#segments = new EventSegments(this.#options)
  }

  append(siteId: string | undefined, event: KeptEvent): void {
    if (this.#closed) return
    const log = logNamed(siteId)
    const line = encodeLine(JSON.stringify(event), false)
    if (this.#waitingBytes + line.length > maxWaitingBytes) return void (this.#lost += 1)
    const waiting = this.#waiting.get(log) ?? { lines: [], firstAt: event.at }
    waiting.lines.push(line)
    this.#waiting.set(log, waiting)
    this.#waitingBytes += line.length
    this.#timer ??= setTimeout(() => void this.#inTurn(() => this.#write()).catch(() => {}), this.#options.gatherMs).unref()
  }

  flush(): Promise<void> {
    return this.#inTurn(() => this.#flush())
  }

  list(siteId: string | undefined, { order = 'oldest', after, about, limit }: EventQuery): Promise<ListedEvent[]> {
    return this.#inTurn(async () => {
      const place = after === undefined ? undefined : (parseEventId(after) ?? refuseCursor())
      await this.#flush()
      return this.#read(logNamed(siteId), { order, after: place, about, limit })
    })
  }

  /** Everything of that site's. */
  async remove(siteId: string): Promise<void> {
    await this.#inTurn(async () => {
      this.#forget(siteId)
      await this.#segments.removeIf(({ log }) => log === siteId)
    })
  }

  /** Files that are too old go, and those of sites that are gone: a crash, or a late event, may have left them. */
  async sweep(now: number, isSite: (siteId: string) => boolean): Promise<void> {
    if (Math.abs(now - this.#sweptAt) < sweepEverySeconds) return
    this.#sweptAt = now
    const isOver = (segment: OpenSegment) => segment.firstAt + daySeconds + eventsKeptSeconds <= now
    await this.#inTurn(() => this.#segments.removeIf((segment) => isOver(segment) || (segment.log !== serverLog && !isSite(segment.log))))
  }

  /** Closing twice is closing once. What cannot be written then is lost. */
  async close(): Promise<void> {
    if (this.#closed) return
    const flushed = this.#inTurn(() => this.#flush())
    this.#closed = true
    clearTimeout(this.#timer)
    await flushed.catch(() => {})
  }

  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new Problem('store_unavailable', { cause: new Error('the store is closed') })
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => {})
    try {
      return await done
    } catch (cause) {
      if (cause instanceof Problem || cause instanceof TypeError) throw cause
      this.#options.log.warn({ err: cause }, 'the audit log could not be written or read')
      throw new Problem('store_unavailable', { cause })
    }
  }

  async #flush(): Promise<void> {
    await this.#write()
    await this.#segments.sync()
  }

  /** What could not be written waits for the next time. */
  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [log, { lines, firstAt }] of [...this.#waiting]) {
      const bytes = Buffer.from(lines.join(''))
      const count = lines.length
      await this.#segments.append(log, bytes, Math.floor(firstAt))
      this.#written(log, count)
    }
    if (this.#lost > 0) this.#options.log.error({ lost: this.#lost }, 'events were lost to the audit log, because they came faster than the disk takes them')
    this.#lost = 0
  }

  #written(log: string, count: number): void {
    const waiting = this.#waiting.get(log)
    if (!waiting) return
    for (const line of waiting.lines.splice(0, count)) this.#waitingBytes -= line.length
    if (waiting.lines.length === 0) this.#waiting.delete(log)
  }

  #forget(log: string): void {
    this.#written(log, this.#waiting.get(log)?.lines.length ?? 0)
  }

  async #read(log: string, { order, after, about, limit }: Look): Promise<ListedEvent[]> {
    const found: ListedEvent[] = []
    for (const segment of inOrder(await this.#segments.of(log), order)) {
      if (after && follows(after.number, segment.number, order)) continue
      if (found.length >= limit) break
      const bytes = await this.#segments.read(segment)
      if (about && !about.some((id) => bytes.includes(id))) continue
      for (const { at, text } of inOrder(wholeLines(bytes), order)) {
        if (found.length >= limit) break
        if (after?.number === segment.number && !follows(at, after.at, order)) continue
        const event = about === undefined || about.some((id) => text.includes(id)) ? (JSON.parse(text) as KeptEvent) : undefined
        if (event && (about === undefined || isAbout(event, about))) found.push({ id: eventId(segment.number, at), ...event })
      }
    }
    return found
  }
}

type Look = { order: EventOrder; after: { number: number; at: number } | undefined; about: readonly string[] | undefined; limit: number }

const inOrder = <Part>(oldestFirst: Iterable<Part>, order: EventOrder): Iterable<Part> => (order === 'oldest' ? oldestFirst : [...oldestFirst].reverse())

/** Whether one number of a segment, or of a line in it, comes behind the other in that order. */
const follows = (one: number, other: number, order: EventOrder): boolean => (order === 'oldest' ? one > other : one < other)

function isAbout({ signInId = '', userId = '', sessionId = '' }: KeptEvent, ids: readonly string[]): boolean {
  return [signInId, userId, sessionId].some((id) => id !== '' && ids.includes(id))
}

function refuseCursor(): never {
  throw new Problem('invalid_request', { errors: [{ field: 'after', code: 'not_an_id' }] })
}
