/**
 * All records of one kind, in memory, with their indexes. Synchronous; what makes it durable is the journal. A record is kept as its JSON
 * text and parsed when it is asked for: a third of the memory of an object graph, nothing for the garbage collector to walk through, and
 * whoever gets one gets an own copy, as a restart would read it.
 */
import { Documents } from './documents.ts'
import type { Place } from './documents.ts'
import { HashedPlaces } from './hashed-places.ts'
import { parseJson } from './line.ts'
import { freeze, textOf } from './records.ts'

/** Follows the records: `before` left out is a new record, `after` left out a removed one; one that moves is removed and new. */
export type Index<Kept> = { update(place: Place, before: Kept | undefined, after: Kept | undefined): void }

export type TableOptions<Kept> = {
  /** As it stands in the journal and in document names. */
  name: string
  keyOf: (record: Kept) => string
  is: (value: unknown) => value is Kept
  /** For a table of few records that every request reads: they are kept parsed as well. */
  keepsParsed?: boolean
}

type Found<Kept> = { place: Place; record: Kept }

export class Table<Kept extends object> {
  readonly name: string
  readonly documents = new Documents()
  readonly keyOf: (record: Kept) => string
  readonly #is: (value: unknown) => value is Kept
  readonly #byKey = new HashedPlaces()
  readonly #parsed: Map<Place, Kept> | undefined
  readonly #indexes: Index<Kept>[] = []
  /** The newest change here that is not on disk yet. */
  unsettled: Promise<void> | undefined

  constructor({ name, keyOf, is, keepsParsed = false }: TableOptions<Kept>) {
    this.name = name
    this.keyOf = keyOf
    this.#is = is
    this.#parsed = keepsParsed ? new Map() : undefined
  }

  get size(): number {
    return this.#byKey.size
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined
  }

  get(key: string): Kept | undefined {
    return this.#find(key)?.record
  }

  /** The record there, if there is one. */
  at(place: Place): Kept | undefined {
    const known = this.#parsed?.get(place)
    if (known) return known
    const text = this.documents.text(place)
    if (text === '') return undefined
    const record = this.#read(text)
    this.#parsed?.set(place, freeze(record))
    return record
  }

  placeOf(key: string): Place | undefined {
    return this.#find(key)?.place
  }

  /** Whether a text stands in the JSON of the record there: says no cheaply, for searches through all of them. */
  mentions(place: Place, text: string): boolean {
    return this.documents.text(place).includes(text)
  }

  *values(): Generator<Kept> {
    for (const place of this.documents.places()) {
      const record = this.at(place)
      if (record) yield record
    }
  }

  /** Keeps the record, whose JSON is `text`. Gives the text of what was there before. */
  put(record: Kept, text: string): string | undefined {
    if (!this.#is(record)) throw new TypeError(`not a record of ${this.name}`)
    const found = this.#find(this.keyOf(record))
    if (found === undefined) {
      this.#add(record, this.documents.add(text))
      return undefined
    }
    const before = this.documents.text(found.place)
    this.documents.replace(found.place, text)
    this.#follow(found.place, found.record, record)
    return before
  }

  /** Puts back what `put` or `remove` gave. */
  putBack(text: string): void {
    this.put(this.#read(text), text)
  }

  /** Gives the text of what was there. */
  remove(key: string): string | undefined {
    const found = this.#find(key)
    if (found === undefined) return undefined
    const before = this.documents.text(found.place)
    this.documents.remove(found.place)
    this.#forget(key, found)
    return before
  }

  /** A document of the last checkpoint. False: it holds what is no record of this kind. */
  load({ id, file, records }: { id: number; file: string; records: Buffer }): boolean {
    return this.documents.reopen(id, file, records).every((place) => {
      const value = parseJson(this.documents.text(place))
      if (!this.#is(value)) return false
      this.#add(value, place)
      return true
    })
  }

  /** Fewer and fuller documents, before a checkpoint. */
  tidy(): void {
    this.documents.tidy((text, place, to) => {
      const record = this.#read(text)
      this.#forget(this.keyOf(record), { place, record })
      this.#add(record, to)
    })
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
    if (this.unsettled === kept) return
    this.unsettled = kept
    const forget = () => void (this.unsettled === kept && (this.unsettled = undefined))
    kept.then(forget, forget)
  }

  #find(key: string): Found<Kept> | undefined {
    for (const place of this.#byKey.under(key)) {
      const record = this.at(place)
      if (record && this.keyOf(record) === key) return { place, record }
    }
    return undefined
  }

  #add(record: Kept, place: Place): void {
    this.#byKey.add(this.keyOf(record), place)
    this.#follow(place, undefined, record)
  }

  #forget(key: string, { place, record }: Found<Kept>): void {
    this.#byKey.remove(key, place)
    this.#follow(place, record, undefined)
  }

  #follow(place: Place, before: Kept | undefined, after: Kept | undefined): void {
    this.#parsed?.delete(place)
    for (const index of this.#indexes) index.update(place, before, after)
  }

  #read(text: string): Kept {
    const value: unknown = JSON.parse(text)
    if (!this.#is(value)) throw new TypeError(`not a record of ${this.name}`)
    return value
  }
}
