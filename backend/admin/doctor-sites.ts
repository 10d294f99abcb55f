/** What `linklatch doctor` says of the sites: what was written in development, and does not count in production. */
import { join } from 'node:path'
import * as v from 'valibot'
import type { Config } from '../config.ts'
import { isServed } from '../sites/origins.ts'
import { isHeld } from '../store/lowdb/lock.ts'
import { openStore } from '../store/open-store.ts'
import { openAdminClient } from './admin-client.ts'
import type { Finding } from './doctor.ts'

type Listed = { id: string; origins: string[] }
const answer = v.object({ items: v.array(v.object({ id: v.string(), origins: v.array(v.string()) })) })

/** Nothing where sites cannot be seen from here: other lines say why. */
export async function sitesFindings(config: Config): Promise<Finding[]> {
  if (!config.production) return []
  const sites = await listedSites(config).catch(() => [])
  return sites.filter(({ origins }) => origins.some((pattern) => !isServed(pattern, config))).map(({ id }) => ({
    mark: 'warn',
    text: `site ${id} lists an origin of plain http, which does not count in production: give it its https ones alone, linklatch sites change ${id} --origin https://…`,
  }))
}

/** A store in a directory is not opened for this: to open it is to change it. The backend that holds it is asked. */
async function listedSites(config: Config): Promise<Listed[]> {
  if (config.storeAddress) {
    const { store } = await openStore(config)
    return store.sites.list().finally(() => store.close())
  }
  if (config.adminToken === undefined || !(await isHeld(join(config.dataDir, 'store')))) return []
  const client = await openAdminClient(config)
  return v.parse(answer, await client.call('GET', '/sites')).items
}
