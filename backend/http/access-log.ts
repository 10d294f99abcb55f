/**
 * One line for each request, at the level `debug`: verb, pattern of the route, status, time, and the code of a refusal. Neither path nor
 * query nor headers nor the client's address: what matters is an event of its own, and a link's token stands in a query.
 */
import type { Middleware } from 'koa'
import type { Log } from '../services.ts'
import { problemOf } from './problem-responses.ts'
import { routeOf } from './request.ts'

export function accessLog(log: Log): Middleware {
  return async (ctx, next) => {
    const startedAt = performance.now()
    await next()
    const problem = problemOf(ctx)
    log.debug({ method: ctx.method, route: routeOf(ctx), status: ctx.status, ms: Math.round(performance.now() - startedAt), ...(problem && { problem: problem.code }) }, 'request')
  }
}
