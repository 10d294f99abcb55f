/** All records of one kind, in memory, with their indexes. Synchronous; what makes it durable is the journal. */
import { Documents } from './documents.ts'
import type { Document, Slot } from './documents.ts'
import { freeze } from './records.ts'

/** Follows the records: `before` left out is a new record, `after` left out a removed one. */
export type Index<Kept> = { update(before: Kept | undefined, after: Kept | undefined): void }

export type TableOptions<Kept> = {
  /** As it stands in the journal and in document names. */
  name: string
  keyOf: (record: Kept) => string
  is: (value: unknown) => value is Kept
}

export class Table<Kept extends object> {
  readonly name: string
  readonly documents = new Documents()
  readonly keyOf: (record: Kept) => string
  readonly #is: (value: unknown) => value is Kept
  readonly #slots = new Map<string, Slot<Kept>>()
  readonly #indexes: Index<Kept>[] = []

  constructor(options: TableOptions<Kept>) {
    this.name = options.name
    this.keyOf = options.keyOf
    this.#is = options.is
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: string): Kept | undefined {
    return this.#slots.get(key)?.record
  }

  *values(): Generator<Kept> {
    for (const slot of this.#slots.values()) yield slot.record
  }

  /** The record as a restart would read it: an own copy, frozen. */
  kept(text: string): Kept {
    const value: unknown = JSON.parse(text)
    if (!this.#is(value)) throw new TypeError(`not a record of ${this.name}`)
    return freeze(value)
  }

  /** Gives what was there before. */
  put(record: Kept): Kept | undefined {
    const before = this.#set(record)
    for (const index of this.#indexes) index.update(before, record)
    return before
  }

  remove(key: string): Kept | undefined {
    const before = this.#delete(key)
    if (before !== undefined) for (const index of this.#indexes) index.update(before, undefined)
    return before
  }

  /** From a document of the last checkpoint. False: that is no record of this kind. */
  load(value: unknown, document: Document): boolean {
    if (!this.#is(value)) return false
    this.#slots.set(this.keyOf(value), this.documents.restore(freeze(value), document))
    return true
  }

  /** From the journal, before there are indexes. False: that is no record of this kind. */
  replayPut(value: unknown): boolean {
    if (!this.#is(value)) return false
    this.#set(freeze(value))
    return true
  }

  /** True: nothing is there now. */
  replayRemove(key: string): boolean {
    this.#delete(key)
    return true
  }

  addIndex(index: Index<Kept>): void {
    for (const record of this.values()) index.update(undefined, record)
    this.#indexes.push(index)
  }

  #set(record: Kept): Kept | undefined {
    const key = this.keyOf(record)
    const slot = this.#slots.get(key)
    if (slot === undefined) {
      this.#slots.set(key, this.documents.place(record))
      return undefined
    }
    const before = slot.record
    slot.record = record
    slot.document.dirty = true
    return before
  }

  #delete(key: string): Kept | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    this.#slots.delete(key)
    this.documents.drop(slot)
    return slot.record
  }
}
