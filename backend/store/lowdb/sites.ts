/** The sites' port over the tables. */
import { Problem } from '../../problems.ts'
import { siteAllowsOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import type { SiteStore, Step } from '../store.ts'
import type { Core } from './core.ts'
import { removeSignIn } from './sign-ins.ts'

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
        const candidates = [...indexes.sitesOfOrigin.of(origin)].flatMap((id) => tables.sites.get(id) ?? [])
        return candidates.filter((site) => siteAllowsOrigin(site, origin)).sort(byAge)
      }),
    async remove(id) {
      const removed = await ledger.change((change) => {
        if (!change.remove(tables.sites, id)) return false
        for (const key of indexes.sessions.ofSite(id)) change.remove(tables.sessions, key)
        for (const key of [...indexes.signInsOfSite.of(id).ascending()]) removeSignIn(core, change, key)
        for (const key of [...indexes.usersOfSite.of(id).ascending()]) change.remove(tables.users, key)
        return true
      })
      if (removed) await core.events.remove(id)
      return removed
    },
  }
}

function byAge(a: Site, b: Site): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
