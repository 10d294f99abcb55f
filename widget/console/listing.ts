/** A list of the admin API, page by page. */
export type Page<Item> = { items: Item[]; next?: string | undefined }

export class Listing<Item> {
  items: Item[] = []
  #next: string | undefined
  readonly #read: (after: string | undefined) => Promise<Page<Item>>

  /** @param read a page, after the end of another where one is given */
  constructor(read: (after: string | undefined) => Promise<Page<Item>>) {
    this.#read = read
  }

  get hasMore(): boolean {
    return this.#next !== undefined
  }

  /** Begins anew. */
  async load(): Promise<void> {
    this.#take([], await this.#read(undefined))
  }

  async more(): Promise<void> {
    this.#take(this.items, await this.#read(this.#next))
  }

  #take(before: Item[], { items, next }: Page<Item>): void {
    this.items = [...before, ...items]
    this.#next = next
  }
}
