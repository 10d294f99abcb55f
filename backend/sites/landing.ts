/** Where a person may be sent: landing URLs, which the site's owner fixes, and return addresses, which a page asks for (R70). */
import { Problem } from '../problems.ts'
import { isLoopbackHost, isServed, originMatches, parseUrl, type OriginPolicy } from './origins.ts'

export type UrlFault = 'not_a_url' | 'https_required' | 'userinfo' | 'fragment' | 'wildcard_misplaced' | 'origin_not_listed' | 'duplicate'

const maxUrlLength = 2048

/**
 * A landing URL → its canonical form. It lies on one of `origins` (canonical, as `parseOrigin` gives them; for a preview pattern
 * with the same `*`), is https or loopback http, and has neither userinfo nor fragment: the token goes there.
 * Throws `invalid_request` with a `UrlFault`; `field` is what the refusal names.
 */
export function parseLandingUrl(text: string, origins: readonly string[], field = 'landing_urls'): string {
  const url = parseUrl(text)
  if (url === undefined) throw refusal(field, 'not_a_url')
  if (!isSecure(url)) throw refusal(field, 'https_required')
  if (hasUserinfo(url)) throw refusal(field, 'userinfo')
  if (url.href.includes('#')) throw refusal(field, 'fragment')
  if (!origins.includes(url.origin)) throw refusal(field, 'origin_not_listed')
  if (`${url.pathname}${url.search}`.includes('*')) throw refusal(field, 'wildcard_misplaced')
  return url.href
}

/** All landing URLs of a site, at most one an origin. Throws as `parseLandingUrl` does, and `duplicate`; the field is `landing_urls.1`. */
export function parseLandingUrls(texts: readonly string[], origins: readonly string[]): string[] {
  const urls = new Map<string, string>()
  for (const [index, text] of texts.entries()) {
    const field = `landing_urls.${index}`
    const url = parseLandingUrl(text, origins, field)
    if (urls.has(originOf(url))) throw refusal(field, 'duplicate')
    urls.set(originOf(url), url)
  }
  return [...urls.values()]
}

/** The origin, or the pattern, that a canonical landing URL belongs to. */
export function originOf(landingUrl: string): string {
  return new URL(landingUrl).origin
}

/**
 * The page of `origin` that a link leads to, or nothing where the site has none for it, or where nothing of `origin` counts.
 * An exact origin goes before a pattern; a pattern's `*` becomes what the asking origin has there.
 */
export function landingUrlFor(site: { readonly landingUrls: readonly string[] }, origin: string, policy: OriginPolicy): string | undefined {
  if (!isServed(origin, policy)) return undefined
  const exact = site.landingUrls.find((url) => originOf(url) === origin)
  if (exact !== undefined) return exact
  const pattern = site.landingUrls.find((url) => originMatches(originOf(url), origin))
  return pattern && `${origin}${pattern.slice(originOf(pattern).length)}`
}

/**
 * Where the person was going → the same in canonical form: an absolute http or https URL on the asking page's own origin.
 * `//host`, `/path`, backslashes, `blob:` and the like are no absolute URLs (F12). Throws `invalid_request`.
 */
export function parseReturnTo(text: string, origin: string): string {
  const refuse = (code: UrlFault) => new Problem('invalid_request', { errors: [{ field: 'return_to', code }] })
  const url = /^https?:\/\/[^/\\]/i.test(text) ? parseUrl(text) : undefined
  if (url === undefined || url.href.length > maxUrlLength) throw refuse('not_a_url')
  if (hasUserinfo(url)) throw refuse('userinfo')
  if (url.origin !== origin) throw refuse('origin_not_listed')
  return url.href
}

function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

function hasUserinfo(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}

function refusal(field: string, code: UrlFault): Problem {
  return new Problem('invalid_request', { errors: [{ field, code }] })
}
