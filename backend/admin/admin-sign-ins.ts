/** `/admin/v1/sites/{id}/sign-ins` and `/events`: what is under way at a site, and what happened. */
import type { Context } from 'koa'
import { pathText } from '../http/request.ts'
import type { Services } from '../services.ts'
import { revokeSignInOf } from '../sign-in/revoke.ts'
import { at } from '../sign-in/sign-in.ts'
import { wireEvent, wireSignIn } from '../users/export-user.ts'
import { siteIn } from './admin-sites.ts'
import { cursorOf, eventsQuery, paged, readQuery, signInsQuery } from './admin-wire.ts'

export function adminSignInHandlers(services: Services) {
  const { store, clock } = services
  const events = async (ctx: Context, siteId: string | undefined) => {
    const { order, about, after, limit } = readQuery(ctx, eventsQuery)
    const found = await store.events.list(siteId, { order, limit: limit + 1, ...(about !== undefined && { about: [about] }), ...(after !== undefined && { after }) })
    ctx.body = paged(found, limit, wireEvent, ({ id }) => id)
  }
  return {
    async list(ctx: Context) {
      const { state, cursor, limit } = readQuery(ctx, signInsQuery)
      const site = await siteIn(ctx, services)
      const found = await store.signIns.list(site.id, { limit: limit + 1, ...(state && { state }), ...(cursor && { after: cursor }) })
      ctx.body = paged(found, limit, (signIn) => wireSignIn(at(signIn, clock.now())), cursorOf)
    },
    async revoke(ctx: Context) {
      await revokeSignInOf(services, await siteIn(ctx, services), pathText(ctx, 'sid'))
      ctx.status = 204
    },
    events: async (ctx: Context) => events(ctx, (await siteIn(ctx, services)).id),
    /** What belongs to no site: refused tokens, sites that were removed. */
    serverEvents: (ctx: Context) => events(ctx, undefined),
  }
}
