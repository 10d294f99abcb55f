/**
 * Keys in the order of a number, then of the key: appended in order in the common case, removed by a mark, read from either end. Three arrays
 * side by side take a third of the memory of an array of objects.
 */
type Place = { by: number; key: string }

export class Ordered {
  #bys: number[] = []
  #keys: string[] = []
  #gone: boolean[] = []
  #dead = 0
  /** Loading a store adds in any order and sorts once. */
  #sorted = false

  get size(): number {
    return this.#keys.length - this.#dead
  }

  add(by: number, key: string): void {
    if (!this.#sorted || this.#keys.length === 0 || this.#compare(this.#keys.length - 1, { by, key }) < 0) this.#splice(this.#keys.length, by, key)
    else this.#insert(by, key)
  }

  remove(by: number, key: string): void {
    this.#sort()
    const position = this.#position({ by, key })
    if (this.#gone[position] !== false || this.#compare(position, { by, key }) !== 0) return
    this.#gone[position] = true
    this.#dead += 1
    if (this.#dead > this.#keys.length / 2) this.#compact()
  }

  /** In order; behind `after` if it is given. */
  *ascending(after?: Place): Generator<string> {
    this.#sort()
    const [keys, gone] = [this.#keys, this.#gone]
    for (let i = after ? this.#position(after) : 0; i < keys.length; i += 1) {
      const key = keys[i]
      if (key !== undefined && gone[i] === false && !(after && this.#compare(i, after) === 0)) yield key
    }
  }

  /** In reverse order; before `after` if it is given. */
  *descending(after?: Place): Generator<string> {
    this.#sort()
    const [keys, gone] = [this.#keys, this.#gone]
    for (let i = (after ? this.#position(after) : keys.length) - 1; i >= 0; i -= 1) {
      const key = keys[i]
      if (key !== undefined && gone[i] === false) yield key
    }
  }

  #insert(by: number, key: string): void {
    const position = this.#position({ by, key })
    if (position === this.#keys.length || this.#compare(position, { by, key }) !== 0) this.#splice(position, by, key)
    else if (this.#gone[position]) {
      this.#gone[position] = false
      this.#dead -= 1
    }
  }

  #splice(position: number, by: number, key: string): void {
    if (position === this.#keys.length) {
      this.#bys.push(by)
      this.#keys.push(key)
      this.#gone.push(false)
      return
    }
    this.#bys.splice(position, 0, by)
    this.#keys.splice(position, 0, key)
    this.#gone.splice(position, 0, false)
  }

  /** Of the first entry that is not before `target`. */
  #position(target: Place): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(middle, target) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(position: number, target: Place): number {
    const by = this.#bys[position] ?? 0
    if (by !== target.by) return by - target.by
    const key = this.#keys[position] ?? ''
    if (key === target.key) return 0
    return key < target.key ? -1 : 1
  }

  #sort(): void {
    if (this.#sorted) return
    this.#sorted = true
    const places = this.#keys.map((key, index) => ({ by: this.#bys[index] ?? 0, key }))
    if (places.every((place, index) => index === 0 || this.#compare(index - 1, place) <= 0)) return
    places.sort((a, b) => a.by - b.by || (a.key < b.key ? -1 : 1))
    this.#bys = places.map(({ by }) => by)
    this.#keys = places.map(({ key }) => key)
  }

  /** Reads that are under way go on over what they began with. */
  #compact(): void {
    const [bys, gone] = [this.#bys, this.#gone]
    this.#bys = bys.filter((_, index) => gone[index] === false)
    this.#keys = this.#keys.filter((_, index) => gone[index] === false)
    this.#gone = this.#keys.map(() => false)
    this.#dead = 0
  }
}
