/**
 * The logos of sites, as this backend's own pages show them: got from where the owner keeps them and served from here, so that no page that saw a token
 * loads anything from elsewhere (R58), and nobody else learns who opened a link. Each process keeps its own copies, in memory.
 */
import { BoundedMap } from '../http/bounded-map.ts'
import { getPublicly, type PostOptions } from '../http/public-request.ts'
import type { Services } from '../services.ts'
import type { Site } from './site.ts'

export type Logo = { type: string; body: Buffer }
type Kept = { until: number; logo?: Logo | undefined; loading?: Promise<Logo | undefined> }

export const maxLogoBytes = 131_072
const types = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif', 'image/svg+xml']
const mostKept = 64
const mostAtOnce = 8
/** Seconds. */
const good = 3600
const bad = 300
/** For so long after that the old one is shown while it is got anew: nobody who looks then waits for the owner's server. */
const stale = 86_400

export type Logos = {
  /** Where this backend serves it; nothing for a site without one, or with one that could not be got just now. */
  pathOf(site: Pick<Site, 'id' | 'logoUrl'>): string | undefined
  /** Nothing where there is none, or it cannot be got. Got anew once an hour, behind the old one; one that cannot be stays as it was, and is tried for again after five minutes. */
  get(site: Pick<Site, 'id' | 'logoUrl'>): Promise<Logo | undefined>
}

export function siteLogos({ config, clock, log }: Pick<Services, 'config' | 'clock' | 'log'>): Logos {
  const kept = new BoundedMap<string, Kept>(mostKept)
  let underWay = 0
  const load = async (id: string, url: string, old: Logo | undefined): Promise<Logo | undefined> => {
    underWay += 1
    const fresh = await loadLogo(url, config).catch((error: Error) => void log.warn({ siteId: id, reason: error.message }, 'a logo cannot be shown'))
    underWay -= 1
    const logo = fresh ?? old
    kept.set(url, { until: clock.now() + (fresh ? good : bad), logo })
    return logo
  }
  return {
    pathOf({ id, logoUrl }) {
      if (!logoUrl) return undefined
      const known = kept.get(logoUrl)
      const isBad = known && !known.loading && !known.logo && known.until > clock.now()
      return isBad ? undefined : `/sites/${id}/logo`
    },
    async get({ id, logoUrl }) {
      if (!logoUrl) return undefined
      const known = kept.get(logoUrl) ?? { until: 0 }
      if (known.until > clock.now()) return known.logo
      if (!known.loading && underWay >= mostAtOnce) return known.logo
      const loading = known.loading ?? load(id, logoUrl, known.logo)
      kept.set(logoUrl, { ...known, loading })
      return known.logo && known.until + stale > clock.now() ? known.logo : loading
    },
  }
}

/** @throws an error whose message says what is wrong with it, without the URL */
export async function loadLogo(url: string, { production, lookup }: Pick<PostOptions, 'production' | 'lookup'>): Promise<Logo> {
  const { status, type, encoding, body } = await getPublicly(url, { production, ...(lookup && { lookup }), maxBytes: maxLogoBytes, accept: types.join(', '), timeoutMs: 5000 }).catch((error: Error & { code?: string }) => {
    // Where none of several addresses lets anybody in, Node has a code and no words.
    throw new Error(error.name === 'AbortError' ? 'took longer than five seconds' : error.message || error.code || error.name)
  })
  if (status !== 200) throw new Error(`answered with ${status}`)
  if (!types.includes(type)) throw new Error(`is ${/^[\w.+/-]{1,60}$/.test(type) ? type : 'of no type'}; it has to be ${types.join(', ')}`)
  if (encoding !== 'identity') throw new Error('is compressed, though it was asked for as it is')
  if (body.length === 0) throw new Error('is empty')
  return { type, body }
}
