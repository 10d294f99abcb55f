/** The site that the sandbox page belongs to: made once, found again after a restart. */
import type { Services } from '../../backend/services.ts'
import { createSite } from '../../backend/sites/manage-sites.ts'
import type { Site } from '../../backend/sites/site.ts'

export async function sandboxSite(services: Services, origin: string): Promise<Site> {
  const known = await services.store.sites.list()
  const found = known.find((site) => site.name === 'Sandbox' && site.origins.includes(origin))
  return found ?? createSite(services, { name: 'Sandbox', origins: [origin], landing_urls: [`${origin}/`] })
}
