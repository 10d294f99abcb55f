/** The audit log: one structured event for each thing that matters (R98), with ids and networks, never a secret or an address (R81). */
import type { Clock } from './clock.ts'
import type { Log } from './services.ts'
import type { EventStore } from './store/store.ts'

/** Never throws, never waits: starts and claims happen thousands of times a second. */
export type Audit = (event: AuditEvent) => void
export type AuditEvent = { event: AuditName; siteId?: string; signInId?: string; userId?: string; sessionId?: string; network?: string; why?: string }
export type AuditName =
  | 'sign_in.started'
  | 'sign_in.resent'
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
  | 'admin.refused'
  | 'keys.changed'

type AuditParts = { events: Pick<EventStore, 'append'>; clock: Pick<Clock, 'now'>; log: Log; count(event: AuditEvent): void }

/** To the log of the process, the counters, and the store, where the operator reads it. */
export function createAudit({ events, clock, log, count }: AuditParts): Audit {
  return (event) => {
    count(event)
    log.info(event, event.event)
    events.append(logOf(event), { at: clock.now(), ...event })
  }
}

/** A site's log goes with the site, so that it went is for the server's own. */
function logOf({ event, siteId }: AuditEvent): string | undefined {
  return event === 'site.deleted' ? undefined : siteId
}
