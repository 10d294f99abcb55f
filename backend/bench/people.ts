/** Who is in a store before a measurement. */
import { systemRandom } from '../random.ts'
import type { SignIn } from '../sign-in/sign-in.ts'

/** A sign-in whose mail has gone out and whose link nobody has opened. */
export function waitingSignIn(siteId: string, address: string, now: number): SignIn {
  return {
    id: systemRandom.id(),
    siteId,
    origin: 'https://shop.example',
    channel: 'email',
    address,
    challenge: systemRandom.id(32),
    state: 'pending',
    createdAt: now,
    expiresAt: now + 3600,
    locale: 'en',
    browser: 'Firefox on Linux',
    codeTriesLeft: 5,
    numberTriesLeft: 2,
    delivery: { status: 'sent', asked: 1, settled: 1, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
  }
}
