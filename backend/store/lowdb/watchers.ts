/** Who waits to hear of which sign-in. */
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { StoreLog } from './log.ts'

type Listener = (signIn: SignIn) => void

export class Watchers {
  readonly #listeners = new Map<string, Set<{ tell: Listener }>>()
  readonly #log: StoreLog

  constructor(log: StoreLog) {
    this.#log = log
  }

  /** How many sign-ins are watched. */
  get size(): number {
    return this.#listeners.size
  }

  /** Returns the unsubscribe. */
  watch(id: string, tell: Listener): () => void {
    const watcher = { tell }
    const watchers = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, watchers.add(watcher))
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0 && this.#listeners.get(id) === watchers) this.#listeners.delete(id)
    }
  }

  /** Never throws: a change that is on disk is not made undone by a listener. */
  tell(signIn: SignIn): void {
    for (const watcher of [...(this.#listeners.get(signIn.id) ?? [])]) {
      try {
        watcher.tell(signIn)
      } catch (err) {
        this.#log.error({ err }, 'a listener of a sign-in failed')
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}
