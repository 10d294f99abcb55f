/**
 * Which record lies in which document, and which documents have to be written again. Documents are small and of one kind, and are
 * filled in order of birth: what is born together mostly dies together, and an empty document is simply no longer listed.
 */
export const recordsPerDocument = 256
/** Below this a document that takes no new records is emptied into the open one at a checkpoint. */
const sparse = 64

/** One record, as its JSON text; `parsed` too where its table keeps that. */
export type Slot<Kept extends object = object> = { key: string; text: string; document: Document; parsed?: Kept }

export type Document = {
  id: number
  slots: Set<Slot>
  dirty: boolean
  /** The file of its last checkpoint. */
  file?: string
}

export class Documents {
  readonly #all = new Map<number, Document>()
  #open: Document | undefined
  #nextId = 1

  get all(): Iterable<Document> {
    return this.#all.values()
  }

  /** A document as a checkpoint left it, to be filled by `restore`. */
  reopen(id: number, file: string): Document {
    const document: Document = { id, slots: new Set(), dirty: false, file }
    this.#all.set(id, document)
    this.#nextId = Math.max(this.#nextId, id + 1)
    return document
  }

  restore<Kept extends object>(key: string, text: string, document: Document): Slot<Kept> {
    const slot: Slot<Kept> = { key, text, document }
    document.slots.add(slot)
    return slot
  }

  place<Kept extends object>(key: string, text: string): Slot<Kept> {
    const document = this.#openDocument()
    const slot: Slot<Kept> = { key, text, document }
    document.slots.add(slot)
    document.dirty = true
    return slot
  }

  drop(slot: Slot): void {
    slot.document.slots.delete(slot)
    slot.document.dirty = true
  }

  /** Empties sparse documents into the open one, and forgets the empty ones. */
  tidy(): void {
    const emptied = [...this.#all.values()].filter((document) => document !== this.#open && document.slots.size < sparse)
    const worthIt = emptied.length > 1
    for (const document of emptied) {
      if (worthIt) for (const slot of document.slots) this.#move(slot)
      if (document.slots.size === 0) this.#all.delete(document.id)
    }
  }

  #move(slot: Slot): void {
    slot.document.slots.delete(slot)
    slot.document = this.#openDocument()
    slot.document.slots.add(slot)
    slot.document.dirty = true
  }

  #openDocument(): Document {
    if (this.#open === undefined || this.#open.slots.size >= recordsPerDocument) {
      this.#open = { id: this.#nextId, slots: new Set(), dirty: true }
      this.#all.set(this.#open.id, this.#open)
      this.#nextId += 1
    }
    return this.#open
  }
}
