/**
 * One clock for every process: Redis' own. Machines may be minutes apart; what one of them calls over is over for all. Between two
 * greetings each goes on by its own pace, and none ever goes back: not when Redis' clock is set back, nor when another server takes over,
 * for Redis keeps the newest time it was ever asked at (P8).
 */
import type { Clock } from '../../clock.ts'

export type RedisClock = Clock & {
  /** What Redis says now: the time that never goes back, and the one it reads on its own clock. */
  set(now: number, wall: number): void
}

export function redisClock(monotonic: () => number = () => performance.now() / 1000): RedisClock {
  let anchor = { now: 0, wall: 0, at: monotonic() }
  let newest = 0
  const passed = () => monotonic() - anchor.at
  return {
    now: () => (newest = Math.max(newest, anchor.now + passed())),
    wall: () => anchor.wall + passed(),
    set: (now, wall) => void (anchor = { now, wall, at: monotonic() }),
  }
}
