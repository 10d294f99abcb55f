/** Ends the process as a supervisor asks: what runs is drained first. */

/** As much of `process` as is needed here. */
type Signalled = { on(signal: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown; exit(code: number): unknown }

/**
 * At the first SIGTERM or SIGINT calls `stop`, then exits: 0, or 1 where it rejects. A second one changes nothing: npm and npx hand on the
 * Ctrl-C that the terminal has sent to this process already, and it must not cut the draining short.
 */
export function stopOnSignal(stop: (signal: string) => Promise<void>, failed: (error: unknown) => void, source: Signalled = process): void {
  let stopping = false
  const begin = (signal: string) => {
    if (stopping) return
    stopping = true
    stop(signal).then(() => source.exit(0), (error: unknown) => {
      failed(error)
      source.exit(1)
    })
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) source.on(signal, begin)
}
