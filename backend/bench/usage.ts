/** What a process has used so far. */
import { readFileSync } from 'node:fs'

export type Usage = {
  /** Of all its threads. */
  cpuMicroseconds: number
  residentBytes: number
  /** The longest time its main thread worked without a look at its events, since it was asked last; reckoned in time on a processor where the system tells it. */
  longestBlockMs: number
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss(), longestBlockMs: takeLongestBlock() }
}

let longest = 0
let watching = false

/** Looks once a millisecond. Costs about 2 % of a processor, so only what needs it calls it. */
export function watchBlocks(): void {
  if (watching) return
  watching = true
  let before = threadMs()
  setInterval(() => {
    const now = threadMs()
    longest = Math.max(longest, now - before)
    before = now
  }, 1).unref()
}

function takeLongestBlock(): number {
  const taken = longest
  longest = 0
  return taken
}

/** A machine that others load takes the processor away for tens of milliseconds: that is no block of ours. */
function threadMs(): number {
  if (process.platform !== 'linux') return performance.now()
  return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6
}
