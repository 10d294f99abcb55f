/** The site that the sandbox page belongs to: made once, found again after a restart. */
import type { Services } from '../../backend/services.ts'
import { createSite } from '../../backend/sites/manage-sites.ts'
import type { Site } from '../../backend/sites/site.ts'

/** What the little site on the page is called, so that its mails are. */
const name = 'The Slow Atlas'

export async function sandboxSite(services: Services, origin: string): Promise<Site> {
  const known = await services.store.sites.list()
  const found = known.find((site) => site.name === name && site.origins.includes(origin))
  return found ?? createSite(services, { name, origins: [origin], landing_urls: [`${origin}/`], logo_url: `${origin}/atlas.svg`, accent_color: '#0f4a46' })
}
