/** Calls `run` once after `seconds`, unless the returned function is called first. Must not keep the process alive. Tests ring theirs by hand. */
export type Timer = (seconds: number, run: () => void) => () => void

/** Node's, which keeps no process alive. */
export const unrefTimer: Timer = (seconds, run) => {
  const timer = setTimeout(run, seconds * 1000).unref()
  return () => clearTimeout(timer)
}
