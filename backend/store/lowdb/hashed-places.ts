/**
 * Places of records under a text of each, such as its key. Of the text only a hash is kept, so it takes three numbers a record, outside of
 * V8's heap; whoever looks reads the records that are there, and sees which of them it meant.
 */
import { randomInt } from 'node:crypto'
import type { Place } from './documents.ts'

const none = -1
const least = 1024

export class HashedPlaces {
  /** By hash. */
  #newest = new Int32Array(least).fill(none)
  /** By place: the one that came before it under such a hash. */
  #earlier = new Int32Array(least)
  #hashes = new Int32Array(least)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Oldest first. Another text's place is among them now and then. */
  under(text: string): Place[] {
    const hash = hashOf(text)
    const places: Place[] = []
    for (let place = this.#head(hash); place !== none; place = this.#earlier[place] ?? none) if (this.#hashes[place] === hash) places.push(place)
    return places.reverse()
  }

  /** Each place once. */
  add(text: string, place: Place): void {
    if (place >= this.#earlier.length) this.#makeRoom(place)
    if (this.#size >= this.#newest.length) this.#spread()
    this.#hashes[place] = hashOf(text)
    this.#link(place)
    this.#size += 1
  }

  remove(text: string, place: Place): void {
    const hash = hashOf(text)
    if (this.#hashes[place] !== hash) return
    const earlier = this.#earlier[place] ?? none
    let at = this.#head(hash)
    if (at === place) this.#newest[hash & (this.#newest.length - 1)] = earlier
    while (at !== none && at !== place) {
      const next = this.#earlier[at] ?? none
      if (next === place) this.#earlier[at] = earlier
      at = next
    }
    if (at === place) this.#size -= 1
  }

  #head(hash: number): Place {
    return this.#newest[hash & (this.#newest.length - 1)] ?? none
  }

  #link(place: Place): void {
    const hash = this.#hashes[place] ?? 0
    this.#earlier[place] = this.#head(hash)
    this.#newest[hash & (this.#newest.length - 1)] = place
  }

  #makeRoom(place: Place): void {
    const length = Math.max(place + 1, 2 * this.#earlier.length)
    const [earlier, hashes] = [this.#earlier, this.#hashes]
    this.#earlier = new Int32Array(length)
    this.#earlier.set(earlier)
    this.#hashes = new Int32Array(length)
    this.#hashes.set(hashes)
  }

  /** Over twice as many chains, so that each stays short. */
  #spread(): void {
    const all = new Int32Array(this.#size)
    let at = all.length
    for (const newest of this.#newest) for (let place = newest; place !== none; place = this.#earlier[place] ?? none) all[(at -= 1)] = place
    this.#newest = new Int32Array(2 * this.#newest.length).fill(none)
    // Oldest first within each chain.
    for (const place of all) this.#link(place)
  }
}

/** Of this process alone: nobody outside can choose texts that meet. */
const seed = randomInt(2 ** 31)

function hashOf(text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995)
    hash ^= hash >>> 15
  }
  return hash
}
