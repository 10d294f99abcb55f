/**
 * The end of a site. It goes first, in one change: from then on nothing of it is served. What was its own follows in small changes, so that nobody waits
 * long for a large one. That there is something left to do is a record too: what a crash cuts off is for the next sweep.
 */
import type { Change } from './change.ts'
import type { Core } from './core.ts'
import type { SiteIndex } from './indexes.ts'
import { removeSignIn } from './sign-ins.ts'
import type { Table } from './table.ts'

const recordsPerChange = 200

/** @param gone is called when the site itself is. @returns false where there is neither the site nor anything left of it */
export async function removeSite(core: Core, id: string, gone: () => void): Promise<boolean> {
  const { ledger, tables } = core
  const found = await ledger.change((change) => {
    if (!change.remove(tables.sites, id)) return tables.removals.has(id) ? 'rest' : undefined
    change.put(tables.removals, { id })
    return 'site'
  })
  if (found === 'site') gone()
  if (found) await removeRest(core, id)
  return found !== undefined
}

/** What removals of before have left. */
export async function goOnRemoving(core: Core): Promise<void> {
  for (const { id } of [...core.tables.removals.values()]) await removeRest(core, id)
}

/** Once at a time: sweeps come every second, whatever is under way. */
function removeRest(core: Core, siteId: string): Promise<void> {
  const running = core.removing.get(siteId) ?? removeAll(core, siteId).finally(() => core.removing.delete(siteId))
  core.removing.set(siteId, running)
  return running
}

/** Sign-ins first: a claim that comes between finds none, and what one of before has made is removed after. */
async function removeAll(core: Core, siteId: string): Promise<void> {
  const { ledger, tables, indexes } = core
  await inPieces(core, tables.signIns, indexes.signInsOfSite, siteId, (change, id) => removeSignIn(core, change, id))
  await inPieces(core, tables.sessions, indexes.sessionsOfSite, siteId, (change, key) => change.remove(tables.sessions, key))
  await inPieces(core, tables.users, indexes.usersOfSite, siteId, (change, key) => change.remove(tables.users, key))
  await core.events.remove(siteId)
  await ledger.change((change) => change.remove(tables.removals, siteId))
}

type OfSite = { siteId: string; createdAt: number }

async function inPieces<Kept extends OfSite>({ ledger }: Core, table: Table<Kept>, index: SiteIndex<Kept>, siteId: string, remove: (change: Change, key: string) => unknown): Promise<void> {
  for (let more = true; more; ) {
    more = await ledger.change((change) => {
      const keys = oldestKeys(table, index, siteId)
      for (const key of keys) remove(change, key)
      return keys.length > 0
    })
  }
}

function oldestKeys<Kept extends OfSite>(table: Table<Kept>, index: SiteIndex<Kept>, siteId: string): string[] {
  const keys: string[] = []
  for (const { places } of index.of(siteId).ascending()) {
    for (const record of places.slice(0, recordsPerChange - keys.length).flatMap((place) => table.at(place) ?? [])) keys.push(table.keyOf(record))
    if (keys.length >= recordsPerChange) break
  }
  return keys
}
