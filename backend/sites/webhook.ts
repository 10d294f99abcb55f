/** Where a site's owner wants to hear of events, and the secret that signs them. */
import type { FaultCode } from '../faults.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { isPublicHost } from '../http/client-network.ts'
import { isLoopbackHost, parseUrl } from './origins.ts'
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

const maxUrlLength = 2048
/** A day to bring the new secret to where events are received. */
const previousSeconds = 86_400

/** https to a public host; outside production loopback too, by plain http as well. @throws {Problem} `invalid_request` */
export function parseWebhookUrl(text: string, production: boolean): string {
  const refuse = (code: FaultCode): never => {
    throw new Problem('invalid_request', { errors: [{ field: 'webhook.url', code }] })
  }
  const url = parseUrl(text)
  if (!url || url.href.length > maxUrlLength) return refuse('not_a_url')
  const local = !production && isLoopbackHost(url.hostname)
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) return refuse('https_required')
  if (url.username !== '' || url.password !== '') return refuse('userinfo')
  if (!local && !isPublicHost(url.hostname)) return refuse('not_public')
  url.hash = ''
  return url.href
}

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
