/** The refresh cookie: HttpOnly, Secure, SameSite=None, Partitioned, `__Host-` (R55). Its name carries the site, its life is the session's. */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { Context } from 'koa'
import { secondsLeft, type Session } from '../sessions/session.ts'
import type { Services } from '../services.ts'
import { markIdOf, markOf, markSeconds } from '../tokens/browser-mark.ts'
import type { User } from '../users/user.ts'

const nameFor = (siteId: string) => `__Host-linklatch-${siteId}`
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'none', partitioned: true } as const

export function setSessionCookie(ctx: Context, { secrets, clock }: Services, session: Session): void {
  const maxAge = secondsLeft(session, clock.now())
  ctx.append('Set-Cookie', stringifySetCookie({ name: nameFor(session.siteId), value: secrets.refreshTokenOf(session), maxAge, ...attributes }))
}

export function clearSessionCookie(ctx: Context, siteId: string): void {
  ctx.append('Set-Cookie', stringifySetCookie({ name: nameFor(siteId), value: '', maxAge: 0, ...attributes }))
}

export function readSessionCookie(ctx: Context, siteId: string): string | undefined {
  return readCookie(ctx, nameFor(siteId))
}

const marksNameFor = (siteId: string) => `__Host-mark-linklatch-${siteId}`
/** People who share a browser, or one person's addresses. */
const marksKept = 3

/** What this browser holds for that site of those who signed in before (`tokens/browser-mark.ts`), the newest first. */
export function readMarks(ctx: Context, siteId: string): string[] {
  return (readCookie(ctx, marksNameFor(siteId)) ?? '').split('~').slice(0, marksKept).filter((mark) => mark !== '')
}

/** Takes the place of this person's older ones; it outlives the session, and is no part of one. */
export function addMark(ctx: Context, { secrets, clock }: Services, session: Session, user: User): void {
  const others = readMarks(ctx, session.siteId).filter((mark) => markIdOf(secrets, mark, user, clock.now()) === undefined)
  const value = [markOf(secrets, session, user), ...others].slice(0, marksKept).join('~')
  ctx.append('Set-Cookie', stringifySetCookie({ name: marksNameFor(session.siteId), value, maxAge: markSeconds, ...attributes }))
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
