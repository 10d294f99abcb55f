/**
 * The mail that tells somebody they may sign in. It holds no secret: only the way to the site, where they sign in like anybody else. Its
 * fate is kept in a record of the same kind as a sign-in's, so that it is queued, tried again and survives a crash the same way; nobody
 * has that record's V, its link is never written, so nothing can come of it but the mail.
 */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { mailBudget } from '../sign-in/start-sign-in.ts'
import type { Site } from '../sites/site.ts'
import type { User } from './user.ts'

/** How long its mail is tried: a day. */
export const invitationSeconds = 86_400

/** @throws {Problem} `rate_limited` where the address has had its mails; the invitation itself stands */
export async function inviteByMail(services: Services, site: Site, user: User): Promise<void> {
  const { store, clock, random } = services
  const now = clock.now()
  const { key, budget } = mailBudget(services, services.secrets.pseudonym(user.address))
  const taken = await store.counters.take(key, budget, now)
  if (!taken.taken) throw new Problem('rate_limited', { retryAfterSeconds: taken.retryAfterSeconds })
  await store.signIns.insert({
    id: random.id(),
    siteId: site.id,
    invitation: true,
    origin: originFor(site),
    channel: user.channel,
    address: user.address,
    challenge: random.id(32),
    state: 'pending',
    createdAt: now,
    expiresAt: now + invitationSeconds,
    locale: site.locale ?? 'en',
    browser: '',
    codeTriesLeft: 0,
    numberTriesLeft: 0,
    delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
  })
  services.wakeDelivery()
}

/** The first that is no pattern; a site may have patterns alone, and then its mail says so in words. */
function originFor(site: Site): string {
  return site.origins.find((origin) => !origin.includes('*')) ?? site.origins[0]?.replace('*', 'www') ?? ''
}
