/** The refresh cookie: HttpOnly, Secure, SameSite=None, Partitioned, `__Host-` (R55). Its name carries the site, its life is the session's. */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { Context } from 'koa'
import { endsAt, type Session } from '../sessions/session.ts'
import type { Services } from '../services.ts'

const nameFor = (siteId: string) => `__Host-linklatch-${siteId}`
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'none', partitioned: true } as const

export function setSessionCookie(ctx: Context, { secrets, clock }: Services, session: Session): void {
  const maxAge = Math.max(0, Math.floor(endsAt(session) - clock.now()))
  ctx.append('Set-Cookie', stringifySetCookie({ name: nameFor(session.siteId), value: secrets.refreshTokenOf(session), maxAge, ...attributes }))
}

export function clearSessionCookie(ctx: Context, siteId: string): void {
  ctx.append('Set-Cookie', stringifySetCookie({ name: nameFor(siteId), value: '', maxAge: 0, ...attributes }))
}

export function readSessionCookie(ctx: Context, siteId: string): string | undefined {
  return readCookie(ctx, nameFor(siteId))
}

const checkName = '__Host-linklatch-check'

/** A cookie like the session's, without meaning: whether it comes back tells the bridge whether the session's would. */
export function setCheckCookie(ctx: Context): void {
  ctx.append('Set-Cookie', stringifySetCookie({ name: checkName, value: '1', maxAge: 60, ...attributes }))
}

export const hasCheckCookie = (ctx: Context): boolean => readCookie(ctx, checkName) === '1'

function readCookie(ctx: Context, name: string): string | undefined {
  const cookies = parseCookie(ctx.get('cookie'))
  return Object.hasOwn(cookies, name) ? cookies[name] : undefined
}
