/**
 * The sign-ins under way in this browser, each with its V: the bridge's own partition, which the tabs of H share.
 * Partitions are per top-level *site*, so the key names origin and site. Where storage is refused, memory serves.
 */
import { field, isWaiting, type Waiting } from './bridge-messages.ts'

/** `verifier` is V: it never leaves this origin's storage but in a claim. */
export type Pending = { verifier: string; waiting: Waiting }

const maxPending = 5

const isPending = (value: unknown): value is Pending => typeof field(value, 'verifier') === 'string' && isWaiting(field(value, 'waiting'))

export class PendingStore {
  readonly #key: string
  #memory: Pending[] = []

  constructor(name: string) {
    this.#key = `${name} pending`
  }

  /** Those that are not over, oldest first. */
  #list(): Pending[] {
    let list: unknown = this.#memory
    try {
      list = JSON.parse(localStorage.getItem(this.#key) ?? 'null') ?? list
    } catch {}
    const now = Date.now() / 1000
    return Array.isArray(list) ? list.filter((one: unknown): one is Pending => isPending(one) && one.waiting.expiresAt > now) : []
  }

  #write(list: Pending[]): void {
    this.#memory = list
    try {
      if (list.length) localStorage.setItem(this.#key, JSON.stringify(list))
      else localStorage.removeItem(this.#key)
    } catch {}
  }

  get(id: string | undefined): Pending | undefined {
    return this.#list().find((one) => one.waiting.id === id)
  }

  put(pending: Pending): void {
    const others = this.#list().filter((one) => one.waiting.id !== pending.waiting.id)
    this.#write([...others, pending].slice(-maxPending))
  }

  /** Remembers, for this tab alone, which one it shows. */
  show(id: string): void {
    try {
      sessionStorage.setItem(this.#key, id)
    } catch {}
  }

  drop(id: string): void {
    this.#write(this.#list().filter((one) => one.waiting.id !== id))
  }

  /** What this tab waited for before its reload; else the newest of all tabs. */
  mine(): Pending | undefined {
    let id: string | undefined
    try {
      id = sessionStorage.getItem(this.#key) ?? undefined
    } catch {}
    return this.get(id) ?? this.#list().at(-1)
  }
}
