/** Sign-out: of this session, or of every one of this person at this site. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Store } from '../store/store.ts'
import { revokeMarks } from '../users/shut-out.ts'
import { findSession, proveKey, type Shown } from './refresh-session.ts'
import type { Session } from './session.ts'

/** Does nothing where there was no session. @throws {Problem} `invalid_dpop_proof` where the session is bound to another key */
export async function endSession(services: Services, shown: Shown & { everywhere: boolean }): Promise<void> {
  const session = await findIfThere(services, shown)
  if (!session) return
  await proveKey(session, shown.proof)
  const hasEnded = shown.everywhere ? await endEverywhere(services, session) : (await removeSession(services.store, session)) !== undefined
  // Of several that ask at once, the first one ended it.
  if (hasEnded) services.audit({ event: 'session.ended', siteId: session.siteId, userId: session.userId, sessionId: session.id, ...(shown.everywhere && { why: 'everywhere' }) })
}

/**
 * A browser has room for one session at a site: the one before would live on, listed and with nobody to renew it but who copied its secret, and no
 * reuse to give them away (ASVS 7.2.4). Nothing depends on it, so a store in trouble keeps nobody from signing in.
 */
export async function endReplaced(services: Services, by: Session, refreshToken: string | undefined): Promise<void> {
  // As nearly always: a refusal made for nobody, with its stack, was a thirtieth of what a claim costs.
  if (refreshToken === undefined) return
  try {
    const before = await findIfThere(services, { siteId: by.siteId, refreshToken })
    if (!before || before.id === by.id || before.jkt !== by.jkt) return
    if (await removeSession(services.store, before)) services.audit({ event: 'session.ended', siteId: before.siteId, userId: before.userId, sessionId: before.id, why: 'replaced' })
  } catch (err) {
    services.log.warn({ err }, 'the session that a browser had before could not be ended')
  }
}

async function endEverywhere({ store }: Services, { siteId, userId }: Session): Promise<boolean> {
  const ended = await store.sessions.removeOfUser(siteId, userId)
  await revokeMarks(store, siteId, userId)
  return ended > 0
}

/** What was there; undefined where it was gone already. */
export function removeSession({ sessions }: Store, { siteId, id }: Pick<Session, 'siteId' | 'id'>): Promise<Session | undefined> {
  return sessions.change(siteId, id, (session) => ({ ...(session && { next: null }), result: session }))
}

async function findIfThere(services: Services, shown: Shown): Promise<Session | undefined> {
  try {
    return (await findSession(services, shown)).session
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_grant') return undefined
    throw error
  }
}
