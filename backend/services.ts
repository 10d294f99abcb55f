/** What every use case is handed. Only the entries (`main.ts`, `cli.ts`, tests) choose what stands behind these names. */
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Random } from './random.ts'
import type { Store } from './store/store.ts'
import type { AccessTokens } from './tokens/access-token.ts'
import type { LinkTokens } from './tokens/link-token.ts'
import type { Secrets } from './tokens/secrets.ts'

export type Services = {
  config: Config
  store: Store
  linkTokens: LinkTokens
  accessTokens: AccessTokens
  secrets: Secrets
  clock: Clock
  random: Random
  log: Log
  audit: Audit
  /** Says that a mail may be due. */
  wakeDelivery(): void
  /** Whether mail can be handed over; for `/readyz`. */
  deliveryReady(): Promise<boolean>
}

/** The shape of pino's loggers that is used here: fields first, then a fixed text. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, text: string) => void>

/** One structured event for each thing that matters (R98): ids and masked addresses, never a secret (R81). */
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
  | 'user.erased'
  | 'site.created'
  | 'site.changed'
  | 'site.deleted'
  | 'admin.refused'
