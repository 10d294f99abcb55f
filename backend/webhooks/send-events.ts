/**
 * Hands one site's events on, in their order. The audit log is the queue, and the site remembers up to where it was sent: so what waits costs no memory,
 * outlives the process, and is bounded as the log is.
 */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { SiteWebhook } from '../sites/webhook.ts'
import type { ListedEvent } from '../store/store.ts'
import { handOver, type PostOne } from './hand-over.ts'
import { isTold, webhookBody } from './webhook-event.ts'

/** `all`: nothing is left; `more`: there may be; `failed`: the first of those left has to be tried again; `busy`: another process is at it. */
export type Outcome = { result: 'all' | 'more' | 'busy' } | { result: 'failed'; reason: string }

export type Sending = {
  services: Pick<Services, 'store' | 'clock' | 'audit' | 'isShared'>
  post: PostOne
  isStopped(): boolean
}

/** After a day an event is given up, so that the next ones have their turn. */
export const keptTryingSeconds = 86_400
const pageSize = 200
/** One process has a site for so long; it stops before. */
const leaseSeconds = 60
const turnSeconds = 40

export async function sendEvents(sending: Sending, siteId: string): Promise<Outcome> {
  const { store, clock, isShared } = sending.services
  const webhook = (await store.sites.get(siteId))?.webhook
  if (webhook?.secret === undefined) return { result: 'all' }
  if (!isShared) return sendPage(sending, siteId, webhook)
  const lease = { key: `webhook:${siteId}`, budget: { max: 1, seconds: leaseSeconds }, now: clock.now() }
  if (!(await store.counters.takeEach([lease])).taken) return { result: 'busy' }
  // Read again: another process may have sent meanwhile.
  const mine = (await store.sites.get(siteId))?.webhook
  return (mine ? sendPage(sending, siteId, mine) : Promise.resolve({ result: 'all' as const })).finally(() => store.counters.giveBack(lease))
}

async function sendPage(sending: Sending, siteId: string, webhook: SiteWebhook): Promise<Outcome> {
  const { clock } = sending.services
  const startedAt = clock.now()
  const events = await listFrom(sending, siteId, webhook)
  if (!events) return { result: 'more' }
  let outcome: Outcome = { result: events.length === pageSize ? 'more' : 'all' }
  let last: ListedEvent | undefined
  for (const event of events) {
    if (sending.isStopped() || clock.now() - startedAt > turnSeconds || (isTold(event) && !(await isStill(sending, siteId, webhook)))) {
      outcome = { result: 'more' }
      break
    }
    const reason = await sendOne(sending, siteId, webhook, event)
    if (reason !== undefined) {
      outcome = { result: 'failed', reason }
      break
    }
    last = event
  }
  if (last) await remember(sending, siteId, webhook, last)
  return outcome
}

/** Its owner may take it away, or lead it elsewhere, while many events are on their way: the next one heeds that. */
async function isStill({ services: { store } }: Sending, siteId: string, { url, secret }: SiteWebhook): Promise<boolean> {
  const now = (await store.sites.get(siteId))?.webhook
  return now?.url === url && now.secret === secret
}

/** Undefined where it has to begin anew: a store that was moved has other ids. Then it goes by time, which may repeat the last ones. */
async function listFrom({ services: { store } }: Sending, siteId: string, { sent }: SiteWebhook): Promise<ListedEvent[] | undefined> {
  try {
    return await store.events.list(siteId, { limit: pageSize, ...(sent && { after: sent.id }) })
  } catch (error) {
    if (!sent || !(error instanceof Problem) || error.code !== 'invalid_request') throw error
    await store.sites.change(siteId, (site) => {
      if (site?.webhook?.sent?.id !== sent.id) return { result: undefined }
      const { sent: _, ...rest } = site.webhook
      return { next: { ...site, webhook: { ...rest, since: sent.at } }, result: undefined }
    })
    return undefined
  }
}

/** Undefined where nothing of it is left to do. */
async function sendOne({ services, post }: Sending, siteId: string, webhook: SiteWebhook, event: ListedEvent): Promise<string | undefined> {
  const { clock } = services
  if (!isTold(event) || event.at < (webhook.since ?? 0)) return undefined
  if (clock.now() - event.at > keptTryingSeconds) {
    services.audit({ event: 'webhook.given_up', siteId })
    return undefined
  }
  return (await handOver({ clock, post }, webhook, webhookBody(siteId, event))).reason
}

/** Also where it leads elsewhere now: what one address has taken is not for the next. */
async function remember({ services: { store } }: Sending, siteId: string, { sent }: SiteWebhook, { id, at }: ListedEvent): Promise<void> {
  await store.sites.change(siteId, (site) =>
    site?.webhook && site.webhook.sent?.id === sent?.id ? { next: { ...site, webhook: { ...site.webhook, sent: { id, at } } }, result: undefined } : { result: undefined },
  )
}
