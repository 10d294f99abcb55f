/** The mail that tells somebody they may sign in: the way to the site, where they sign in like anybody else. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { mailBudget } from '../sign-in/start-sign-in.ts'
import { originOf } from '../sites/landing.ts'
import { exactOrigin, isServed, type OriginPolicy } from '../sites/origins.ts'
import type { Site } from '../sites/site.ts'
import { queuePlainMail } from './plain-mail.ts'
import type { User } from './user.ts'

/** @throws {Problem} `invalid_request` where it would lead nowhere; `rate_limited` where the address has had its mails; the invitation itself stands */
export async function inviteByMail(services: Services, site: Site, user: User): Promise<void> {
  const { store, clock, config } = services
  const page = invitationPage(site, config)
  if (page === undefined) throw noPage()
  const { key, budget } = mailBudget(services, services.secrets.pseudonym(user.address))
  const taken = await store.counters.take(key, budget, clock.now())
  if (!taken.taken) throw new Problem('rate_limited', { retryAfterSeconds: taken.retryAfterSeconds })
  await queuePlainMail(services, site, { invitation: true, origin: originOf(page), channel: user.channel, address: user.address })
}

/**
 * The page that an invitation leads to: a landing URL, else an exact origin. Nothing where the site has patterns alone: which of their
 * hosts is the owner's nobody knows, and anybody may register one (`my-app-www.vercel.app`).
 */
export function invitationPage(site: Site, policy: OriginPolicy): string | undefined {
  const landing = site.landingUrls.find((url) => !originOf(url).includes('*') && isServed(url, policy))
  return landing ?? exactOrigin(site, policy)
}

export const noPage = (): Problem => new Problem('invalid_request', { errors: [{ field: 'mail', code: 'site_has_no_page' }] })
