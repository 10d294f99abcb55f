/** The one place that renders a refusal (RFC 9457). Anything that is not a `Problem` is a 500 without detail; its reason goes to the log. */
import type { Context, Middleware, Next } from 'koa'
import { Problem } from '../problems.ts'
import type { Log } from '../services.ts'
import { routeOf } from './request.ts'

/** How a refusal looks to somebody who reads pages. */
export type ShowProblem = (ctx: Context, problem: Problem) => void

/** What programs call, and nobody follows a link to. Many ask for `text/html` first without meaning it: Java's own clients do. */
const forPrograms = /^\/(?:v1|admin|\.well-known|metrics)(?:\/|$)/

/** @param show for whoever asks for pages, as browsers do that follow a link or send a form; JSON for all others, and for every call of the API */
export function problemResponses(log: Log, show?: ShowProblem): Middleware {
  return async (ctx, next: Next) => {
    try {
      await next()
      if (ctx.body === undefined && ctx.respond !== false) refuseEmpty(ctx.status)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.status >= 500) log.error({ err: error, method: ctx.method, route: routeOf(ctx) }, 'request failed')
      else if (problem.cause !== undefined) log.debug({ problem: problem.code, err: problem.cause }, 'request refused')
      ctx.state.problem = problem
      renderProblem(ctx, problem)
      if (show && !forPrograms.test(ctx.path) && ctx.accepts('application/problem+json', 'text/html') === 'text/html') show(ctx, problem)
    }
  }
}

/** How the request was refused, if it was: for counters and the log. */
export function problemOf(ctx: Context): Problem | undefined {
  const problem: unknown = (ctx.state as { problem?: unknown }).problem
  return problem instanceof Problem ? problem : undefined
}

/** What nobody answered, and what the router said by a status alone (its `Allow` stays; RFC 9110, section 15.5.6). */
function refuseEmpty(status: number): void {
  if (status === 404) throw new Problem('not_found')
  if (status === 405 || status === 501) throw new Problem('method_not_allowed')
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  // Without its words: they quote what could not be read, and that may hold a secret (R81).
  if (status === 400) return new Problem('invalid_request')
  return new Problem('internal', { cause: error })
}

export function renderProblem(ctx: Context, problem: Problem): void {
  const { status, code, retryAfterSeconds } = problem
  ctx.status = status
  ctx.type = 'application/problem+json'
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (status === 401 && code === 'unauthorized') ctx.set('WWW-Authenticate', 'Bearer')
  ctx.body = problemBody(problem)
}

export function problemBody({ status, code, title, message, errors }: Problem): string {
  return JSON.stringify({ type: `about:blank#${code}`, title, status, code, detail: message, ...(errors && { errors }) })
}
