/** Cross-origin reads for the pages of sites: exact listed origins, never credentials, never `*` or `null` (R50). */
import type { Context, Middleware } from 'koa'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Site } from '../sites/site.ts'
import { sitesServing } from '../sites/site-of-origin.ts'
import { handedOn } from './handed-on.ts'

/** The sites that list the asking page's origin. */
export const sitesOfPage = handedOn<Site[]>('cors')

/** Before a route: lets pages of listed origins read the answer, refusals too. A route that learns of another site takes it back. */
export function cors(services: Services): Middleware {
  return async (ctx, next) => {
    const origin = ctx.get('origin')
    ctx.vary('Origin')
    const serving = origin === '' ? [] : await sitesServing(services, origin)
    const listed = serving.length > 0
    sitesOfPage.keep(ctx, serving)
    const before = ctx.response.get('Cross-Origin-Resource-Policy')
    if (listed) ctx.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After', 'Cross-Origin-Resource-Policy': 'cross-origin' })
    try {
      await next()
    } catch (error) {
      if (listed && error instanceof Problem && error.code === 'origin_not_allowed') takeBack(ctx, before)
      throw error
    }
  }
}

function takeBack(ctx: Context, resourcePolicy: string): void {
  ctx.remove('Access-Control-Allow-Origin')
  ctx.remove('Access-Control-Expose-Headers')
  ctx.set('Cross-Origin-Resource-Policy', resourcePolicy)
}

/** The answer to a preflight. It does not say for which site it asks, so any listed origin may go on. */
export function preflight(services: Services, methods: string): Middleware {
  return async (ctx) => {
    const origin = ctx.get('origin')
    ctx.vary('Origin')
    if (origin === '' || (await sitesServing(services, origin)).length === 0) throw new Problem('origin_not_allowed')
    ctx.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': 'content-type, authorization',
      'Access-Control-Max-Age': '600',
    })
    ctx.status = 204
  }
}
