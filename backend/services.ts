/** What every use case is handed. Only the entries (`main.ts`, `cli.ts`, tests) choose what stands behind these names. */
import type { Audit } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { LimitName } from './config-limits.ts'
import type { Random } from './random.ts'
import type { Store } from './store/store.ts'
import type { AccessTokens } from './tokens/access-token.ts'
import type { LinkTokens } from './tokens/link-token.ts'
import type { Secrets } from './tokens/secrets.ts'

export type Services = {
  config: Config
  store: Store
  /** Other processes may have the same store: what is counted is counted there. */
  isShared: boolean
  linkTokens: LinkTokens
  accessTokens: AccessTokens
  secrets: Secrets
  clock: Clock
  random: Random
  log: Log
  audit: Audit
  /** Says that something was put off by a limit that its answer does not show. */
  limitReached(limit: LimitName): void
  /** Says that a mail may be due. */
  wakeDelivery(): void
  /** Whether mail can be handed over; for `/readyz`. */
  deliveryReady(): Promise<boolean>
}

/** The shape of pino's loggers that is used here: fields first, then a fixed text. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, text: string) => void>
