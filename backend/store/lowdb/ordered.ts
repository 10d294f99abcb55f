/**
 * Places in the order of a number: appended in order in the common case, removed by a mark, read from either end. Two arrays of numbers
 * side by side take a sixth of the memory of an array of objects.
 */
import type { Place } from './documents.ts'

/** Places of one number, in no order. */
export type Run = { by: number; places: Place[] }

export class Ordered {
  #bys: number[] = []
  /** One that is gone stays as its complement, until half of them are. */
  #places: Place[] = []
  #dead = 0
  /** Before it all are gone: what is done in order leaves a long tail of those, which nobody shall step over each time. */
  #first = 0
  /** Loading a store adds in any order and sorts once. */
  #sorted = false

  get size(): number {
    return this.#places.length - this.#dead
  }

  add(by: number, place: Place): void {
    if (!this.#sorted || this.#places.length === 0 || this.#compare(this.#places.length - 1, by, place) < 0) {
      this.#bys.push(by)
      this.#places.push(place)
    } else this.#insert(by, place)
  }

  remove(by: number, place: Place): void {
    this.#sort()
    const position = this.#position(by, place)
    if (this.#bys[position] !== by || this.#places[position] !== place) return
    this.#places[position] = ~place
    this.#dead += 1
    while (this.#first < this.#places.length && (this.#places[this.#first] ?? 0) < 0) this.#first += 1
    if (this.#dead > this.#places.length / 2) this.#compact()
  }

  /** From the number `from` on, if it is given. */
  *ascending(from?: number): Generator<Run> {
    this.#sort()
    const [bys, places] = [this.#bys, this.#places]
    for (let start = from === undefined ? this.#first : this.#position(from, 0); start < bys.length; ) {
      const by = bys[start] ?? 0
      let end = start
      while (bys[end] === by) end += 1
      yield { by, places: places.slice(start, end).filter((place) => place >= 0) }
      start = end
    }
  }

  /** In reverse order; from the number `from` on, if it is given. */
  *descending(from?: number): Generator<Run> {
    this.#sort()
    const [bys, places] = [this.#bys, this.#places]
    for (let end = from === undefined ? bys.length : this.#position(from, Infinity); end > 0; ) {
      const by = bys[end - 1] ?? 0
      let start = end
      while (bys[start - 1] === by) start -= 1
      yield { by, places: places.slice(start, end).filter((place) => place >= 0) }
      end = start
    }
  }

  /** All of them, in order. */
  get places(): Place[] {
    return [...this.ascending()].flatMap(({ places }) => places)
  }

  #insert(by: number, place: Place): void {
    const position = this.#position(by, place)
    if (position === this.#places.length || this.#compare(position, by, place) !== 0) {
      this.#bys.splice(position, 0, by)
      this.#places.splice(position, 0, place)
    } else if (this.#places[position] !== place) {
      this.#places[position] = place
      this.#dead -= 1
    }
    this.#first = Math.min(this.#first, position)
  }

  /** Of the first entry that is not before this. */
  #position(by: number, place: Place): number {
    let low = 0
    let high = this.#places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(middle, by, place) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(position: number, by: number, place: Place): number {
    return (this.#bys[position] ?? 0) - by || placeAt(this.#places, position) - place
  }

  #sort(): void {
    if (this.#sorted) return
    this.#sorted = true
    const [bys, places] = [this.#bys, this.#places]
    if (bys.every((by, position) => position === 0 || this.#compare(position - 1, by, placeAt(places, position)) < 0)) return
    const order = Array.from(bys.keys()).sort((a, b) => (bys[a] ?? 0) - (bys[b] ?? 0) || placeAt(places, a) - placeAt(places, b))
    this.#bys = order.map((position) => bys[position] ?? 0)
    this.#places = order.map((position) => places[position] ?? 0)
  }

  /** Reads that are under way go on over what they began with. */
  #compact(): void {
    const places = this.#places
    this.#bys = this.#bys.filter((_, position) => (places[position] ?? 0) >= 0)
    this.#places = places.filter((place) => place >= 0)
    this.#dead = 0
    this.#first = 0
  }
}

function placeAt(places: Place[], position: number): Place {
  const place = places[position] ?? 0
  return place < 0 ? ~place : place
}
