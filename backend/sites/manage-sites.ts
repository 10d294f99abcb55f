/** What an operator does with sites: the admin API and the CLI call these. */
import { Problem } from '../problems.ts'
import type { SiteInput } from '../protocol.ts'
import type { Services } from '../services.ts'
import { shutOutOfSite } from '../users/shut-out.ts'
import { siteFromInput, type Site } from './site.ts'

/** As much of the services as managing sites takes: a command has no more. */
export type SiteServices = Pick<Services, 'store' | 'clock' | 'random' | 'config' | 'audit'>

/** @throws {Problem} `invalid_request` naming the field that breaks a rule */
export async function createSite(services: SiteServices, input: SiteInput): Promise<Site> {
  const { store, clock, random, config, audit } = services
  const site = siteFromInput(input, { id: random.hex(8), createdAt: clock.now() }, config)
  await store.sites.insert(site)
  audit({ event: 'site.created', siteId: site.id })
  return site
}

/** Who may not sign in any more by it is out at once. @throws {Problem} `not_found`, `invalid_request` */
export async function changeSite({ store, config, audit }: SiteServices, id: string, input: SiteInput): Promise<Site> {
  const { before, site } = await store.sites.change(id, (found) => {
    if (!found) throw new Problem('not_found')
    const next = siteFromInput(input, found, config)
    return { next, result: { before: found, site: next } }
  })
  audit({ event: 'site.changed', siteId: id })
  if (isNarrower(site, before)) await shutOutOfSite({ store, audit }, site)
  return site
}

function isNarrower(site: Site, before: Site): boolean {
  const lessDomains = site.allowedDomains.length > 0 && !before.allowedDomains.every((domain) => site.allowedDomains.includes(domain))
  return (site.mode === 'invite' && before.mode === 'open') || lessDomains || (site.allowedDomains.length > 0 && before.allowedDomains.length === 0)
}

/** Takes everything of the site with it: users, sessions, sign-ins. @throws {Problem} `not_found` */
export async function deleteSite({ store, audit }: SiteServices, id: string): Promise<void> {
  if (!(await store.sites.remove(id))) throw new Problem('not_found')
  audit({ event: 'site.deleted', siteId: id })
}
