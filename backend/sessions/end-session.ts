/** Sign-out: of this session, or of every one of this person at this site. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { revokeMarks } from '../users/shut-out.ts'
import { findSession, proveKey, type Shown } from './refresh-session.ts'
import type { Session } from './session.ts'

/** Does nothing where there was no session. @throws {Problem} `invalid_dpop_proof` where the session is bound to another key */
export async function endSession(services: Services, shown: Shown & { everywhere: boolean }): Promise<void> {
  const session = await findIfThere(services, shown)
  if (!session) return
  await proveKey(session, shown.proof)
  const { sessions } = services.store
  if (shown.everywhere) await endEverywhere(services, session)
  else await sessions.change(session.siteId, session.id, () => ({ next: null, result: undefined }))
  services.audit({ event: 'session.ended', siteId: session.siteId, userId: session.userId, sessionId: session.id, ...(shown.everywhere && { why: 'everywhere' }) })
}

async function endEverywhere({ store }: Services, { siteId, userId }: Session): Promise<void> {
  await store.sessions.removeOfUser(siteId, userId)
  await revokeMarks(store, siteId, userId)
}

async function findIfThere(services: Services, shown: Shown): Promise<Session | undefined> {
  try {
    return (await findSession(services, shown)).session
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_grant') return undefined
    throw error
  }
}
