/** A new access token for a session that goes on, with rotation of its refresh secret (RFC 9700, section 2.2.2). */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Step } from '../store/store.ts'
import { maySignIn } from '../users/may-sign-in.ts'
import type { User } from '../users/user.ts'
import type { Proof } from '../tokens/dpop-proof.ts'
import { isOver, judge, rotate, secondsLeft, type Session } from './session.ts'

/** What was shown: the secret, from the cookie or the body, and the proof of a key. `keyRequired`: worth nothing unless bound to one. */
export type Shown = { siteId: string; refreshToken: string | undefined; proof?: Proof; keyRequired?: boolean }
export type Refreshed = { session: Session; user: User }

/**
 * Rotates. The parent of the newest secret, within its minute, gets the same successor again. An older one is reuse and ends the session; so does one
 * that is newer than the record: what was spent since is not known any more.
 * @throws {Problem} `invalid_grant`; `invalid_dpop_proof`, after which nothing has changed
 */
export async function refreshSession(services: Services, shown: Shown): Promise<Refreshed> {
  const { session, user } = await findSession(services, shown)
  const generation = generationOf(services, shown)
  await proveKey(session, shown.proof)
  const next = await services.store.sessions.change(session.siteId, session.id, (found) => turn(found, generation, services.clock.now()))
  if (next === 'reuse' || next === 'lost') {
    services.audit({ event: next === 'reuse' ? 'session.reuse' : 'session.ended', siteId: session.siteId, userId: user.id, sessionId: session.id, ...(next === 'lost' && { why: 'record_lost' }) })
    throw new Problem('invalid_grant')
  }
  services.audit({ event: 'session.refreshed', siteId: session.siteId, userId: user.id, sessionId: session.id })
  return { session: next, user }
}

/** @throws {Problem} `invalid_grant` where somebody ended it since it was found */
function turn(session: Session | undefined, generation: number, now: number): Step<Session, Session | 'reuse' | 'lost'> {
  if (!session) throw new Problem('invalid_grant')
  const verdict = judge(session, generation, now)
  if (verdict === 'parent') return { result: session }
  if (verdict !== 'newest') return { next: null, result: verdict }
  const next = rotate(session, now)
  return { next, result: next }
}

function generationOf({ secrets }: Services, { refreshToken }: Shown): number {
  const parsed = secrets.parseRefreshToken(refreshToken ?? '')
  if (!parsed) throw new Problem('invalid_grant')
  return parsed.generation
}

/** A session bound to a key wants that key's proof each time; an unbound one is not harmed by a proof. */
export async function proveKey(session: Session, proof: Proof | undefined): Promise<void> {
  if (session.jkt === undefined) return
  if (session.jkt !== proof?.jkt) throw new Problem('invalid_dpop_proof')
  await proof.spend()
}

/**
 * The session that a refresh secret of any generation belongs to, with its user, as long as both may go on.
 * @throws {Problem} `invalid_grant` where there is none, it is over, or its user may not sign in any more (R24)
 */
export async function findSession(services: Services, { siteId, refreshToken, keyRequired = false }: Shown): Promise<{ session: Session; user: User }> {
  const { store, secrets, clock } = services
  const parsed = secrets.parseRefreshToken(refreshToken ?? '')
  if (!parsed || refreshToken === undefined) throw new Problem('invalid_grant')
  const { site, session, user } = await store.sessions.find(siteId, parsed.sessionId)
  if (!site || !session || !secrets.isRefreshTokenOf(session, refreshToken) || isOver(session, clock.now())) throw new Problem('invalid_grant')
  if (keyRequired && session.jkt === undefined) throw new Problem('invalid_grant')
  if (!user || !maySignIn(site, user.address, user)) throw new Problem('invalid_grant')
  return { session, user }
}

/** The session of a cookie that is the newest or its parent in time; reads only, rotates nothing. @throws {Problem} `signed_out` */
export async function currentSession(services: Services, shown: Shown): Promise<Refreshed & { endsInSeconds: number }> {
  try {
    const { session, user } = await findSession(services, shown)
    const now = services.clock.now()
    if (!['newest', 'parent'].includes(judge(session, generationOf(services, shown), now))) throw new Problem('invalid_grant')
    return { session, user, endsInSeconds: secondsLeft(session, now) }
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'invalid_grant') throw new Problem('signed_out', { cause })
    throw cause
  }
}
