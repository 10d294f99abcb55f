/**
 * Which keys are due: a binary heap of reminders. A reminder may come early, when the record's end has moved away meanwhile: then it is
 * put back for the true time. So a session that is used over and over costs nothing here, and a sweep costs what has come due.
 */
type Reminder = { at: number; key: string }

export class DueHeap {
  #ats: number[] = []
  #keys: string[] = []

  get size(): number {
    return this.#ats.length
  }

  push(at: number, key: string): void {
    let child = this.#ats.push(at) - 1
    this.#keys.push(key)
    while (child > 0) {
      const parent = (child - 1) >>> 1
      if (!this.#swapIfLater(parent, child)) return
      child = parent
    }
  }

  /** Takes out the earliest reminder, if it is for `now` or before. */
  takeDue(now: number): Reminder | undefined {
    const [at] = this.#ats
    const [key] = this.#keys
    if (at === undefined || key === undefined || at > now) return undefined
    const [lastAt, lastKey] = [this.#ats.pop(), this.#keys.pop()]
    if (this.#ats.length > 0 && lastAt !== undefined && lastKey !== undefined) {
      this.#ats[0] = lastAt
      this.#keys[0] = lastKey
      this.#sink()
    }
    return { at, key }
  }

  clear(): void {
    this.#ats = []
    this.#keys = []
  }

  #sink(): void {
    let parent = 0
    for (;;) {
      const left = 2 * parent + 1
      const right = left + 1
      const child = (this.#ats[right] ?? Infinity) < (this.#ats[left] ?? Infinity) ? right : left
      if (!this.#swapIfLater(parent, child)) return
      parent = child
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    const [upperAt, lowerAt] = [this.#ats[parent], this.#ats[child]]
    const [upperKey, lowerKey] = [this.#keys[parent], this.#keys[child]]
    if (upperAt === undefined || lowerAt === undefined || upperKey === undefined || lowerKey === undefined || upperAt <= lowerAt) return false
    this.#ats[parent] = lowerAt
    this.#ats[child] = upperAt
    this.#keys[parent] = lowerKey
    this.#keys[child] = upperKey
    return true
  }
}
