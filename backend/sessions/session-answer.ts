import type { SessionAnswer, WireUser } from '../protocol.ts'
import type { Services } from '../services.ts'
import { accessTokenSeconds } from '../tokens/access-token.ts'
import type { User } from '../users/user.ts'
import { endsAt, type Session } from './session.ts'

/** A user as the wire shows one. `created_at` in whole epoch seconds. */
export function wireUser(user: User): WireUser {
  const address = user.channel === 'sms' ? { phone: user.address } : { email: user.address }
  return { id: user.id, ...address, created_at: Math.floor(user.createdAt) }
}

/** A fresh access token for a session, never longer than the session itself (contract, section 4). */
export async function sessionAnswer(services: Services, session: Session, user: User): Promise<SessionAnswer> {
  const left = Math.floor(endsAt(session) - services.clock.now())
  const lifeSeconds = Math.max(1, Math.min(accessTokenSeconds, left))
  const address = user.channel === 'sms' ? { phone_number: user.address, phone_number_verified: true } : { email: user.address, email_verified: true }
  const claims = {
    sub: user.id,
    aud: session.siteId,
    client_id: session.siteId,
    jti: services.random.id(),
    sid: session.id,
    amr: session.amr,
    auth_time: Math.floor(session.authTime),
    roles: user.roles,
    ...address,
    ...(session.jkt !== undefined && { cnf: { jkt: session.jkt } }),
  }
  const token = services.accessTokens.sign(claims, lifeSeconds, services.clock.wall())
  return { access_token: token, token_type: 'Bearer', expires_in: lifeSeconds, user: wireUser(user) }
}
