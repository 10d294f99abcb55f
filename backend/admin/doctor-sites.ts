/** What `linklatch doctor` says of the sites: what was written in development and does not count in production, and logos that cannot be shown. */
import { join } from 'node:path'
import * as v from 'valibot'
import type { Config } from '../config.ts'
import { loadLogo } from '../sites/logos.ts'
import { isServed } from '../sites/origins.ts'
import { isHeld } from '../store/lowdb/lock.ts'
import { openStore } from '../store/open-store.ts'
import { openAdminClient } from './admin-client.ts'
import type { Finding } from './doctor.ts'

type Listed = { id: string; origins: string[]; logoUrl?: string | undefined }
const answer = v.object({ items: v.array(v.object({ id: v.string(), origins: v.array(v.string()), logo_url: v.optional(v.string()) })) })

/** Nothing where sites cannot be seen from here: other lines say why. */
export async function sitesFindings(config: Config): Promise<Finding[]> {
  const sites = await listedSites(config).catch(() => [])
  return [...(config.production ? plainOrigins(sites, config) : []), ...(await logos(sites, config))]
}

function plainOrigins(sites: Listed[], config: Config): Finding[] {
  return sites.filter(({ origins }) => origins.some((pattern) => !isServed(pattern, config))).map(({ id }) => ({
    mark: 'warn',
    text: `site ${id} lists an origin of plain http, which does not count in production: give it its https ones alone, linklatch sites change ${id} --origin https://…`,
  }))
}

/** One after another: there may be many, and none of them is in a hurry. */
async function logos(sites: Listed[], config: Config): Promise<Finding[]> {
  const found: Finding[] = []
  for (const { id, logoUrl } of sites) {
    if (logoUrl === undefined) continue
    const reason = await loadLogo(logoUrl, config).then(() => undefined, (error: Error) => error.message)
    if (reason !== undefined) found.push({ mark: 'warn', text: `the logo of site ${id} cannot be shown: ${reason}` })
  }
  return found
}

/** A store in a directory is not opened for this: to open it is to change it. The backend that holds it is asked. */
async function listedSites(config: Config): Promise<Listed[]> {
  if (config.storeAddress) {
    const { store } = await openStore(config)
    return store.sites.list().finally(() => store.close())
  }
  if (config.adminToken === undefined || !(await isHeld(join(config.dataDir, 'store')))) return []
  const client = await openAdminClient(config)
  return v.parse(answer, await client.call('GET', '/sites')).items.map(({ id, origins, logo_url: logoUrl }) => ({ id, origins, logoUrl }))
}
