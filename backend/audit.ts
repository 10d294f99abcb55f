/** The audit log: one structured event for each thing that matters (R98), with ids and networks, never a secret or an address (R81). */
import type { Clock } from './clock.ts'
import { BoundedMap } from './http/bounded-map.ts'
import type { Log } from './services.ts'
import type { EventStore } from './store/store.ts'

/** Never throws, never waits: starts and claims happen thousands of times a second. */
export type Audit = (event: AuditEvent) => void
export type AuditEvent = { event: AuditName; siteId?: string; signInId?: string; userId?: string; sessionId?: string; network?: string; why?: string }
export type AuditName =
  | 'sign_in.started'
  | 'sign_in.resent'
  | 'sign_in.vouched'
  | 'sign_in.approved'
  | 'sign_in.wrong_number'
  | 'sign_in.wrong_code'
  | 'sign_in.rejected'
  | 'sign_in.cancelled'
  | 'sign_in.moved'
  | 'session.claimed'
  | 'session.claim_refused'
  | 'session.refreshed'
  | 'session.reuse'
  | 'session.ended'
  | 'sign_in.revoked'
  | 'mail.sent'
  | 'mail.deferred'
  | 'mail.failed'
  | 'mail.silent'
  | 'user.created'
  | 'user.invited'
  | 'user.changed'
  | 'user.blocked'
  | 'user.unblocked'
  | 'user.shut_out'
  | 'user.revoked'
  | 'user.exported'
  | 'user.erased'
  | 'site.created'
  | 'site.changed'
  | 'site.deleted'
  | 'webhook.given_up'
  | 'webhook.test'
  | 'admin.refused'
  | 'keys.changed'

type AuditParts = { events: Pick<EventStore, 'append'>; clock: Pick<Clock, 'now'>; log: Log; count(event: AuditEvent): void }

/** What one session, sign-in or network can make happen as often as it likes; it must not wash everything else out of a bounded log. */
const atWill = new Set<AuditName>(['session.refreshed', 'session.claim_refused', 'admin.refused', 'webhook.given_up'])
/** Shorter than an access token lives: each refresh that a page needs is told. */
const atWillEverySeconds = 240
const maxRemembered = 10_000

/** To the log of the process, the counters, and the store, where the operator reads it. */
export function createAudit({ events, clock, log, count }: AuditParts): Audit {
  const isRepeated = repetitions()
  return (event) => {
    count(event)
    log.info(event, event.event)
    const at = clock.now()
    if (!isRepeated(event, at)) events.append(logOf(event), { at, ...event })
  }
}

/** Whether the same was told of the same a moment ago. Remembers a bounded number. */
function repetitions(): (event: AuditEvent, now: number) => boolean {
  const toldAt = new BoundedMap<string, number>(maxRemembered)
  return ({ event, siteId, sessionId, signInId, network }, now) => {
    if (!atWill.has(event)) return false
    const key = [event, siteId, sessionId, signInId, network].join(' ')
    if (now - (toldAt.get(key) ?? -Infinity) < atWillEverySeconds) return true
    toldAt.set(key, now)
    return false
  }
}

/** A site's log goes with the site, so that it went is for the server's own. */
function logOf({ event, siteId }: AuditEvent): string | undefined {
  return event === 'site.deleted' ? undefined : siteId
}
