/**
 * Runs steps one after another over memory, and answers when what they saw and did is on disk. A refusal, too, waits for the change
 * it is based on; when that change is undone, the step runs again.
 */
import { Problem } from '../../problems.ts'
import { Change } from './change.ts'
import type { Journal } from './journal.ts'
import type { Table } from './table.ts'

type Outcome<Result> = { ok: true; result: Result } | { ok: false; error: unknown }

type Changing = Pick<Table<never>, 'unsettled'>

export type LedgerOptions = { journal: Journal; now: () => number; lastSeenAt: number }

export class Ledger {
  readonly #journal: Journal
  readonly #now: () => number
  #lastSeenAt: number
  #closed = false

  constructor(options: LedgerOptions) {
    this.#journal = options.journal
    this.#now = options.now
    this.#lastSeenAt = options.lastSeenAt
  }

  /** The newest time that was seen here, in epoch seconds: the floor of the clock after a restart (P8). */
  get lastSeenAt(): number {
    return this.#lastSeenAt
  }

  saw(at: number): void {
    if (at > this.#lastSeenAt) this.#lastSeenAt = at
  }

  /** One atomic change. What `step` throws is thrown here, and nothing was changed. @throws Problem store_unavailable */
  async change<Result>(step: (change: Change) => Result): Promise<Result> {
    for (;;) {
      this.#assertOpen()
      const change = new Change()
      const outcome = attempt(step, change)
      if (outcome.ok && !change.isEmpty) {
        await this.#append(change)
        return outcome.result
      }
      if (!(await this.#settled())) continue
      if (!outcome.ok) throw outcome.error
      return outcome.result
    }
  }

  /**
   * What `look` finds in `table` and its indexes, once that is on disk: changes elsewhere are not waited for.
   * @throws Problem store_unavailable
   */
  read<Result>(table: Changing, look: () => Result): Promise<Result> {
    return this.readAcross([table], look)
  }

  /** The same for what is in several. */
  async readAcross<Result>(tables: readonly Changing[], look: () => Result): Promise<Result> {
    for (;;) {
      this.#assertOpen()
      const found = look()
      const unsettled = tables.flatMap((table) => table.unsettled ?? [])
      if (unsettled.length === 0 || (await Promise.all(unsettled.map(isKept))).every(Boolean)) return found
    }
  }

  /** Resolves while changes can be made; after a failed write, by trying one that changes nothing and takes a block of its own. @throws Problem store_unavailable */
  async ready(): Promise<void> {
    this.#assertOpen()
    if (this.#journal.failing) await this.#append(new Change(), blockBytes)
  }

  /** True: all that was done so far is on disk. */
  async settled(): Promise<boolean> {
    return this.#settled()
  }

  close(): void {
    this.#closed = true
  }

  #assertOpen(): void {
    if (this.#closed) throw new Problem('store_unavailable', { cause: new Error('the store is closed') })
    if (this.#journal.stopped) throw new Problem('store_unavailable', this.#journal.stopped)
  }

  async #append(change: Change, leastBytes = 0): Promise<void> {
    this.saw(this.#now())
    const kept = this.#journal.append(change.toEntry(this.#lastSeenAt, leastBytes))
    for (const table of change.tables) table.settleWith(kept)
    try {
      await kept
    } catch (cause) {
      throw new Problem('store_unavailable', { cause })
    }
  }

  #settled(): Promise<boolean> {
    const pending = this.#journal.pending
    return pending === undefined ? Promise.resolve(true) : isKept(pending)
  }
}

/** A full disk still takes what fits into the file's last block: too little for a sign-in, and enough for a change of nothing. */
const blockBytes = 4096

/** False: it was undone. */
const isKept = (pending: Promise<void>): Promise<boolean> => pending.then(() => true, () => false)

function attempt<Result>(step: (change: Change) => Result, change: Change): Outcome<Result> {
  try {
    return { ok: true, result: step(change) }
  } catch (error) {
    change.undo()
    return { ok: false, error }
  }
}
