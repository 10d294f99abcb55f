/** Who may call a route at all, from what the browser itself says of the request (Fetch Metadata; R52, R56). */
import type { Context, Middleware } from 'koa'
import { Problem } from '../problems.ts'

/**
 * Only pages of A itself. In real engines any script on H can send the partitioned cookie blindly, so this stands between.
 * Without fetch metadata the Origin decides.
 * @throws {Problem} `cross_site_request`
 */
export function sameOriginOnly(publicUrl: string): Middleware {
  return (ctx, next) => {
    requireSameOrigin(ctx, publicUrl)
    return next()
  }
}

export function requireSameOrigin(ctx: Context, publicUrl: string): void {
  const site = ctx.get('sec-fetch-site')
  const same = site === '' ? ctx.get('origin') === publicUrl : site === 'same-origin'
  if (!same) throw new Problem('cross_site_request')
}

/** `GET` of what only pages of A itself read: nothing to refuse where an old browser says nothing. @throws {Problem} `cross_site_request` */
export const sameOriginReadOnly: Middleware = (ctx, next) => {
  const site = ctx.get('sec-fetch-site')
  if (site !== '' && site !== 'same-origin' && site !== 'none') throw new Problem('cross_site_request')
  return next()
}

const framed = new Set(['iframe', 'frame', 'embed', 'object', 'fencedframe'])

/** Pages that a person is meant to see whole: never inside another. @throws {Problem} `cross_site_request` */
export const topLevelOnly: Middleware = (ctx, next) => {
  if (framed.has(ctx.get('sec-fetch-dest'))) throw new Problem('cross_site_request')
  return next()
}
