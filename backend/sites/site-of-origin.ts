import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { isServed, siteAllowsOrigin, type OriginPolicy } from './origins.ts'
import type { Site } from './site.ts'

type Looked = { store: Pick<Services['store'], 'sites'>; config: OriginPolicy }

/** The sites that list this origin, where it counts: all that a CORS preflight asks for, which does not say for which site. */
export async function sitesServing({ store, config }: Looked, origin: string): Promise<Site[]> {
  return isServed(origin, config) ? store.sites.listing(origin) : []
}

/**
 * Of the sites that serve a page the one that it means: the one it names, or the only one.
 * @throws {Problem} `origin_not_allowed` for an unlisted origin and for an unknown site alike (R14)
 */
export function siteMeant(serving: readonly Site[], siteId: string | undefined): Site {
  const [only, ...others] = siteId === undefined ? serving : serving.filter(({ id }) => id === siteId)
  if (!only || others.length > 0) throw new Problem('origin_not_allowed')
  return only
}

/** The same where nobody has looked for those sites yet: one that is named is asked for by its id alone. @throws {Problem} `origin_not_allowed` */
export async function siteOfOrigin({ store, config }: Looked, siteId: string | undefined, origin: string | undefined): Promise<Site> {
  if (origin === undefined) throw new Problem('origin_not_allowed')
  if (siteId === undefined) return siteMeant(await sitesServing({ store, config }, origin), siteId)
  const site = await store.sites.get(siteId)
  if (site && siteAllowsOrigin(site, origin, config)) return site
  throw new Problem('origin_not_allowed')
}
