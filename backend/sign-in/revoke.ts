/** The operator stops a sign-in: its link and code are dead, whoever waits hears of it, and a session that came of it ends. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { removeSession } from '../sessions/end-session.ts'
import type { Site } from '../sites/site.ts'
import { revokeSignIn } from '../users/shut-out.ts'

/** Does nothing to one that is over without a session. @throws {Problem} `not_found` where that site has none of this id */
export async function revokeSignInOf({ store, audit }: Services, site: Site, id: string): Promise<void> {
  const found = await store.signIns.get(id)
  if (found?.siteId !== site.id) throw new Problem('not_found')
  await revokeSignIn(store, id)
  // Read again: it may have been completed just before.
  const sessionId = (await store.signIns.get(id))?.completed?.sessionId
  const ended = sessionId === undefined ? undefined : await removeSession(store, { siteId: site.id, id: sessionId })
  audit({ event: 'sign_in.revoked', siteId: site.id, signInId: id, ...(sessionId !== undefined && { sessionId }) })
  if (ended) audit({ event: 'session.ended', siteId: site.id, signInId: id, userId: ended.userId, sessionId: ended.id })
}
