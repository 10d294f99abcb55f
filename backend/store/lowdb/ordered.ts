/** Keys in the order of a number, then of the key: appended in order in the common case, removed by a mark, read from either end. */
type Entry = { by: number; key: string; dead: boolean }

export class Ordered {
  #entries: Entry[] = []
  #dead = 0
  /** Loading a store adds in any order and sorts once. */
  #sorted = false

  get size(): number {
    return this.#entries.length - this.#dead
  }

  add(by: number, key: string): void {
    const entry: Entry = { by, key, dead: false }
    const last = this.#entries.at(-1)
    if (!this.#sorted || last === undefined || compare(last, entry) < 0) this.#entries.push(entry)
    else this.#insert(entry)
  }

  remove(by: number, key: string): void {
    this.#sort()
    const found = this.#entries[this.#position({ by, key })]
    if (found === undefined || found.dead || found.by !== by || found.key !== key) return
    found.dead = true
    this.#dead += 1
    if (this.#dead > this.#entries.length / 2) this.#compact()
  }

  /** In order; behind `after` if it is given. */
  *ascending(after?: { by: number; key: string }): Generator<string> {
    this.#sort()
    const entries = this.#entries
    for (let i = after ? this.#position(after) : 0; i < entries.length; i += 1) {
      const entry = entries[i]
      if (entry && !entry.dead && !(after && compare(entry, after) === 0)) yield entry.key
    }
  }

  /** In reverse order; before `after` if it is given. */
  *descending(after?: { by: number; key: string }): Generator<string> {
    this.#sort()
    const entries = this.#entries
    for (let i = (after ? this.#position(after) : entries.length) - 1; i >= 0; i -= 1) {
      const entry = entries[i]
      if (entry && !entry.dead) yield entry.key
    }
  }

  #insert(entry: Entry): void {
    const position = this.#position(entry)
    const found = this.#entries[position]
    if (found === undefined || compare(found, entry) !== 0) this.#entries.splice(position, 0, entry)
    else if (found.dead) {
      found.dead = false
      this.#dead -= 1
    }
  }

  /** Of the first entry that is not before `target`. */
  #position(target: { by: number; key: string }): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.#entries[middle]
      if (entry !== undefined && compare(entry, target) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #sort(): void {
    if (this.#sorted) return
    this.#entries.sort(compare)
    this.#sorted = true
  }

  #compact(): void {
    this.#entries = this.#entries.filter((entry) => !entry.dead)
    this.#dead = 0
  }
}

function compare(a: { by: number; key: string }, b: { by: number; key: string }): number {
  if (a.by !== b.by) return a.by - b.by
  if (a.key === b.key) return 0
  return a.key < b.key ? -1 : 1
}
