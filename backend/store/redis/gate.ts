/** Nothing begins once it is closed, and closing waits for what has begun. */
import { Problem } from '../../problems.ts'

export type Gate = {
  /** The same port, each method of which goes through the gate. All of them have to give promises. */
  guard<Port extends Record<keyof Port, (...args: never[]) => unknown>>(port: Port): Port
  close(): Promise<void>
}

export function createGate(): Gate {
  let running = 0
  let isClosed = false
  let settled = () => {}
  const pass = async (run: () => unknown): Promise<unknown> => {
    if (isClosed) throw new Problem('store_unavailable')
    running += 1
    try {
      return await run()
    } finally {
      running -= 1
      if (running === 0) settled()
    }
  }
  return {
    guard<Port extends Record<keyof Port, (...args: never[]) => unknown>>(port: Port) {
      const guarded = Object.entries<(...args: never[]) => unknown>(port).map(([name, method]) => [name, (...args: never[]) => pass(() => method(...args))])
      // The same names with the same arguments and, since all are promised, the same results.
      return Object.fromEntries(guarded) as Port
    },
    async close() {
      isClosed = true
      if (running > 0) await new Promise<void>((resolve) => (settled = resolve))
    },
  }
}
