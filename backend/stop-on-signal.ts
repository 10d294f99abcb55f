/** Ends the process as a supervisor asks: what runs is drained first. */

/** A supervisor's, Ctrl-C, and the end of the terminal. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
type EndingSignal = (typeof endingSignals)[number]

/** As much of `process` as is needed here. */
type Signalled = {
  on(signal: EndingSignal, listener: (signal: string) => void): unknown
  exit(code: number): unknown
  readonly ppid: number
  readonly env: Readonly<Record<string, string | undefined>>
}

const lookForParentMs = 500
/** Read when the program is loaded: npm may end while the backend still starts. */
const firstParent = process.ppid

/**
 * At the first of these signals calls `stop`, then exits: 0, or 1 where it rejects. A second one changes nothing: npm and npx hand on the
 * Ctrl-C that the terminal has sent to this process already, and it must not cut the draining short.
 *
 * A SIGTERM to npm or npx ends them alone. What they started would live on with its port and its lock, so where they started this process it
 * stops when its parent is gone.
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
  for (const signal of endingSignals) source.on(signal, begin)
  if (source.env.npm_lifecycle_event !== undefined) whenOrphaned(source, () => begin('npm has ended'))
}

/** Starts, and ends as a supervisor asks. While it starts there is nothing to drain, and what it has begun a next start takes up. @throws what `start` throws */
export async function startUntilSignal<Started extends { stop(): Promise<void> }>(
  start: () => Promise<Started>,
  tell: { stopping(signal: string): void; failed(error: unknown): void },
  source: Signalled = process,
): Promise<Started> {
  const made: { started?: Started } = {}
  stopOnSignal(
    async (signal) => {
      tell.stopping(signal)
      await made.started?.stop()
    },
    (error) => tell.failed(error),
    source,
  )
  return (made.started = await start())
}

function whenOrphaned(source: Signalled, act: () => void): void {
  const looking = setInterval(() => {
    if (source.ppid === firstParent) return
    clearInterval(looking)
    act()
  }, lookForParentMs)
  looking.unref()
}
