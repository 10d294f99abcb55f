/** The sites' port over the tables. */
import { Problem } from '../../problems.ts'
import { siteListsOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import type { SiteStore, Step } from '../store.ts'
import type { Core } from './core.ts'
import type { Ordered } from './ordered.ts'
import { removeSignIn } from './sign-ins.ts'
import type { Table } from './table.ts'

export function siteStore(core: Core): SiteStore {
  const { ledger, tables, indexes } = core
  return {
    insert: (site) =>
      ledger.change((change) => {
        if (tables.sites.has(site.id)) throw new Problem('conflict')
        change.put(tables.sites, site)
      }),
    get: (id) => ledger.read(tables.sites, () => tables.sites.get(id)),
    change: <Result>(id: string, step: (site: Site | undefined) => Step<Site, Result>) =>
      ledger.change((change) => {
        const { next, result } = step(tables.sites.get(id))
        if (next && next.id !== id) throw new TypeError('a step may not change the id of its site')
        if (next === null) change.remove(tables.sites, id)
        else if (next) change.put(tables.sites, next)
        return result
      }),
    list: () => ledger.read(tables.sites, () => [...tables.sites.values()].sort(byAge)),
    listing: (origin) =>
      ledger.read(tables.sites, () => {
        const candidates = [...indexes.sitesOfOrigin.of(origin)].flatMap((place) => tables.sites.at(place) ?? [])
        return candidates.filter((site) => siteListsOrigin(site, origin)).sort(byAge)
      }),
    async remove(id) {
      const removed = await ledger.change((change) => {
        if (!change.remove(tables.sites, id)) return false
        for (const key of keysAt(tables.sessions, indexes.sessionsOfSite.of(id))) change.remove(tables.sessions, key)
        for (const key of keysAt(tables.signIns, indexes.signInsOfSite.of(id))) removeSignIn(core, change, key)
        for (const key of keysAt(tables.users, indexes.usersOfSite.of(id))) change.remove(tables.users, key)
        return true
      })
      if (removed) await core.events.remove(id)
      return removed
    },
  }
}

function keysAt<Kept extends object>(table: Table<Kept>, { places }: Ordered): string[] {
  return places.flatMap((place) => table.at(place) ?? []).map((record) => table.keyOf(record))
}

function byAge(a: Site, b: Site): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
