/** Any store, with somebody who hears of each call: how long it took, for the metrics; which ones in what order, for tests. */
import type { Store } from './store.ts'

export type StoreCall = {
  /** `signIns.insert`, `sweep`: names of the ports alone, so that there are few of them. */
  operation: string
  seconds: number
  /** False: it was rejected, by a refusal of the step or because the store could not. */
  ok: boolean
}

type Method = (...args: unknown[]) => unknown

/** The same store; `heard` is told of each call that gives a promise, when that promise has settled. */
export function observeStore<Observed extends Store>(store: Observed, heard: (call: StoreCall) => void): Observed {
  const wrap = (operation: string, method: Method): Method => (...args) => {
    const startedAt = performance.now()
    const result = method(...args)
    if (!(result instanceof Promise)) return result
    const tell = (ok: boolean) => heard({ operation, seconds: (performance.now() - startedAt) / 1000, ok })
    result.then(() => tell(true), () => tell(false))
    return result
  }
  const observed = (prefix: string, part: object): object =>
    Object.fromEntries(Object.entries(part).map(([name, value]: [string, unknown]) => [name, inner(`${prefix}${name}`, value)]))
  const inner = (name: string, value: unknown): unknown => {
    if (typeof value === 'function') return wrap(name, value as Method)
    return typeof value === 'object' && value !== null ? observed(`${name}.`, value) : value
  }
  return observed('', store) as Observed
}
