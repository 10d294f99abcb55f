/** Who a signed-in person is, and what they may end of their own. Every call looks at the session's record, so a token outlives nothing. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { isOver, type Session } from '../sessions/session.ts'
import { siteAllowsOrigin } from '../sites/origins.ts'
import { eraseUser } from './erase-user.ts'
import { maySignIn } from './may-sign-in.ts'
import type { User } from './user.ts'

export type Me = { user: User; session: Session }

/** Seconds after a sign-in during which an account may be erased. */
export const freshSeconds = 600

/** @throws {Problem} `unauthorized`; `origin_not_allowed` for a page of another site */
export async function whoIs(services: Services, token: string | undefined, origin: string | undefined): Promise<Me> {
  const { store, accessTokens, clock } = services
  const claims = token === undefined ? undefined : await accessTokens.read(token, clock.wall())
  if (!claims) throw new Problem('unauthorized')
  const { site, session, user } = await store.sessions.find(claims.aud, claims.sid)
  if (!site || !session || session.userId !== claims.sub || isOver(session, clock.now())) throw new Problem('unauthorized')
  if (origin !== undefined && !siteAllowsOrigin(site, origin, services.config)) throw new Problem('origin_not_allowed')
  if (!user || !maySignIn(site, user.address, user)) throw new Problem('unauthorized')
  return { user, session }
}

/** A sign-in is not fresh again where the wall clock is set back, so its age goes by the record (P8). @throws {Problem} `fresh_sign_in_required` */
export async function eraseMe(services: Services, me: Me): Promise<void> {
  if (services.clock.now() - me.session.createdAt > freshSeconds) throw new Problem('fresh_sign_in_required')
  await eraseUser(services, me.user)
}
