/** How a command reaches the sites: through the running backend's admin API, or in its data directory while none runs. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { prepareDirectory } from '../data-directory.ts'
import { loadAssets, snippetFor } from '../http/assets.ts'
import { Problem } from '../problems.ts'
import { systemRandom } from '../random.ts'
import { createSite, deleteSite } from '../sites/manage-sites.ts'
import * as v from 'valibot'
import { createSiteSchema, parseRequest } from '../protocol.ts'
import { StoreLocked } from '../store/lowdb/lock.ts'
import { openStore } from '../store/open-store.ts'
import { version } from '../version.ts'
import { wireSite } from './admin-sites.ts'

export type ListedSite = { id: string; name: string; origins: string[]; snippet: string }
export type SitesClient = {
  add(site: object): Promise<ListedSite>
  list(): Promise<ListedSite[]>
  remove(id: string): Promise<void>
  close(): Promise<void>
}

const listedSite = v.object({ id: v.string(), name: v.string(), origins: v.array(v.string()), snippet: v.string() })

/** Opens the data directory itself; where a backend holds it, speaks to that one. Rejects with a line that says what is missing. */
export async function openSitesClient(config: Config): Promise<SitesClient> {
  try {
    return await openDirectory(config)
  } catch (error) {
    if (!(error instanceof StoreLocked)) throw error
    if (config.adminToken !== undefined) return overHttp(config, config.adminToken)
    throw new Error('a backend is running on this data directory: set the same LINKLATCH_ADMIN_TOKEN for it and for this command', { cause: error })
  }
}

async function openDirectory(config: Config): Promise<SitesClient> {
  const assets = await loadAssets(join(import.meta.dirname, '../../widget'), version)
  await prepareDirectory('LINKLATCH_DATA_DIR', config.dataDir)
  const { store, clock } = await openStore(config)
  const services = { store, config, clock, random: systemRandom, audit: () => undefined }
  const show = (site: Parameters<typeof wireSite>[0]): ListedSite => ({ ...wireSite(site), snippet: snippetFor(assets, config.publicUrl, site.id) })
  return {
    async add(site) {
      try {
        return show(await createSite(services, parseRequest(createSiteSchema, site)))
      } catch (error) {
        throw inWords(error)
      }
    },
    list: async () => (await store.sites.list()).map(show),
    remove: (id) => deleteSite(services, id),
    close: () => store.close(),
  }
}

/** A refusal as one line for a terminal. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Problem) || !error.errors) return error
  return new Error(error.errors.map(({ field, code }) => `${field}: ${code.replaceAll('_', ' ')}`).join('; '), { cause: error })
}

function overHttp({ host, port }: Config, token: string): SitesClient {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/admin/v1/sites${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`the backend answered ${answer.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    add: async (site) => v.parse(listedSite, await call('POST', '', site)),
    list: async () => v.parse(v.object({ items: v.array(listedSite) }), await call('GET', '')).items,
    remove: async (id) => void (await call('DELETE', `/${encodeURIComponent(id)}`)),
    close: () => Promise.resolve(),
  }
}
