/** Time, handed in wherever it is needed. Seconds since the epoch, with fractions. */
export type Clock = {
  /** What records are judged by. Never goes back while the process lives, nor below `floor` (P8). */
  now(): number
  /** What other machines read on theirs: for stamps that they will check. May step. */
  wall(): number
}

/**
 * The system's clock, which goes on at its own pace when the wall clock is set back.
 * @param floor the newest time the store has seen, in epoch seconds; the clock starts there at the least
 */
export function systemClock(floor = 0): Clock {
  const wall = () => Date.now() / 1000
  let base = Math.max(wall(), floor)
  let startedAt = performance.now()
  return {
    wall,
    now() {
      const steady = base + (performance.now() - startedAt) / 1000
      const wallNow = wall()
      if (wallNow <= steady) return steady
      base = wallNow
      startedAt = performance.now()
      return wallNow
    },
  }
}
