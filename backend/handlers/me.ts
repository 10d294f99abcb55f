/** `/v1/me`: how HTTP reaches `users/me.ts`. */
import type { Context, Next } from 'koa'
import { handedOn } from '../http/handed-on.ts'
import { bearerFrom, originOf, pathText } from '../http/request.ts'
import type { Services } from '../services.ts'
import { wireUser } from '../sessions/session-answer.ts'
import { isOver } from '../sessions/session.ts'
import { exportUser } from '../users/export-user.ts'
import { endSessionOf } from '../users/manage-users.ts'
import { eraseMe, whoIs } from '../users/me.ts'
import type { User } from '../users/user.ts'

export function meHandlers(services: Services) {
  const me = (ctx: Context) => whoIs(services, bearerFrom(ctx), originOf(ctx))
  const person = handedOn<User>('readPerson')
  return {
    /** Knows who asks, so that the limit after it can count by person: nobody uses up another's. */
    async readPerson(ctx: Context, next: Next) {
      person.keep(ctx, (await me(ctx)).user)
      await next()
    },
    personKey(ctx: Context) {
      const { siteId, id } = person.of(ctx)
      return `${siteId} ${id}`
    },

    async show(ctx: Context) {
      const { user, session } = await me(ctx)
      const sessions = (await services.store.sessions.ofUser(user.siteId, user.id)).filter((each) => !isOver(each, services.clock.now()))
      ctx.body = {
        user: wireUser(user),
        sessions: sessions.map((each) => ({
          sid: each.id,
          current: each.id === session.id,
          created_at: Math.floor(each.createdAt),
          last_seen_at: Math.floor(each.lastSeenAt),
          browser: each.browser,
        })),
      }
    },

    async endSession(ctx: Context) {
      await endSessionOf(services, (await me(ctx)).user, pathText(ctx, 'sid'))
      ctx.status = 204
    },

    async export(ctx: Context) {
      ctx.body = await exportUser(services, person.of(ctx))
    },

    async erase(ctx: Context) {
      await eraseMe(services, await me(ctx))
      ctx.status = 204
    },
  }
}
