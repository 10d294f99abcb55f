/** Everything kept about a person at a site, in the names of the wire. No secret is kept, so none is in it. */
import type { Services } from '../services.ts'
import type { Session } from '../sessions/session.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { KeptEvent } from '../store/store.ts'
import type { User } from './user.ts'

const eventsAtOnce = 1000

export async function exportUser(services: Services, user: User) {
  const { store, audit } = services
  const [sessions, signIns] = await Promise.all([store.sessions.ofUser(user.siteId, user.id), store.signIns.ofAddress(user.siteId, user.address)])
  const events = await eventsAbout(services, user, signIns)
  audit({ event: 'user.exported', siteId: user.siteId, userId: user.id })
  return { user: exportedUser(user), sessions: sessions.map(wireSession), sign_ins: signIns.map(exportedSignIn), events }
}

/** Also what happened before the address had a user: a claim names both the sign-in and the user. */
async function eventsAbout(services: Services, user: User, signIns: SignIn[]) {
  const own = await eventsNaming(services, user.siteId, [user.id])
  const claimed = own.flatMap(({ signInId }) => signInId ?? [])
  const all = await eventsNaming(services, user.siteId, [user.id, ...new Set([...claimed, ...signIns.map(({ id }) => id)])])
  return all.map(wireEvent)
}

async function eventsNaming({ store }: Services, siteId: string, about: string[]) {
  const all = []
  for (let after: string | undefined; ; ) {
    const page = await store.events.list(siteId, { about, limit: eventsAtOnce, ...(after !== undefined && { after }) })
    all.push(...page)
    after = page.at(-1)?.id
    if (page.length < eventsAtOnce || after === undefined) return all
  }
}

/** What an owner sees of a person. Instants in whole epoch seconds. */
export function exportedUser(user: User) {
  const address = user.channel === 'sms' ? { phone: user.address } : { email: user.address }
  return {
    id: user.id,
    ...address,
    created_at: Math.floor(user.createdAt),
    ...(user.lastSignInAt !== undefined && { last_sign_in_at: Math.floor(user.lastSignInAt) }),
    invited: user.invited === true,
    blocked: user.blocked === true,
    roles: user.roles,
    metadata: user.metadata,
  }
}

export function wireSession(session: Session) {
  return {
    sid: session.id,
    created_at: Math.floor(session.createdAt),
    last_seen_at: Math.floor(session.lastSeenAt),
    ends_at: Math.floor(Math.min(session.lastSeenAt + session.idleSeconds, session.absoluteEndAt)),
    browser: session.browser,
    amr: session.amr,
  }
}

function exportedSignIn(signIn: SignIn) {
  return { ...wireSignIn(signIn), locale: signIn.locale, ...(signIn.returnTo !== undefined && { return_to: signIn.returnTo }) }
}

/** A sign-in as its owner sees it: neither challenge nor number nor code. */
export function wireSignIn(signIn: SignIn) {
  const address = signIn.channel === 'sms' ? { phone: signIn.address } : { email: signIn.address }
  return {
    id: signIn.id,
    state: signIn.state,
    ...address,
    origin: signIn.origin,
    browser: signIn.browser,
    created_at: Math.floor(signIn.createdAt),
    expires_at: Math.floor(signIn.expiresAt),
    delivery: signIn.delivery.status,
    ...(signIn.invitation && { invitation: true }),
    ...(signIn.farewell && { farewell: true }),
    ...(signIn.completed && { completed_at: Math.floor(signIn.completed.at), sid: signIn.completed.sessionId }),
  }
}

export function wireEvent({ at, event, siteId, signInId, userId, sessionId, ...rest }: KeptEvent & { id?: string }) {
  return {
    ...rest,
    at: Math.floor(at),
    event,
    ...(siteId !== undefined && { site: siteId }),
    ...(signInId !== undefined && { sign_in: signInId }),
    ...(userId !== undefined && { user: userId }),
    ...(sessionId !== undefined && { sid: sessionId }),
  }
}
