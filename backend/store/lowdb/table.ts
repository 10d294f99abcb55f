/**
 * All records of one kind, in memory, with their indexes. Synchronous; what makes it durable is the journal. A record is kept as its JSON
 * text and parsed when it is asked for: a third of the memory of an object graph, next to nothing for the garbage collector to walk
 * through, and whoever gets one gets an own copy, as a restart would read it.
 */
import { Documents } from './documents.ts'
import type { Document, Slot } from './documents.ts'
import { parseJson } from './line.ts'
import { freeze, textOf } from './records.ts'

/** Follows the records: `before` left out is a new record, `after` left out a removed one. `key` is the one string to hold on to. */
export type Index<Kept> = { update(key: string, before: Kept | undefined, after: Kept | undefined): void }

export type TableOptions<Kept> = {
  /** As it stands in the journal and in document names. */
  name: string
  keyOf: (record: Kept) => string
  is: (value: unknown) => value is Kept
  /** For a table of few records that every request reads: they are kept parsed as well. */
  keepsParsed?: boolean
}

export class Table<Kept extends object> {
  readonly name: string
  readonly documents = new Documents()
  readonly keyOf: (record: Kept) => string
  readonly #is: (value: unknown) => value is Kept
  readonly #keepsParsed: boolean
  readonly #slots = new Map<string, Slot<Kept>>()
  readonly #indexes: Index<Kept>[] = []
  /** The newest change here that is not on disk yet. */
  unsettled: Promise<void> | undefined

  constructor({ name, keyOf, is, keepsParsed = false }: TableOptions<Kept>) {
    this.name = name
    this.keyOf = keyOf
    this.#is = is
    this.#keepsParsed = keepsParsed
  }

  get size(): number {
    return this.#slots.size
  }

  has(key: string): boolean {
    return this.#slots.has(key)
  }

  get(key: string): Kept | undefined {
    const slot = this.#slots.get(key)
    return slot && this.#parse(slot)
  }

  /** Whether a text stands in the record's JSON: says no cheaply, for searches through all of them. */
  mentions(key: string, text: string): boolean {
    return this.#slots.get(key)?.text.includes(text) === true
  }

  *values(): Generator<Kept> {
    for (const slot of this.#slots.values()) yield this.#parse(slot)
  }

  /** Keeps the record, whose JSON is `text`. Gives the text of what was there before. */
  put(record: Kept, text: string): string | undefined {
    if (!this.#is(record)) throw new TypeError(`not a record of ${this.name}`)
    const key = this.keyOf(record)
    const slot = this.#slots.get(key)
    if (slot === undefined) {
      this.#add(this.documents.place(key, text), record)
      return undefined
    }
    const [before, beforeText] = [this.#parse(slot), slot.text]
    slot.text = text
    delete slot.parsed
    slot.document.dirty = true
    for (const index of this.#indexes) index.update(slot.key, before, record)
    return beforeText
  }

  /** Puts back what `put` or `remove` gave. */
  putBack(text: string): void {
    this.put(this.#read(text), text)
  }

  /** Gives the text of what was there. */
  remove(key: string): string | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    this.#slots.delete(key)
    this.documents.drop(slot)
    const before = this.#parse(slot)
    for (const index of this.#indexes) index.update(slot.key, before, undefined)
    return slot.text
  }

  /** From a document of the last checkpoint. False: that is no record of this kind. */
  load(text: string, document: Document): boolean {
    const value = parseJson(text)
    if (!this.#is(value)) return false
    this.#add(this.documents.restore(this.keyOf(value), text, document), value)
    return true
  }

  /** From the journal. False: that is no record of this kind. */
  replayPut(value: unknown): boolean {
    if (!this.#is(value)) return false
    this.put(value, textOf(value))
    return true
  }

  /** True: nothing is there now. */
  replayRemove(key: string): boolean {
    this.remove(key)
    return true
  }

  /** To be added before there are records. */
  addIndex(index: Index<Kept>): void {
    this.#indexes.push(index)
  }

  /** What is here now is on disk when `kept` resolves; where it rejects, it was undone. */
  settleWith(kept: Promise<void>): void {
    this.unsettled = kept
    const forget = () => void (this.unsettled === kept && (this.unsettled = undefined))
    kept.then(forget, forget)
  }

  #add(slot: Slot<Kept>, record: Kept): void {
    this.#slots.set(slot.key, slot)
    for (const index of this.#indexes) index.update(slot.key, undefined, record)
  }

  #parse(slot: Slot<Kept>): Kept {
    if (slot.parsed) return slot.parsed
    const record = this.#read(slot.text)
    if (this.#keepsParsed) slot.parsed = freeze(record)
    return record
  }

  #read(text: string): Kept {
    const value: unknown = JSON.parse(text)
    if (!this.#is(value)) throw new TypeError(`not a record of ${this.name}`)
    return value
  }
}
