/** Which events a site's owner hears of, and in which words: those of the audit log. */
import type { AuditEvent, AuditName } from '../audit.ts'
import type { ListedEvent } from '../store/store.ts'

const told = new Set<AuditName>([
  'user.created', 'user.invited', 'user.changed', 'user.blocked', 'user.unblocked', 'user.shut_out', 'user.revoked', 'user.erased',
  'session.claimed', 'session.ended', 'session.reuse',
])

export const isTold = ({ event }: Pick<AuditEvent, 'event'>): boolean => told.has(event)

/** `{id, type, timestamp, site, data: {user?, sid?, sign_in?, everywhere?}}`: ids alone, no address and no secret. The id is the same for each repeat. */
export function webhookBody(siteId: string, { id, at, event, userId, sessionId, signInId, why }: ListedEvent) {
  return {
    id: `evt_${siteId}_${id}_${Math.floor(at * 1000)}`,
    type: event,
    timestamp: new Date(at * 1000).toISOString(),
    site: siteId,
    data: {
      ...(userId !== undefined && { user: userId }),
      ...(sessionId !== undefined && { sid: sessionId }),
      ...(signInId !== undefined && { sign_in: signInId }),
      ...(why === 'everywhere' && { everywhere: true }),
    },
  }
}
