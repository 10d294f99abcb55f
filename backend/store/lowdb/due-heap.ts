/**
 * Which keys are due: a binary heap of reminders. A reminder may come early, when the record's end has moved away meanwhile: then it is
 * put back for the true time. So a session that is used over and over costs nothing here, and a sweep costs what has come due.
 */
type Reminder = { at: number; key: string }

export class DueHeap {
  #heap: Reminder[] = []

  get size(): number {
    return this.#heap.length
  }

  push(at: number, key: string): void {
    const heap = this.#heap
    heap.push({ at, key })
    let child = heap.length - 1
    while (child > 0) {
      const parent = (child - 1) >>> 1
      if (!this.#swapIfLater(parent, child)) return
      child = parent
    }
  }

  /** Takes out the earliest reminder, if it is for `now` or before. */
  takeDue(now: number): Reminder | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  clear(): void {
    this.#heap = []
  }

  #sink(): void {
    let parent = 0
    for (;;) {
      const left = 2 * parent + 1
      const right = left + 1
      const heap = this.#heap
      const child = (heap[right]?.at ?? Infinity) < (heap[left]?.at ?? Infinity) ? right : left
      if (!this.#swapIfLater(parent, child)) return
      parent = child
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    const upper = this.#heap[parent]
    const lower = this.#heap[child]
    if (upper === undefined || lower === undefined || upper.at <= lower.at) return false
    this.#heap[parent] = lower
    this.#heap[child] = upper
    return true
  }
}
