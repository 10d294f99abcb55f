import type { FaultCode } from '../faults.ts'
import { Problem } from '../problems.ts'
import type { SiteInput } from '../protocol.ts'
import { parseDomain } from '../users/address.ts'
import { originOf, parseLandingUrls } from './landing.ts'
import { parseOrigin } from './origins.ts'
import { parsePublicUrl } from './public-url.ts'
import type { SiteWebhook } from './webhook.ts'

/** A site: one owner's web site, with its origins. The rules of those are in `origins.ts` and `landing.ts`. */
export type Site = {
  /** 16 hexadecimal characters: it stands in cookie names. */
  id: string
  name: string
  /** Exact origins; one `*` is allowed in the first label of preview hosts. */
  origins: string[]
  /** At most one for each origin: the only places a link may lead to. */
  landingUrls: string[]
  mode: 'open' | 'invite'
  /** A link signs in only the browser that asked for it; elsewhere there is the code. */
  strict?: true
  /** Mails hold no link: the code alone signs in. */
  codeOnly?: true
  /** Empty: every domain. Lower-case A-labels. */
  allowedDomains: string[]
  locale?: string
  /** Where this backend gets the picture that its pages show. */
  logoUrl?: string
  accentColor?: string
  linkTtlSeconds: number
  idleSeconds: number
  absoluteSeconds: number
  webhook?: SiteWebhook
  /** Its rules were narrowed, and not everybody is known to be out who may not sign in any more. */
  shutsOut?: true
  createdAt: number
}

/** What a site is when its owner says nothing else. */
export const siteDefaults = {
  linkTtlSeconds: 600,
  /** 14 days. */
  idleSeconds: 1_209_600,
  /** 30 days. */
  absoluteSeconds: 2_592_000,
} as const

/** What a site begins as: an id and a time. */
export type NewSite = Pick<Site, 'id' | 'createdAt'>

/**
 * An owner's input on top of `base` → the whole site, every value canonical. `base` is `{id, createdAt}` for a new site
 * and the site itself for a change: fields left out stay as they are, and an empty text takes away the language, the logo, the colour or the webhook.
 * An origin that goes takes its landing URL with it.
 * Throws `invalid_request`, which names the field (`origins.1`) and an `OriginFault`, a `UrlFault`, `not_a_domain` or `required`.
 */
export function siteFromInput(input: SiteInput, base: NewSite | Site, { production }: { production: boolean }): Site {
  const old: Partial<Site> & NewSite = base
  const origins = input.origins ? originsFrom(input.origins, production) : required('origins', old.origins)
  const optional = {
    locale: input.locale ?? old.locale,
    logoUrl: input.logo_url ? parsePublicUrl(input.logo_url, 'logo_url', production) : (input.logo_url ?? old.logoUrl),
    accentColor: input.accent_color?.toLowerCase() ?? old.accentColor,
    webhook: input.webhook ? webhookFrom(input.webhook.url, old.webhook, production) : old.webhook,
  }
  const landingUrls = landingUrlsFrom(input, old, origins)
  const strict = input.strict ?? old.strict ?? false
  const codeOnly = input.code_only ?? old.codeOnly ?? false
  if (strict && !codeOnly && !origins.every((origin) => landingUrls.some((url) => originOf(url) === origin))) refuse('strict', 'landing_url_required')
  return {
    id: old.id,
    name: required('name', input.name ?? old.name),
    origins,
    landingUrls,
    mode: input.mode ?? old.mode ?? 'open',
    ...(strict && { strict }),
    ...(codeOnly && { codeOnly }),
    allowedDomains: input.allowed_domains ? domainsFrom(input.allowed_domains) : (old.allowedDomains ?? []),
    ...(optional.locale && { locale: optional.locale }),
    ...(optional.logoUrl && { logoUrl: optional.logoUrl }),
    ...(optional.accentColor && { accentColor: optional.accentColor }),
    ...(optional.webhook && { webhook: optional.webhook }),
    linkTtlSeconds: input.link_ttl ?? old.linkTtlSeconds ?? siteDefaults.linkTtlSeconds,
    idleSeconds: input.session?.idle ?? old.idleSeconds ?? siteDefaults.idleSeconds,
    absoluteSeconds: input.session?.absolute ?? old.absoluteSeconds ?? siteDefaults.absoluteSeconds,
    createdAt: old.createdAt,
  }
}

function originsFrom(texts: readonly string[], production: boolean): string[] {
  return [...new Set(texts.map((text, index) => parseOrigin(text, { production, field: `origins.${index}` })))]
}

function landingUrlsFrom(input: SiteInput, old: Partial<Site>, origins: string[]): string[] {
  if (input.landing_urls) return parseLandingUrls(input.landing_urls, origins)
  return (old.landingUrls ?? []).filter((url) => origins.includes(originOf(url)))
}

function domainsFrom(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text, index) => parseDomain(text) ?? refuse(`allowed_domains.${index}`, 'not_a_domain')))]
}

/** The same address keeps its secret. Another one gets another (`withSecret`), and what waits for the one before. An empty text takes it away. */
function webhookFrom(text: string, old: SiteWebhook | undefined, production: boolean): SiteWebhook | undefined {
  if (text === '') return undefined
  const url = parsePublicUrl(text, 'webhook.url', production)
  if (url === old?.url || !old) return old ?? { url }
  const { since, sent } = old
  return { url, ...(since !== undefined && { since }), ...(sent && { sent }) }
}

function required<Value>(field: string, value: Value | undefined): Value {
  return value ?? refuse(field, 'required')
}

function refuse(field: string, code: FaultCode): never {
  throw new Problem('invalid_request', { errors: [{ field, code }] })
}
