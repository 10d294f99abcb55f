/**
 * Up to 256 records as their JSON texts, each at a position that stays its own: the bytes of the document's last checkpoint, and over them
 * the texts that came since. Bytes are no part of V8's heap, which else grows to a multiple of what lives in it and walks through it all.
 */
export const recordsPerDocument = 256

const newline = 0x0a
const comma = 0x2c
const between = Buffer.from(',\n')

export class Document {
  /** In the files. */
  readonly id: number
  /** In memory. */
  readonly number: number
  /** The file of its last checkpoint. */
  file: string | undefined
  dirty = false
  /** Never written into: a checkpoint may be on the way to disk with them. */
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the text at a position begins and ends in the bytes; nowhere: it ends at 0. */
  readonly #from = new Uint32Array(recordsPerDocument)
  readonly #to = new Uint32Array(recordsPerDocument)
  readonly #newer = new Map<number, string>()
  /** Positions that were given so far. */
  #given = 0
  #size = 0

  constructor(id: number, number: number) {
    this.id = id
    this.number = number
  }

  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#given === recordsPerDocument
  }

  /** What `pack` gave, of an earlier run. Gives the positions of its records. */
  take(bytes: Buffer): number[] {
    this.#bytes = bytes
    for (let from = 0; from < bytes.length; ) {
      const found = bytes.indexOf(newline, from)
      const end = found < 0 ? bytes.length : found
      this.#lay(this.#given, from, bytes[end - 1] === comma ? end - 1 : end)
      this.#given += 1
      from = end + 1
    }
    this.#size = this.#given
    return Array.from({ length: this.#size }, (_, position) => position)
  }

  /** Gives its position. */
  add(text: string): number {
    const position = this.#given
    this.#given += 1
    this.#size += 1
    this.replace(position, text)
    return position
  }

  has(position: number): boolean {
    return this.#newer.has(position) || this.#to[position] !== 0
  }

  /** Empty where no record is. */
  text(position: number): string {
    return this.#newer.get(position) ?? this.#bytes.toString('utf8', this.#from[position], this.#to[position])
  }

  replace(position: number, text: string): void {
    this.#newer.set(position, text)
    this.dirty = true
  }

  remove(position: number): void {
    this.#newer.delete(position)
    this.#lay(position, 0, 0)
    this.#size -= 1
    this.dirty = true
  }

  /** Of its records. */
  *positions(): Generator<number> {
    for (let position = 0; position < this.#given; position += 1) if (this.has(position)) yield position
  }

  /** All of it as bytes, a record a line with commas between: for a file, and what it keeps from now on. */
  pack(): Buffer {
    const lines: Buffer[] = []
    let at = 0
    for (const position of [...this.positions()]) {
      const newer = this.#newer.get(position)
      const line = newer === undefined ? this.#bytes.subarray(this.#from[position], this.#to[position]) : Buffer.from(newer)
      lines.push(line, between)
      this.#lay(position, at, at + line.length)
      at += line.length + between.length
    }
    this.#newer.clear()
    this.#bytes = Buffer.concat(lines.slice(0, -1))
    return this.#bytes
  }

  #lay(position: number, from: number, to: number): void {
    this.#from[position] = from
    this.#to[position] = to
  }
}
