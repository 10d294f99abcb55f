/** The sites' port over the tables. */
import { Problem } from '../../problems.ts'
import { siteListsOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import type { SiteStore, Step } from '../store.ts'
import type { Core } from './core.ts'
import { removeSite } from './site-removal.ts'

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
        const found: Site[] = []
        for (const place of indexes.sitesOfOrigin.of(origin)) {
          const site = tables.sites.at(place)
          if (site && siteListsOrigin(site, origin)) found.push(site)
        }
        return found.sort(byAge)
      }),
    remove: (id, gone = () => undefined) => removeSite(core, id, gone),
  }
}

function byAge(a: Site, b: Site): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
