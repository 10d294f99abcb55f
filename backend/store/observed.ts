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
  return observe(store, '', (operation, startedAt, result) => {
    const tell = (ok: boolean) => heard({ operation, seconds: (performance.now() - startedAt) / 1000, ok })
    result.then(() => tell(true), () => tell(false))
  })
}

type Told = (operation: string, startedAt: number, result: Promise<unknown>) => void

/** A port may be a plain object or an instance with private parts: its methods are called as its own. Each method and port is wrapped once. */
function observe<Part extends object>(part: Part, prefix: string, tell: Told): Part {
  const wrapped = new Map<string | symbol, { value: unknown; instead: unknown }>()
  const wrap = (name: string, value: unknown): unknown => {
    if (typeof value === 'function') return observedMethod(name, (...args) => (value as Method).apply(part, args), tell)
    return typeof value === 'object' && value !== null ? observe(value, `${name}.`, tell) : undefined
  }
  return new Proxy(part, {
    get(_target, key) {
      const value: unknown = Reflect.get(part, key)
      if (wrapped.get(key)?.value !== value) wrapped.set(key, { value, instead: wrap(`${prefix}${String(key)}`, value) ?? value })
      return wrapped.get(key)?.instead
    },
  })
}

function observedMethod(operation: string, method: Method, tell: Told): Method {
  return (...args) => {
    const startedAt = performance.now()
    const result = method(...args)
    if (result instanceof Promise) tell(operation, startedAt, result)
    return result
  }
}
