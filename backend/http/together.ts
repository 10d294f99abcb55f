/**
 * Requests that came in one turn of the event loop are answered side by side: each step (reading, looking up, signing) is done for all of them
 * before the next one. Node would take one request after the other as far as it goes, and each would find the processor's caches full of what
 * the one before had done last: measured, `docs/performance.md`. Nobody waits longer for it than until the sockets of this turn are read
 * and what came before is begun.
 */
import type { RequestListener } from 'node:http'

/** In one turn: some ten milliseconds of work, and whatever else waits has its turn before the rest. */
const most = 64

export function together(answer: RequestListener): RequestListener {
  const arrived: Parameters<RequestListener>[] = []
  const answerThem = () => {
    const now = arrived.splice(0, most)
    if (arrived.length > 0) setImmediate(answerThem)
    // What one of them throws keeps none of the others from its answer.
    for (const each of now) queueMicrotask(() => answer(...each))
  }
  return (...each) => {
    if (arrived.push(each) === 1) setImmediate(answerThem)
  }
}
