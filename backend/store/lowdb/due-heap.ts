/**
 * Which places are due: a binary heap of reminders. A reminder may come early, when the record's end has moved away meanwhile: then it is
 * put back for the true time. So a session that is used over and over costs nothing here, and a sweep costs what has come due.
 */
import type { Place } from './documents.ts'

type Reminder = { at: number; place: Place }

export class DueHeap {
  #ats: number[] = []
  #places: Place[] = []

  get size(): number {
    return this.#ats.length
  }

  push(at: number, place: Place): void {
    let child = this.#ats.push(at) - 1
    this.#places.push(place)
    while (child > 0) {
      const parent = (child - 1) >>> 1
      if (!this.#swapIfLater(parent, child)) return
      child = parent
    }
  }

  /** Takes out the earliest reminder, if it is for `now` or before. */
  takeDue(now: number): Reminder | undefined {
    const [at] = this.#ats
    const [place] = this.#places
    if (at === undefined || place === undefined || at > now) return undefined
    const [lastAt, lastPlace] = [this.#ats.pop(), this.#places.pop()]
    if (this.#ats.length > 0 && lastAt !== undefined && lastPlace !== undefined) {
      this.#ats[0] = lastAt
      this.#places[0] = lastPlace
      this.#sink(0)
    }
    return { at, place }
  }

  /** Forgets what is `wanted` no more; of a place with several reminders, all but the earliest. */
  keep(wanted: (place: Place) => boolean): void {
    const [ats, places] = [this.#ats, this.#places]
    const earliest = new Float64Array(1 + places.reduce((a, b) => Math.max(a, b), 0)).fill(Infinity)
    for (let i = 0; i < places.length; i += 1) {
      const at = ats[i] ?? Infinity
      const place = places[i] ?? 0
      if (at < (earliest[place] ?? Infinity) && wanted(place)) earliest[place] = at
    }
    this.#ats = []
    this.#places = []
    for (let place = 0; place < earliest.length; place += 1) if (earliest[place] !== Infinity) this.#places[this.#ats.push(earliest[place] ?? 0) - 1] = place
    for (let parent = this.size >>> 1; parent >= 0; parent -= 1) this.#sink(parent)
  }

  #sink(from: number): void {
    let parent = from
    for (;;) {
      const left = 2 * parent + 1
      const right = left + 1
      const child = (this.#ats[right] ?? Infinity) < (this.#ats[left] ?? Infinity) ? right : left
      if (!this.#swapIfLater(parent, child)) return
      parent = child
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    const upperAt = this.#ats[parent]
    const lowerAt = this.#ats[child]
    const upperPlace = this.#places[parent]
    const lowerPlace = this.#places[child]
    if (upperAt === undefined || lowerAt === undefined || upperPlace === undefined || lowerPlace === undefined || upperAt <= lowerAt) return false
    this.#ats[parent] = lowerAt
    this.#ats[child] = upperAt
    this.#places[parent] = lowerPlace
    this.#places[child] = upperPlace
    return true
  }
}
