import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { isServed, siteAllowsOrigin, type OriginPolicy } from './origins.ts'
import type { Site } from './site.ts'

type Looked = { store: Pick<Services['store'], 'sites'>; config: OriginPolicy }

/**
 * The site that a page of `origin` means: the one it names, or the only one that has its origin.
 * @throws {Problem} `origin_not_allowed` for an unlisted origin and for an unknown site alike (R14)
 */
export async function siteOfOrigin({ store, config }: Looked, siteId: string | undefined, origin: string | undefined): Promise<Site> {
  if (origin === undefined) throw new Problem('origin_not_allowed')
  if (siteId !== undefined) {
    const site = await store.sites.get(siteId)
    if (site && siteAllowsOrigin(site, origin, config)) return site
    throw new Problem('origin_not_allowed')
  }
  const [only, ...others] = await sitesServing({ store, config }, origin)
  if (!only || others.length > 0) throw new Problem('origin_not_allowed')
  return only
}

/** Whether any site lists this origin: what a CORS preflight can be told, which does not say for which site it asks. */
export async function isListedOrigin(services: Looked, origin: string): Promise<boolean> {
  return (await sitesServing(services, origin)).length > 0
}

const sitesServing = async ({ store, config }: Looked, origin: string): Promise<Site[]> => (isServed(origin, config) ? store.sites.listing(origin) : [])
