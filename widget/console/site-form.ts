/** A site's settings as a form: days and minutes for people, seconds for the API. */
import { html, type TemplateResult } from 'lit'
import type { Fault } from './admin-api.ts'
import type { Site } from './answers.ts'
import { field, linesOf, type Field } from './parts.ts'

const daySeconds = 86_400
const minuteSeconds = 60

/** In the order in which an owner thinks of them; what most never touch is folded away. */
const fields = (site: Site | undefined): { always: Field[]; seldom: Field[] } => ({
  always: [
    { name: 'name', label: 'Name', hint: 'People read it in the mail and on the pages.', value: site?.name ?? '', required: true },
    { name: 'origins', label: 'Origins', hint: 'Where the element may stand, one a line: https://shop.example. For preview hosts: https://*--my-site.netlify.app', value: site?.origins.join('\n') ?? '', rows: 3, required: true },
    { name: 'landing_urls', label: 'Landing pages', hint: 'The page that a mailed link leads to, at most one for each origin. It has to hold the script.', value: site?.landing_urls.join('\n') ?? '', rows: 2 },
    { name: 'mode', label: 'Who may sign in', value: site?.mode ?? 'open', choices: [['open', 'Everybody'], ['invite', 'Who is invited']] },
  ],
  seldom: [
    { name: 'ways', label: 'What is mailed', hint: 'The second takes a landing page for each origin. For the third the element has the attribute code-only, as in its snippet.', value: site?.code_only ? 'code' : site?.strict ? 'strict' : 'link', choices: [['link', 'A link and a code; the link signs in elsewhere too, with the number or there'], ['strict', 'A link for the browser that asked alone, and a code for elsewhere'], ['code', 'A code, and no link']], mind: (ways) => otherSnippet(ways, site) },
    { name: 'allowed_domains', label: 'Domains', hint: 'Only addresses of these domains, one a line. None: all.', value: site?.allowed_domains.join('\n') ?? '', rows: 2 },
    { name: 'locale', label: 'Language', hint: 'Of mails and pages, where the visitor’s page names none: de, pt-BR.', value: site?.locale ?? '' },
    { name: 'logo_url', label: 'Logo', hint: 'The https address of a picture (PNG, JPEG, WebP, AVIF, GIF or SVG, at most 128 KiB). The pages of a link show it, from here.', value: site?.logo_url ?? '' },
    { name: 'accent_color', label: 'Colour', hint: 'Of buttons in the mail and on the pages: #2f4fd0.', value: site?.accent_color ?? '' },
    { name: 'link_ttl', label: 'Minutes that a link works', hint: 'At most 10.', type: 'number', value: `${(site?.link_ttl ?? 600) / minuteSeconds}` },
    { name: 'session.idle', label: 'Days that a session lasts without a visit', type: 'number', value: `${(site?.session.idle ?? 14 * daySeconds) / daySeconds}` },
    { name: 'session.absolute', label: 'Days that a session lasts at most', type: 'number', value: `${(site?.session.absolute ?? 30 * daySeconds) / daySeconds}` },
    { name: 'webhook.url', label: 'Webhook', hint: 'Where the site’s events are posted, signed.', value: site?.webhook?.url ?? '' },
  ],
})

function otherSnippet(ways: string, site: Site | undefined): string {
  if (!site || (ways === 'code') === site.code_only) return ''
  const [act, speaks] = ways === 'code' ? ['put the attribute code-only on', 'a link that no mail holds'] : ['take the attribute code-only from', 'a code alone']
  return `Once it is saved, ${act} the element in each of your pages: until then the form there speaks of ${speaks}. Embed has the snippet.`
}

const allFields = (site: Site | undefined): Field[] => Object.values(fields(site)).flat()

export const siteFieldNames = allFields(undefined).map(({ name }) => name)

export function siteFields(site: Site | undefined, faults: readonly Fault[]): TemplateResult {
  const { always, seldom } = fields(site)
  const wrong = seldom.some(({ name }) => faults.some((fault) => fault.field === name || fault.field.startsWith(`${name}.`)))
  return html`${always.map((each) => field(each, faults))}
    <details ?open=${site !== undefined || wrong}><summary>More</summary>${seldom.map((each) => field(each, faults))}</details>`
}

/** Whether a field says something else than for that site. */
function isNewIn(site: Site | undefined): (name: string, said: string) => boolean {
  const was = new Map(allFields(site).map(({ name, value = '' }) => [name, value]))
  return (name, said) => said.trim().replaceAll('\r', '') !== was.get(name)
}

/**
 * What the form says, in the names of the API. With `site`, only what was changed: whoever changed something else meanwhile keeps it.
 * A number that is none goes as it is, and the API says so.
 */
export function siteBody(value: (name: string) => string, site?: Site): Record<string, unknown> {
  const said = (name: string) => value(name).trim()
  const isNewFor = isNewIn(site)
  const isNew = (name: string) => isNewFor(name, said(name))
  const texts = ['name', 'mode', 'locale', 'logo_url', 'accent_color'].filter((name) => isNew(name) || (!site && name === 'name')).map((name) => [name, said(name)] as const)
  const lists = ['origins', 'landing_urls', 'allowed_domains'].filter((name) => isNew(name) || (!site && name === 'origins')).map((name) => [name, linesOf(value(name))] as const)
  const session = ['idle', 'absolute'].filter((name) => isNew(`session.${name}`)).map((name) => [name, seconds(said(`session.${name}`), daySeconds)] as const)
  return {
    ...fromEntries([...texts, ...lists]),
    ...(isNew('ways') && { strict: said('ways') === 'strict', code_only: said('ways') === 'code' }),
    ...(isNew('link_ttl') && { link_ttl: seconds(said('link_ttl'), minuteSeconds) }),
    ...(session.length > 0 && { session: fromEntries(session) }),
    ...(isNew('webhook.url') && { webhook: { url: said('webhook.url') } }),
  }
}

/** What the form would write over, that somebody else wrote since `known`: the field's label, and what it says `now`. */
export function writtenMeanwhile(value: (name: string) => string, { site, known, now }: Record<'site' | 'known' | 'now', Site>): string[] {
  const [isMine, isTheirs] = [isNewIn(site), isNewIn(known)]
  return allFields(now).filter(({ name, value: theirs = '' }) => isMine(name, value(name)) && isTheirs(name, theirs)).map(({ label, value: theirs = '', choices }) => {
    const shown = choices?.find(([each]) => each === theirs)?.[1] ?? theirs.replaceAll('\n', ', ')
    return `${label} meanwhile, to: ${shown || 'nothing'}.`
  })
}

/** Whether somebody who may sign in now may not any more, once `body` is sent. */
export function narrows({ mode, allowed_domains: domains }: { mode?: unknown; allowed_domains?: unknown }, site: Site): boolean {
  const isNarrower = Array.isArray(domains) && domains.length > 0 && (site.allowed_domains.length === 0 || !site.allowed_domains.every((domain) => domains.includes(domain)))
  return (mode === 'invite' && site.mode === 'open') || isNarrower
}

const fromEntries = (entries: (readonly [string, unknown])[]): Record<string, unknown> => Object.fromEntries(entries)

function seconds(text: string, each: number): number | string {
  const count = Number(text.replace(',', '.'))
  return text === '' || Number.isNaN(count) ? text : Math.round(count * each)
}
