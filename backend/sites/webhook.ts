/** Where a site's owner wants to hear of events, and the secret that signs them. */
import type { Services } from '../services.ts'
import type { Site } from './site.ts'

export type SiteWebhook = {
  url: string
  /** Base64 of 32 bytes; kept as it is, since it signs. Absent only in sites of before there were any: nothing is sent then. */
  secret?: string
  /** The one before, which signs too until then. */
  previous?: { secret: string; until: number }
  /** Events of before are not sent. */
  since?: number
  /** The last event that was sent, or given up. */
  sent?: { id: string; at: number }
}

/** A day to bring the new secret to where events are received. */
const previousSeconds = 86_400

type Parts = Pick<Services, 'random' | 'clock'>

/** A new address has a new secret. The first hears of what happens from now on, one in the place of another of what waits; one that is there already keeps what it has. */
export function withSecret(site: Site, { random, clock }: Parts): Site {
  if (!site.webhook || site.webhook.secret !== undefined) return site
  return { ...site, webhook: { since: clock.now(), ...site.webhook, secret: newSecret(random) } }
}

/** The old secret signs beside the new one for a day. */
export function withNextSecret(webhook: SiteWebhook, { random, clock }: Parts): SiteWebhook & { secret: string } {
  const { secret, since = clock.now(), ...rest } = webhook
  return { ...rest, since, secret: newSecret(random), ...(secret !== undefined && { previous: { secret, until: clock.now() + previousSeconds } }) }
}

const newSecret = (random: Parts['random']): string => Buffer.from(random.hex(32), 'hex').toString('base64')

/** As Standard Webhooks has it, and as libraries take it. */
export const shownSecret = (secret: string): string => `whsec_${secret}`
