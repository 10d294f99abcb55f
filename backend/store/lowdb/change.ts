/** One atomic change in the making: applied to memory at once, so that the next step sees it, and written as one line of the journal. */
import { textOf } from './records.ts'
import type { Table } from './table.ts'

/**
 * What the journal is handed. `undo` puts memory back; `durable` is called when it is on disk, in the order of the changes. Neither
 * throws.
 */
export type JournalEntry = { toJson(seq: number): string; undo(): void; durable(): void }

export class Change {
  readonly #puts: string[] = []
  readonly #removes: string[] = []
  readonly #undos: (() => void)[] = []
  readonly #afterwards: (() => void)[] = []

  /** What it touches. */
  readonly tables = new Set<Pick<Table<never>, 'settleWith'>>()

  get isEmpty(): boolean {
    return this.#undos.length === 0
  }

  put<Kept extends object>(table: Table<Kept>, record: Kept): void {
    const text = textOf(record)
    const before = table.put(record, text)
    this.tables.add(table)
    this.#undos.push(() => (before === undefined ? table.remove(table.keyOf(record)) : table.putBack(before)))
    this.#puts.push(`["${table.name}",${text}]`)
  }

  remove<Kept extends object>(table: Table<Kept>, key: string): boolean {
    const before = table.remove(key)
    if (before === undefined) return false
    this.tables.add(table)
    this.#undos.push(() => table.putBack(before))
    this.#removes.push(`["${table.name}",${JSON.stringify(key)}]`)
    return true
  }

  /** To be called when the change is on disk. */
  afterwards(tell: () => void): void {
    this.#afterwards.push(tell)
  }

  undo(): void {
    for (const undo of this.#undos.reverse()) undo()
  }

  /** @param at epoch seconds */
  toEntry(at: number, leastBytes = 0): JournalEntry {
    const durable = () => {
      for (const tell of this.#afterwards) tell()
    }
    const toJson = (seq: number) => `{"seq":${seq},"at":${at},"puts":[${this.#puts.join()}],"removes":[${this.#removes.join()}]}`.padEnd(leastBytes)
    return { toJson, undo: () => this.undo(), durable }
  }
}
