/**
 * The sign-ins under way in this browser, each with its V: the bridge's own partition, which the tabs of H share.
 * Partitions are per top-level *site*, so the key names origin and site. Where storage is refused, memory serves.
 */
import { field, isWaiting, type Waiting } from './bridge-messages.ts'

/** `verifier` is V: it never leaves this origin's storage but in a claim. */
export type Pending = { verifier: string; waiting: Waiting }

export type PendingStore = {
  /** Those that are not over, oldest first. */
  list: () => Pending[]
  get: (id: string | undefined) => Pending | undefined
  put: (pending: Pending) => void
  /** What is new about it; nothing where it is over. For the tab that shows it alone: of two that write at once, one brings back what the other has dropped. */
  change: (id: string, news: Partial<Waiting>) => void
  drop: (id: string) => void
  /** Remembers, for this tab alone, which one it shows. */
  show: (id: string) => void
  /** What this tab waited for before its reload; else the newest of all tabs. */
  mine: () => Pending | undefined
}

/** As many as one stream takes. */
const maxPending = 10

const isPending = (value: unknown): value is Pending => typeof field(value, 'verifier') === 'string' && isWaiting(field(value, 'waiting'))

/** Storage may refuse each single call. */
function attempt<Value>(act: () => Value): Value | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

export function openPendingStore(name: string): PendingStore {
  const key = `${name} pending`
  let memory: Pending[] = []

  const list = (): Pending[] => {
    const kept = attempt((): unknown => JSON.parse(localStorage.getItem(key) ?? 'null')) ?? memory
    const now = Date.now() / 1000
    return Array.isArray(kept) ? kept.filter((one: unknown): one is Pending => isPending(one) && one.waiting.expiresAt > now) : []
  }

  const write = (pendings: Pending[]): void => {
    memory = pendings
    attempt(() => (pendings.length ? localStorage.setItem(key, JSON.stringify(pendings)) : localStorage.removeItem(key)))
  }

  const get: PendingStore['get'] = (id) => list().find((one) => one.waiting.id === id)
  const without = (id: string): Pending[] => list().filter((one) => one.waiting.id !== id)

  const put = (pending: Pending): void => write([...without(pending.waiting.id), pending].slice(-maxPending))

  return {
    list,
    get,
    put,
    change: (id, news) => {
      const pending = get(id)
      if (pending) put({ ...pending, waiting: { ...pending.waiting, ...news } })
    },
    drop: (id) => write(without(id)),
    show: (id) => void attempt(() => sessionStorage.setItem(key, id)),
    mine: () => get(attempt(() => sessionStorage.getItem(key) ?? undefined)) ?? list().at(-1),
  }
}
