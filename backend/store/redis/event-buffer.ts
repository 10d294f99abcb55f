/**
 * Gathers events for a moment, and writes those of each log in batches, in their order. A batch that had no answer may have been written: it is
 * tried again unchanged under its number, by which it is known there, so that no event stands twice in a log.
 */
import { Problem } from '../../problems.ts'
import type { StoreLog } from '../lowdb/log.ts'
import type { KeptEvent } from '../store.ts'

/** Numbers grow. */
export type Batch = { number: number; events: KeptEvent[] }

type Log = { tried: Batch | undefined; waiting: KeptEvent[] }
type Failures = Map<string, unknown>

const pauseMs = 200
/** What waits while Redis is away; beyond it the longest log lets go of its oldest. */
const mostWaiting = 10_000

export class EventBuffer {
  readonly #write: (key: string, batch: Batch) => Promise<unknown>
  readonly #log: StoreLog
  readonly #logs = new Map<string, Log>()
  #waiting = 0
  #number = 0
  #writing: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param write of one log; given a batch again that is there already, it changes nothing */
  constructor(write: (key: string, batch: Batch) => Promise<unknown>, log: StoreLog) {
    this.#write = write
    this.#log = log
  }

  add(key: string, event: KeptEvent): void {
    if (this.#isClosed) return
    const log = this.#logs.get(key) ?? { tried: undefined, waiting: [] }
    this.#logs.set(key, log)
    log.waiting.push(event)
    this.#waiting += 1
    if (this.#waiting > mostWaiting) this.#dropOne()
    this.#later()
  }

  /** All that was taken in so far, of that log or of every one. @throws Problem store_unavailable */
  async flush(key?: string): Promise<void> {
    if (this.#isClosed) throw new Problem('store_unavailable')
    clearTimeout(this.#timer)
    this.#timer = undefined
    const writing = this.#writing.then(() => this.#writeAll())
    this.#writing = writing
    const failures = await writing
    if (failures.size > 0) this.#later()
    for (const [failed, error] of failures) if (key === undefined || key === failed) throw error
  }

  /** What waits for that log is not written any more, and nothing of it is under way when this resolves. */
  async forget(key: string): Promise<void> {
    const forgotten = this.#writing.then(() => {
      this.#waiting -= this.#logs.get(key)?.waiting.length ?? 0
      this.#logs.delete(key)
    })
    this.#writing = forgotten
    await forgotten
  }

  async close(): Promise<void> {
    if (!this.#isClosed) await this.flush().catch(() => undefined)
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #later(): void {
    if (this.#isClosed) return
    this.#timer ??= setTimeout(() => {
      this.flush().catch((err: unknown) => this.#log.warn({ err }, 'events wait until Redis takes them'))
    }, pauseMs).unref()
  }

  async #writeAll(): Promise<Failures> {
    const failures: Failures = new Map()
    await Promise.all([...this.#logs].map(([key, log]) => this.#writeLog(key, log).catch((error: unknown) => failures.set(key, error))))
    return failures
  }

  async #writeLog(key: string, log: Log): Promise<void> {
    if (log.tried) await this.#writeTried(key, log, log.tried)
    if (log.waiting.length > 0) {
      const batch = { number: (this.#number += 1), events: log.waiting.splice(0) }
      this.#waiting -= batch.events.length
      await this.#writeTried(key, log, (log.tried = batch))
    }
    if (log.waiting.length === 0) this.#logs.delete(key)
  }

  async #writeTried(key: string, log: Log, batch: Batch): Promise<void> {
    await this.#write(key, batch)
    log.tried = undefined
  }

  #dropOne(): void {
    const longest = [...this.#logs.values()].reduce((a, b) => (b.waiting.length > a.waiting.length ? b : a))
    longest.waiting.shift()
    this.#waiting -= 1
  }
}
