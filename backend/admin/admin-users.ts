/** `/admin/v1/sites/{id}/users`: how HTTP reaches `users/manage-users.ts`. */
import type { Context } from 'koa'
import { readJson } from '../http/body.ts'
import { pathText } from '../http/request.ts'
import { parseRequest } from '../protocol.ts'
import type { Services } from '../services.ts'
import { isOver } from '../sessions/session.ts'
import { eraseUser } from '../users/erase-user.ts'
import { exportUser, exportedUser, wireSession } from '../users/export-user.ts'
import { changeUser, endSessionOf, inviteUser, revokeUser, userOf } from '../users/manage-users.ts'
import { siteIn } from './admin-sites.ts'
import { changeUserSchema, cursorOf, inviteSchema, paged, readQuery, usersQuery } from './admin-wire.ts'

export function adminUserHandlers(services: Services) {
  const { store, clock } = services
  const userIn = async (ctx: Context) => userOf(services, await siteIn(ctx, services), pathText(ctx, 'uid'))
  return {
    async list(ctx: Context) {
      const { q, cursor, limit } = readQuery(ctx, usersQuery)
      const site = await siteIn(ctx, services)
      const found = await store.users.list(site.id, { limit: limit + 1, ...(q !== undefined && { q }), ...(cursor && { after: cursor }) })
      ctx.body = paged(found, limit, exportedUser, cursorOf)
    },
    async invite(ctx: Context) {
      const site = await siteIn(ctx, services)
      const { user, isNew } = await inviteUser(services, site, parseRequest(inviteSchema, await readJson(ctx)))
      ctx.status = isNew ? 201 : 200
      ctx.body = { id: user.id }
    },
    async show(ctx: Context) {
      ctx.body = exportedUser(await userIn(ctx))
    },
    async change(ctx: Context) {
      const site = await siteIn(ctx, services)
      ctx.body = exportedUser(await changeUser(services, site, pathText(ctx, 'uid'), parseRequest(changeUserSchema, await readJson(ctx))))
    },
    async erase(ctx: Context) {
      await eraseUser(services, await userIn(ctx))
      ctx.status = 204
    },
    async export(ctx: Context) {
      ctx.body = await exportUser(services, await userIn(ctx))
    },
    async revoke(ctx: Context) {
      await revokeUser(services, await siteIn(ctx, services), pathText(ctx, 'uid'))
      ctx.status = 204
    },
    async sessions(ctx: Context) {
      const user = await userIn(ctx)
      const sessions = (await store.sessions.ofUser(user.siteId, user.id)).filter((session) => !isOver(session, clock.now()))
      ctx.body = { items: sessions.map(wireSession) }
    },
    async endSession(ctx: Context) {
      await endSessionOf(services, await userIn(ctx), pathText(ctx, 'sid'))
      ctx.status = 204
    },
  }
}
