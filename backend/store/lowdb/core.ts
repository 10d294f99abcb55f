/** What the ports share. */
import type { EventLog } from './event-log.ts'
import type { Indexes } from './indexes.ts'
import type { Ledger } from './ledger.ts'
import type { Tables } from './tables.ts'
import type { Watchers } from './watchers.ts'

export type Core = {
  ledger: Ledger
  tables: Tables
  indexes: Indexes
  watchers: Watchers
  events: EventLog
  /** What was a site's own, as long as it is being removed. */
  removing: Map<string, Promise<void>>
}
