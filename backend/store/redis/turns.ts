/** Changes of one record by this process follow each other: they would only undo each other's tries. Between processes the version decides. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** How many records have a change under way. */
  get size(): number {
    return this.#last.size
  }

  async take<Result>(key: string, run: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key)
    const mine = before === undefined ? run() : before.then(run, run)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
