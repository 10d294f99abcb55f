import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { limit, sharedCounters } from '../http/rate-limits.ts'
import { bearerFrom, networkFrom } from '../http/request.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'

/**
 * Lets the operator's token through, compared in constant time (R94). Wrong ones are counted by network; the right one always works.
 * @throws {Problem} `not_found` where the API is off, `unauthorized`, `rate_limited`
 */
export function adminOnly(services: Services): Middleware {
  const { config, audit } = services
  const tooMany = limit('admin.ip', config.limits['admin.ip'], networkFrom, sharedCounters(services))
  return async (ctx, next) => {
    if (config.adminToken === undefined) throw new Problem('not_found')
    if (isToken(bearerFrom(ctx), config.adminToken)) return void (await next())
    audit({ event: 'admin.refused', network: networkFrom(ctx) })
    await tooMany(ctx, () => Promise.reject(new Problem('unauthorized')))
  }
}

/** Whether this request carries the operator's token. */
export function hasAdminToken(ctx: Context, { config }: Services): boolean {
  return config.adminToken !== undefined && isToken(bearerFrom(ctx), config.adminToken)
}

function isToken(shown: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token))
}
