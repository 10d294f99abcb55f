/** What happens to requests once the process has been asked to end: running ones end, and none begins. */
import type { Middleware } from 'koa'
import { Problem } from '../problems.ts'

export type Draining = {
  begin(): void
  /** @throws {Problem} `shutting_down` from then on */
  refuse: Middleware
}

export function createDraining(): Draining {
  let isDraining = false
  return {
    begin: () => void (isDraining = true),
    async refuse(ctx, next) {
      try {
        if (isDraining) throw new Problem('shutting_down')
        await next()
      } finally {
        // A connection that is kept brings the next request: a server that is closed ends only those that stand idle.
        if (isDraining) ctx.set('Connection', 'close')
      }
    },
  }
}
