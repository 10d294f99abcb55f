/** Every page that a link may open and every mail, as this server gives them out, each from a sign-in of its own. */
import assert from 'node:assert/strict'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { visitor } from '../../backend/testing/visitor.ts'
import type { StartSignInAnswer } from '../../backend/protocol.ts'
import { until } from './engine-process.ts'
import { somebody } from './person.ts'
import type { Stage } from './stage.ts'

export type Begun = { id: string; number: string; code: string; token: string; html: string; bridge: (path: string, body?: object) => Promise<unknown> }
type Wish = { locale?: string; site?: string; address?: string }

/** Somebody has asked for a link and has the mail; no browser is needed for that. */
export async function begin({ server, host, siteId, outbox, letterTo }: Stage, { locale = 'en', site = siteId, address = somebody() }: Wish = {}): Promise<Begun> {
  const { challenge, verifier } = visitor({ url: server, site: { id: site } })
  const post = async (path: string, body: object, origin: string) => {
    const answer = await fetch(server + path, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin }, body: JSON.stringify(body) })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.status === 204 ? undefined : answer.json()
  }
  const before = outbox.letters().filter(({ to }) => to === address).length
  const { id, number } = (await post('/v1/sign-ins', { site, email: address, challenge, locale }, host)) as StartSignInAnswer
  // The newest, once there is one more than before.
  await letterTo(address, before)
  const { link, code } = await letterTo(address)
  const html = outbox.letters().find(({ to }) => to === address)?.html ?? ''
  return { id, number, code, html, token: new URL(link).searchParams.get('token') ?? '', bridge: (path, body = {}) => post(path, { verifier, ...body }, server) }
}

export async function linkedPages(stage: Stage, locale = 'en'): Promise<Record<string, string>> {
  const { server, host } = stage
  const asked = async (path: string, init: RequestInit = {}) => (await fetch(server + path, { redirect: 'manual', ...init, headers: { Accept: 'text/html', 'Accept-Language': locale, ...init.headers } })).text()
  const press = (token: string, choice: string, number = '') =>
    asked('/approve', { method: 'POST', body: new URLSearchParams({ token, choice, number }), headers: { 'Sec-Fetch-Site': 'same-origin' } })
  const look = ({ token }: Begun) => asked(`/approve?token=${token}`)
  const short = await createSite(stage.services, { name: 'The Slow Atlas', origins: [host], landing_urls: [`${host}/`], link_ttl: 1 })
  const strict = await createSite(stage.services, { name: 'The Slow Atlas', origins: [host], landing_urls: [`${host}/`], strict: true })
  const another = () => begin(stage, { locale })
  const [approved, rejected, used, cancelled, moved] = await Promise.all([another(), another(), another(), another(), another()])
  const expired = await begin(stage, { locale, site: short.id })
  const pages: Record<string, string> = { mail: approved.html, approve: await look(approved) }
  pages.strict = await look(await begin(stage, { locale, site: strict.id }))
  pages['wrong number'] = await press(approved.token, 'there', String((Number(approved.number) + 1) % 100).padStart(2, '0'))
  pages.approved = await press(approved.token, 'there', approved.number)
  pages['already approved'] = await look(approved)
  pages['just rejected'] = await press(rejected.token, 'reject')
  pages.rejected = await look(rejected)
  await used.bridge('/v1/sessions', { sign_in: used.id, code: used.code })
  pages.used = await look(used)
  await cancelled.bridge(`/v1/sign-ins/${cancelled.id}/cancel`)
  pages.cancelled = await look(cancelled)
  await press(moved.token, 'here')
  pages.moved = await look(moved)
  pages.malformed = await asked('/link?token=nonsense')
  pages.problem = await asked('/nothing-here')
  pages.expired = await until('the end of a link', 30_000, async () => {
    const html = await look(expired)
    return html.includes('name="choice"') ? undefined : html
  })
  return pages
}
