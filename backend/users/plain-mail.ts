/**
 * A mail that signs nobody in (`plain-letter.ts`). Its fate is kept in a record of the same kind as a sign-in's, so that it is queued, tried again and
 * survives a crash the same way; nobody has that record's V, its link is never written, so nothing can come of it but the mail.
 */
import type { Services } from '../services.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Site } from '../sites/site.ts'

/** How long it is tried: a day. */
const plainMailSeconds = 86_400

type Told = Pick<SignIn, 'origin' | 'channel' | 'address' | 'invitation' | 'farewell'>

export async function queuePlainMail(services: Services, site: Site, told: Told): Promise<void> {
  const { store, clock, random } = services
  const now = clock.now()
  await store.signIns.insert({
    ...told,
    id: random.id(),
    siteId: site.id,
    challenge: random.id(32),
    state: 'pending',
    createdAt: now,
    expiresAt: now + plainMailSeconds,
    locale: site.locale ?? 'en',
    browser: '',
    codeTriesLeft: 0,
    numberTriesLeft: 0,
    delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
  })
  services.wakeDelivery()
}
