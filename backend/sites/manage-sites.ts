/** What an operator does with sites: the admin API and the CLI call these. */
import { Problem } from '../problems.ts'
import type { SiteInput } from '../protocol.ts'
import type { Services } from '../services.ts'
import { shutOutOfSite } from '../users/shut-out.ts'
import { siteFromInput, type Site } from './site.ts'
import { withNextSecret, withSecret } from './webhook.ts'

/** As much of the services as managing sites takes: a command has no more. */
export type SiteServices = Pick<Services, 'store' | 'clock' | 'random' | 'config' | 'audit'>

/** @throws {Problem} `invalid_request` naming the field that breaks a rule */
export async function createSite(services: SiteServices, input: SiteInput): Promise<Site> {
  const { store, clock, random, config, audit } = services
  const site = withSecret(siteFromInput(input, { id: random.hex(8), createdAt: clock.now() }, config), { random, clock })
  await store.sites.insert(site)
  audit({ event: 'site.created', siteId: site.id })
  return site
}

/**
 * Who may not sign in any more by it is out at once.
 * @returns the site, and its webhook's secret where that is new
 * @throws {Problem} `not_found`, `invalid_request`
 */
export async function changeSite({ store, config, audit, random, clock }: SiteServices, id: string, input: SiteInput): Promise<{ site: Site; newSecret?: string }> {
  const { before, site } = await store.sites.change(id, (found) => {
    if (!found) throw new Problem('not_found')
    const changed = withSecret(siteFromInput(input, found, config), { random, clock })
    const next: Site = { ...changed, ...((found.shutsOut || isNarrower(changed, found)) && { shutsOut: true }) }
    return { next, result: { before: found, site: next } }
  })
  audit({ event: 'site.changed', siteId: id })
  if (site.shutsOut) await shutOutAll({ store, audit }, site)
  const secret = site.webhook?.secret
  return { site, ...(secret !== undefined && secret !== before.webhook?.secret && { newSecret: secret }) }
}

/** The secret before signs for a day more. @returns the new one @throws {Problem} `not_found` where the site is none, or has no webhook */
export async function renewWebhookSecret({ store, audit, random, clock }: SiteServices, id: string): Promise<string> {
  const secret = await store.sites.change(id, (site) => {
    if (!site?.webhook) throw new Problem('not_found')
    const webhook = withNextSecret(site.webhook, { random, clock })
    return { next: { ...site, webhook }, result: webhook.secret }
  })
  audit({ event: 'site.changed', siteId: id })
  return secret
}

/** What the store fails in the middle of is gone on with at the next change, as whoever asks again for the same one expects. */
async function shutOutAll({ store, audit }: Pick<SiteServices, 'store' | 'audit'>, site: Site): Promise<void> {
  await shutOutOfSite({ store, audit }, site)
  await store.sites.change(site.id, (found) => {
    if (!found) return { result: undefined }
    const { shutsOut: _, ...next } = found
    return { next, result: undefined }
  })
}

function isNarrower(site: Site, before: Site): boolean {
  const lessDomains = site.allowedDomains.length > 0 && !before.allowedDomains.every((domain) => site.allowedDomains.includes(domain))
  return (site.mode === 'invite' && before.mode === 'open') || lessDomains || (site.allowedDomains.length > 0 && before.allowedDomains.length === 0)
}

/** Takes everything of the site with it: users, sessions, sign-ins, which no file of the store holds any more when this resolves. @throws {Problem} `not_found` */
export async function deleteSite({ store, audit }: SiteServices, id: string): Promise<void> {
  if (!(await store.sites.remove(id, () => audit({ event: 'site.deleted', siteId: id })))) throw new Problem('not_found')
  await store.compact()
}
