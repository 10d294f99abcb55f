/**
 * Which record lies in which document, and which documents have to be written again. Documents are small and of one kind, and are
 * filled in order of birth: what is born together mostly dies together, and an empty document is simply no longer listed.
 */
import { Document, recordsPerDocument } from './document.ts'

/** Below this a document that takes no new records is emptied into the open one at a checkpoint. */
const sparse = 64

/** Where a record is: a plain number, for there are as many of them as records. */
export type Place = number

export class Documents {
  /** By their numbers in memory, which are given again once a document is gone. */
  readonly #all: (Document | undefined)[] = []
  readonly #free: number[] = []
  #open: Document | undefined
  #nextId = 1

  get all(): Document[] {
    return this.#all.flatMap((document) => document ?? [])
  }

  /** A document as a checkpoint left it. Gives the places of its records. */
  reopen(id: number, file: string, records: Buffer): Place[] {
    const document = new Document(id, this.#free.pop() ?? this.#all.length)
    document.file = file
    this.#all[document.number] = document
    this.#nextId = Math.max(this.#nextId, id + 1)
    return document.take(records).map((position) => placeOf(document, position))
  }

  add(text: string): Place {
    const document = this.#openDocument()
    return placeOf(document, document.add(text))
  }

  /** Of all records. */
  *places(): Generator<Place> {
    for (const document of this.all) for (const position of document.positions()) yield placeOf(document, position)
  }

  has(place: Place): boolean {
    return this.#all[Math.floor(place / recordsPerDocument)]?.has(place % recordsPerDocument) === true
  }

  /** Empty where no record is. */
  text(place: Place): string {
    return this.#all[Math.floor(place / recordsPerDocument)]?.text(place % recordsPerDocument) ?? ''
  }

  replace(place: Place, text: string): void {
    this.#at(place).replace(place % recordsPerDocument, text)
  }

  remove(place: Place): void {
    this.#at(place).remove(place % recordsPerDocument)
  }

  /** Empties sparse documents into the open one, and forgets the empty ones. `moved` is told of each record that lies elsewhere now. */
  tidy(moved: (text: string, from: Place, to: Place) => void): void {
    const emptied = this.all.filter((document) => document !== this.#open && document.size < sparse)
    const worthIt = emptied.length > 1
    for (const document of emptied) {
      if (worthIt) for (const position of [...document.positions()]) this.#move(placeOf(document, position), moved)
      if (document.size === 0) this.#forget(document)
    }
  }

  #move(from: Place, moved: (text: string, from: Place, to: Place) => void): void {
    const text = this.text(from)
    const to = this.add(text)
    moved(text, from, to)
    this.remove(from)
  }

  #forget({ number }: Document): void {
    this.#all[number] = undefined
    this.#free.push(number)
  }

  #at(place: Place): Document {
    const document = this.#all[Math.floor(place / recordsPerDocument)]
    if (document === undefined) throw new TypeError('there is no such document')
    return document
  }

  #openDocument(): Document {
    if (this.#open === undefined || this.#open.isFull) {
      this.#open = new Document(this.#nextId, this.#free.pop() ?? this.#all.length)
      this.#all[this.#open.number] = this.#open
      this.#nextId += 1
    }
    return this.#open
  }
}

const placeOf = ({ number }: Document, position: number): Place => number * recordsPerDocument + position
