import { createHash, timingSafeEqual } from 'node:crypto'
import type { Middleware } from 'koa'
import { limit, sharedCounters } from '../http/rate-limits.ts'
import { bearerFrom, isOfThisMachine, networkFrom } from '../http/request.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'

/**
 * Lets the operator's token through, compared in constant time (R94). Wrong ones are counted by network; the right one always works.
 * To be made once: each has a budget of its own where this process is the only one.
 * @throws {Problem} `not_found` where the API is off, `unauthorized`, `rate_limited`
 */
export function adminOnly(services: Services): Middleware {
  const { config } = services
  const tooMany = limit('admin.ip', config.limits['admin.ip'], networkFrom, sharedCounters(services))
  return async (ctx, next) => {
    if (config.adminToken === undefined) throw new Problem('not_found')
    if (isToken(bearerFrom(ctx), config.adminToken)) return void (await next())
    services.audit({ event: 'admin.refused', network: networkFrom(ctx) })
    await tooMany(ctx, () => Promise.reject(new Problem('unauthorized')))
  }
}

/**
 * For programs of the machine itself too. Whoever shows no token is told of nothing; a wrong one is a guess like any other at that door.
 * @throws {Problem} `not_found` without a token, and what `operatorOnly` throws
 */
export function orThisMachine(operatorOnly: Middleware): Middleware {
  return async (ctx, next) => {
    if (isOfThisMachine(ctx)) return void (await next())
    if (bearerFrom(ctx) === undefined) throw new Problem('not_found')
    await operatorOnly(ctx, next)
  }
}

function isToken(shown: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token))
}
