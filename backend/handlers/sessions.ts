/** How the bridge reaches the use cases of `sessions/`. The cookie is read and set here and nowhere else. */
import type { Context } from 'koa'
import * as v from 'valibot'
import { readJson } from '../http/body.ts'
import { browserFrom, proofFrom, queryText } from '../http/request.ts'
import { addMark, clearSessionCookie, hasCheckCookie, readMarks, readSessionCookie, setCheckCookie, setSessionCookie } from '../http/session-cookie.ts'
import { Problem } from '../problems.ts'
import { claimSchema, endSchema, parseRequest, refreshSchema, type CookieCheckAnswer, type CurrentAnswer } from '../protocol.ts'
import type { Services } from '../services.ts'
import { claimSession } from '../sessions/claim-session.ts'
import { endReplaced, endSession } from '../sessions/end-session.ts'
import { currentSession, refreshSession } from '../sessions/refresh-session.ts'
import { sessionAnswer, wireUser } from '../sessions/session-answer.ts'

export function sessionHandlers(services: Services) {
  const { secrets } = services
  return {
    async claim(ctx: Context) {
      const request = parseRequest(claimSchema, await readJson(ctx))
      const proved = await proofFrom(ctx, services)
      const keepToken = request.keep === 'token'
      if (keepToken && proved.proof === undefined) throw new Problem('invalid_request', { errors: [{ field: 'keep', code: 'proof_required' }] })
      const { session, user, returnTo } = await claimSession(services, request, { ...proved, browser: browserFrom(ctx), heldAt: (siteId) => readSessionCookie(ctx, siteId), marksFor: (siteId) => readMarks(ctx, siteId) })
      const answer = await sessionAnswer(services, session, user)
      if (!keepToken) {
        await endReplaced(services, session, readSessionCookie(ctx, session.siteId))
        setSessionCookie(ctx, services, session)
        addMark(ctx, services, session, user)
      }
      ctx.body = {
        ...answer,
        ...(returnTo !== undefined && { return_to: returnTo }),
        ...(keepToken && { refresh_token: secrets.refreshTokenOf(session) }),
      }
    },

    async current(ctx: Context) {
      const siteId = queryText(ctx, 'site') ?? ''
      const { user, endsInSeconds } = await currentSession(services, { siteId, refreshToken: readSessionCookie(ctx, siteId) })
      ctx.body = { user: wireUser(user), expires_in: endsInSeconds } satisfies CurrentAnswer
    },

    async refresh(ctx: Context) {
      const { site: siteId, refresh_token: kept } = parseRequest(refreshSchema, await readJson(ctx))
      const cookie = readSessionCookie(ctx, siteId)
      const proved = await proofFrom(ctx, services)
      const { session, user } = await refreshSession(services, { siteId, ...shownSecret(kept, cookie), ...proved }).catch((error: unknown) => {
        const over = error instanceof Problem && error.code === 'invalid_grant'
        if (over && kept === undefined && cookie !== undefined) clearSessionCookie(ctx, siteId)
        throw error
      })
      const answer = await sessionAnswer(services, session, user)
      if (kept === undefined) setSessionCookie(ctx, services, session)
      ctx.body = { ...answer, ...(kept !== undefined && { refresh_token: secrets.refreshTokenOf(session) }) }
    },

    async end(ctx: Context) {
      const { site: siteId, everywhere = false, refresh_token: kept } = parseRequest(endSchema, await readJson(ctx))
      const proved = await proofFrom(ctx, services)
      await endSession(services, { siteId, ...shownSecret(kept, readSessionCookie(ctx, siteId)), ...proved, everywhere })
      if (kept === undefined) clearSessionCookie(ctx, siteId)
      ctx.status = 204
    },

    async setCheck(ctx: Context) {
      parseRequest(v.strictObject({}), await readJson(ctx))
      setCheckCookie(ctx)
      ctx.status = 204
    },

    readCheck(ctx: Context) {
      ctx.body = { kept: hasCheckCookie(ctx) } satisfies CookieCheckAnswer
    },
  }
}

/** A secret in a body was handed to a script, so it counts for nothing without the key that it is bound to. */
function shownSecret(kept: string | undefined, cookie: string | undefined): { refreshToken: string | undefined; keyRequired: boolean } {
  return { refreshToken: kept ?? cookie, keyRequired: kept !== undefined }
}
