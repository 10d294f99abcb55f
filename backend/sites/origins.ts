/** Origins of host sites: what may be listed, and what a listed one allows. */
import { getPublicSuffix } from 'tldts'
import { Problem } from '../problems.ts'
import { parseDomain } from '../users/address.ts'

export type OriginFault = 'not_an_origin' | 'https_required' | 'wildcard_misplaced' | 'wildcard_too_wide'
export type OriginPolicy = {
  /** Plain http is for loopback hosts, and for none in production (R96). */
  readonly production: boolean
}
export type OriginRules = OriginPolicy & {
  /** What a refusal names. Default: `origins`. */
  field?: string
}

const shape = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^/?#@\\:[\]\s]+)(?::(\d{1,5}))?$/i
const hostName = /^(?:[a-z0-9_*-]{1,63}\.)*[a-z0-9_*-]{1,63}$/

/**
 * An owner's origin → its canonical form, as a browser serialises it: `HTTPS://Example.com:443` → `https://example.com`.
 * Nothing but scheme, host and port. One `*` may stand in the first label of preview hosts (`https://*--my-site.netlify.app`).
 * Throws `invalid_request` with an `OriginFault`.
 */
export function parseOrigin(text: string, { production, field = 'origins' }: OriginRules): string {
  const refuse = (code: OriginFault) => new Problem('invalid_request', { errors: [{ field, code }] })
  const [, scheme = '', host = '', port] = shape.exec(text) ?? []
  const hostname = canonicalHost(host)
  const url = parseUrl(`${scheme}://${hostname ?? ''}${port === undefined ? '' : `:${port}`}`)
  const isAsWritten = host.startsWith('[') || url?.hostname === hostname
  if (url === undefined || !isAsWritten) throw refuse('not_an_origin')
  if (url.protocol !== 'https:' && (production || !isLoopbackHost(url.hostname))) throw refuse('https_required')
  const fault = wildcardFault(url.hostname)
  if (fault) throw refuse(fault)
  return url.origin
}

/** An absolute URL by the WHATWG rules, or nothing. */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Whether a host name, as the URL parser gives it, is this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === '[::1]' || /^(?:[a-z0-9-]+\.)*localhost$/.test(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/**
 * Whether a listed pattern covers an origin. `*` stands for one or more letters, digits and hyphens, never for a dot.
 * Compares text: what is not written as a browser writes it (`null`, upper case, a trailing dot, `:443`) matches nothing.
 */
export function originMatches(pattern: string, origin: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === origin
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false
  return /^[a-z0-9-]+$/.test(origin.slice(before.length, origin.length - after.length))
}

type WithOrigins = { readonly origins: readonly string[] }

/** Whether pages of `origin`, the exact text of the `Origin` header, may use the site (R50). */
export function siteAllowsOrigin(site: WithOrigins, origin: string, policy: OriginPolicy): boolean {
  return isServed(origin, policy) && siteListsOrigin(site, origin)
}

/** What is written there; whether it counts is for `siteAllowsOrigin` to say. */
export function siteListsOrigin(site: WithOrigins, origin: string): boolean {
  return site.origins.some((pattern) => originMatches(pattern, origin))
}

/** In production nothing of plain http counts, though a site that was written in development has it (R96). A pattern has the scheme of all that it covers. */
export function isServed(originOrPattern: string, { production }: OriginPolicy): boolean {
  return !production || originOrPattern.startsWith('https:')
}

/** The first that counts and is no pattern. */
export function exactOrigin({ origins }: WithOrigins, policy: OriginPolicy): string | undefined {
  return origins.find((pattern) => !pattern.includes('*') && isServed(pattern, policy))
}

/** What a store finds a listed pattern under: its text; of one with a `*`, all but its first label. */
export const keyOfPattern = (pattern: string): string => (pattern.includes('*') ? withAnyFirstLabel(pattern) : pattern)

/** Where the patterns are that may cover an origin: each is found under one of these two. */
export const keysOfOrigin = (origin: string): [string, string] => [origin, withAnyFirstLabel(origin)]

const withAnyFirstLabel = (origin: string): string => origin.replace(/\/\/[^./]*/, '//*')

function canonicalHost(host: string): string | undefined {
  const lower = host.toLowerCase()
  if (host.startsWith('[') || hostName.test(lower)) return lower
  return parseDomain(host)
}

/** Where a `*` would let in hosts that anybody may register, or stands where no preview host has one. */
function wildcardFault(hostname: string): OriginFault | undefined {
  if (!hostname.includes('*')) return undefined
  const [first = '', ...others] = hostname.split('.')
  const rest = others.join('.')
  if (first.split('*').length !== 2 || rest.includes('*') || rest === '') return 'wildcard_misplaced'
  // `my-app-*.vercel.app` is how previews are named; `*.vercel.app` is everybody, and so is `my-*.com`.
  const suffix = getPublicSuffix(`example-label.${rest}`, { allowPrivateDomains: first === '*' })
  return (suffix ?? rest).length >= rest.length ? 'wildcard_too_wide' : undefined
}
