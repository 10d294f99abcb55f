/** Removes what is over, in small changes, so that nothing waits long for it. Costs what has ended, not what is stored. */
import { isFinal } from '../../sign-in/sign-in.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { Change } from './change.ts'
import type { Core } from './core.ts'
import type { EndIndex } from './indexes.ts'
import { putSignIn } from './sign-ins.ts'
import { goOnRemoving } from './site-removal.ts'
import type { Table } from './table.ts'

const recordsPerChange = 200

/** @param now epoch seconds; the store will not open with a clock below it */
export async function sweep(core: Core, now: number): Promise<void> {
  const { tables, indexes } = core
  core.ledger.saw(now)
  await sweepTable(core, indexes.signInEnds, now, (change, signIn) => endSignIn(core, change, signIn))
  await sweepTable(core, indexes.sessionEnds, now, remover(tables.sessions))
  await sweepTable(core, indexes.counterEnds, now, remover(tables.counters))
  await goOnRemoving(core)
  await core.events.sweep(now, (siteId) => tables.sites.get(siteId) !== undefined)
}

type End<Kept> = (change: Change, record: Kept) => void

async function sweepTable<Kept extends object>({ ledger }: Core, ends: EndIndex<Kept>, now: number, end: End<Kept>): Promise<void> {
  for (let more = true; more; ) {
    more = await ledger.change((change) => {
      const over = ends.take(now, recordsPerChange)
      for (const record of over) end(change, record)
      return over.length > 0
    })
  }
}

const remover =
  <Kept extends object>(table: Table<Kept>): End<Kept> =>
  (change, record) => {
    change.remove(table, table.keyOf(record))
  }

/** First it is expired, and is kept for a while to say so; then it goes. */
function endSignIn(core: Core, change: Change, signIn: SignIn): void {
  if (isFinal(signIn.state)) return void change.remove(core.tables.signIns, signIn.id)
  const expired: SignIn = { ...signIn, state: 'expired' }
  putSignIn(core, change, expired)
  core.indexes.signInEnds.remind(expired)
}
