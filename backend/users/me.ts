/** What a signed-in person may see and end of their own. Every call looks at the session's record, so a token outlives nothing. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { isOver, type Session } from '../sessions/session.ts'
import { siteAllowsOrigin } from '../sites/origins.ts'
import type { User } from './user.ts'
import { maySignIn } from './may-sign-in.ts'

export type Me = { user: User; session: Session; authTime: number }

/** Seconds after a sign-in during which an account may be erased. */
export const freshSeconds = 600

/** @throws {Problem} `unauthorized`; `origin_not_allowed` for a page of another site */
export async function whoIs(services: Services, token: string | undefined, origin: string | undefined): Promise<Me> {
  const { store, accessTokens, clock } = services
  const claims = token === undefined ? undefined : await accessTokens.read(token, clock.wall())
  if (!claims) throw new Problem('unauthorized')
  const [site, session] = await Promise.all([store.sites.get(claims.aud), store.sessions.get(claims.aud, claims.sid)])
  if (!site || !session || session.userId !== claims.sub || isOver(session, clock.now())) throw new Problem('unauthorized')
  if (origin !== undefined && !siteAllowsOrigin(site, origin)) throw new Problem('origin_not_allowed')
  const user = await store.users.get(site.id, session.userId)
  if (!user || !maySignIn(site, user.address, user)) throw new Problem('unauthorized')
  return { user, session, authTime: claims.auth_time }
}

/** Ends one session of that person. One that is not theirs is not there. @throws {Problem} `not_found` */
export async function endOwnSession({ store, audit }: Services, me: Me, sessionId: string): Promise<void> {
  const { siteId, id: userId } = me.user
  await store.sessions.change(siteId, sessionId, (session) => {
    if (session?.userId !== userId) throw new Problem('not_found')
    return { next: null, result: undefined }
  })
  audit({ event: 'session.ended', siteId, userId, sessionId })
}

/** @throws {Problem} `fresh_sign_in_required` */
export async function eraseMe(services: Services, me: Me): Promise<void> {
  if (services.clock.wall() - me.authTime > freshSeconds) throw new Problem('fresh_sign_in_required')
  await eraseUser(services, me.user)
}

/** Removes the person, their sessions and every sign-in of their address at this site. */
export async function eraseUser({ store, audit }: Services, user: User): Promise<void> {
  const { siteId, id, address } = user
  for (const signIn of await store.signIns.ofAddress(siteId, address)) await store.signIns.change(signIn.id, () => ({ next: null, result: undefined }))
  await store.users.change(siteId, id, () => ({ next: null, result: undefined }))
  await store.sessions.removeOfUser(siteId, id)
  audit({ event: 'user.erased', siteId, userId: id })
}

/** Everything kept about this person at this site. No secret is kept, so none is in it. */
export async function exportUser({ store }: Services, user: User) {
  const [sessions, signIns] = await Promise.all([store.sessions.ofUser(user.siteId, user.id), store.signIns.ofAddress(user.siteId, user.address)])
  return {
    user,
    sessions: sessions.map(({ id, createdAt, lastSeenAt, absoluteEndAt, browser, amr }) => ({ id, createdAt, lastSeenAt, absoluteEndAt, browser, amr })),
    signIns: signIns.map(({ id, state, createdAt, expiresAt, origin, browser, returnTo }) => ({ id, state, createdAt, expiresAt, origin, browser, returnTo })),
  }
}
