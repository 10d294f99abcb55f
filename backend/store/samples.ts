/** Records for the tests of stores: valid, alike, and one's own where it is said. */
import type { Session } from '../sessions/session.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Site } from '../sites/site.ts'
import type { User } from '../users/user.ts'
import type { KeptEvent } from './store.ts'

/** When all of them were made, epoch seconds. */
export const bornAt = 1_800_000_000

export function aSite(own: Partial<Site> = {}): Site {
  return {
    id: '0123456789abcdef',
    name: 'Shop',
    origins: ['https://shop.example'],
    landingUrls: ['https://shop.example/landing'],
    mode: 'open',
    allowedDomains: [],
    linkTtlSeconds: 600,
    idleSeconds: 3600,
    absoluteSeconds: 86_400,
    createdAt: bornAt,
    ...own,
  }
}

export function aUser(own: Partial<User> = {}): User {
  const id = own.id ?? 'user-1'
  return { id, siteId: aSite().id, channel: 'email', address: `${id}@example.org`, createdAt: bornAt, roles: [], metadata: {}, ...own }
}

export function aSession(own: Partial<Session> = {}): Session {
  return {
    id: 'session-1',
    siteId: aSite().id,
    userId: 'user-1',
    generation: 0,
    seed: 'c2VlZA',
    createdAt: bornAt,
    lastSeenAt: bornAt,
    rotatedAt: bornAt,
    idleSeconds: 3600,
    absoluteEndAt: bornAt + 86_400,
    authTime: bornAt,
    amr: ['otp'],
    browser: 'Firefox on Linux',
    ...own,
  }
}

export function aSignIn(own: Partial<SignIn> = {}): SignIn {
  return {
    id: 'sign-in-1',
    siteId: aSite().id,
    origin: 'https://shop.example',
    channel: 'email',
    address: 'user-1@example.org',
    challenge: 'x'.repeat(43),
    state: 'pending',
    createdAt: bornAt,
    expiresAt: bornAt + 600,
    locale: 'en',
    browser: 'Firefox on Linux',
    codeTriesLeft: 5,
    numberTriesLeft: 2,
    delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: bornAt, lastAskedAt: bornAt },
    ...own,
  }
}

export function anEvent(own: Partial<KeptEvent> = {}): KeptEvent {
  return { at: bornAt, event: 'sign_in.started', siteId: aSite().id, signInId: 'sign-in-1', ...own }
}
