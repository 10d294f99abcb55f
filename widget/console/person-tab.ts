/** One person at one site: where they are signed in, what was and what an owner can do about it. */
import { html, nothing, type TemplateResult } from 'lit'
import * as v from 'valibot'
import { Refused } from './admin-api.ts'
import { listOf, session as sessionAnswer, user as userAnswer, type Session, type Site, type User } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { eventsOf } from './events.ts'
import { badge, download, field, moment, sent, table } from './parts.ts'
import { addressed, addressOf, atAddress } from './people-tab.ts'
import { hashOf } from './route.ts'

export function personTab(desk: Desk, site: Site, uid: string): Screen {
  const { api } = desk
  const base = `/sites/${site.id}/users/${uid}`
  const happened = eventsOf(desk, { base: `/sites/${site.id}/events`, about: uid, site })
  const details = detailsForm(desk, base)
  let user: User | undefined
  let sessions: Session[] = []
  const load = async () => {
    const [found, listed] = await Promise.all([api.get(base, userAnswer), api.get(`${base}/sessions`, listOf(sessionAnswer)), happened.load()])
    user = found
    sessions = listed.items
  }
  const acts = actsOn(desk, { base, home: hashOf.site(site.id), load })
  return {
    title: () => (user ? addressOf(user) : ''),
    async load() {
      await load()
      if (user) details.took(user)
    },
    view: () => (user ? person(user, { desk, details, sessions, happened, ...acts }) : html``),
  }
}

type Acts = ReturnType<typeof actsOn>

/** What an owner can do; each is shown at once. */
function actsOn(desk: Desk, { base, home, load }: { base: string; home: string; load: () => Promise<void> }) {
  const { api } = desk
  const done = (doing: () => Promise<unknown>, said: string) => desk.act(async () => {
    await doing()
    await load()
    return said
  })
  return {
    change: (body: object, said: string) => done(() => api.send('PATCH', base, body, userAnswer), said),
    end: (sid: string) => done(() => api.act('DELETE', `${base}/sessions/${encodeURIComponent(sid)}`), 'That session is over.'),
    async move(address: string, to: string) {
      const question = { question: `Give the account of ${address} another address?`, consequence: `From now on ${to} signs in to it, and ${address} does not any more. Everything begun with that one is over, and it is told.`, yes: 'Change the address' }
      if (to !== '' && (await desk.confirm(question))) await done(() => api.send('PATCH', base, addressed(to), userAnswer), `${to} signs in to this account from now on.`)
    },
    revoke: () => done(() => api.act('POST', `${base}/revoke`), 'Every session and every pending sign-in is over.'),
    give: (address: string) => desk.act(async () => download(`${address}.json`, JSON.stringify(await api.get(`${base}/export`, v.unknown()), null, 2))),
    async erase(address: string) {
      const question = { question: `Erase ${address}?`, consequence: 'The account goes with its sessions, sign-ins and data. Nothing brings it back.', yes: 'Erase for good', typed: address }
      if (!(await desk.confirm(question))) return
      await desk.act(async () => {
        await api.act('DELETE', base)
        desk.go(home, `${address} is erased.`)
      })
    },
  }
}

type Details = Pick<User, 'roles' | 'metadata'>
type Shown = Acts & { desk: Desk; details: Pick<Screen, 'view'>; sessions: Session[]; happened: Pick<Screen, 'view'> }

function person(user: User, { desk, details, sessions, happened, change, move, end, revoke, give, erase }: Shown): TemplateResult {
  const address = addressOf(user)
  const block = () => void change({ blocked: !user.blocked }, user.blocked ? `${address} may sign in again.` : `${address} is blocked, and signed out everywhere.`)
  const uninvite = () => void change({ invited: !user.invited }, user.invited ? `${address} is not invited any more.` : `${address} is invited.`)
  return html`
    <h2 class="person">${address} ${user.blocked ? badge('blocked', 'bad') : nothing} ${user.invited ? badge('invited') : nothing}</h2>
    <dl><dt>Id (the token’s <code>sub</code>)</dt><dd><code>${user.id}</code></dd><dt>Since</dt><dd>${moment(user.created_at)}</dd><dt>Last sign-in</dt><dd>${moment(user.last_sign_in_at)}</dd></dl>
    <p class="acts">
      <button type="button" @click=${() => void revoke()}>Sign out everywhere</button>
      <button type="button" @click=${block}>${user.blocked ? 'Unblock' : 'Block'}</button>
      <button type="button" @click=${uninvite}>${user.invited ? 'Take the invitation back' : 'Invite'}</button>
      <button type="button" @click=${() => void give(address)}>Export</button>
      <button type="button" class="danger" @click=${() => void erase(address)}>Erase…</button>
    </p>
    <h3>Another address</h3>
    <form class="row" @submit=${(event: SubmitEvent) => void move(address, sent(event)('address').trim())} novalidate>
      ${field({ name: 'address', label: 'E-mail address or phone number', hint: 'It stays the same account.' }, atAddress(desk.faults))}
      <button>Change the address…</button>
    </form>
    <h3>Signed in at</h3>
    ${sessions.length === 0 ? html`<p class="none">Nowhere.</p>` : table('Sessions', ['Browser', 'Since', 'Last seen', 'Ends', ''], sessions.map((each) => sessionRow(each, end)))}
    <h3>Roles and metadata</h3>
    ${details.view()}
    <h3>What happened</h3>
    ${happened.view()}`
}

const sessionRow = ({ sid, browser, created_at: since, last_seen_at: seen, ends_at: ends }: Session, end: Acts['end']): TemplateResult => html`<tr>
  <th scope="row">${browser}</th><td>${moment(since)}</td><td>${moment(seen)}</td><td>${moment(ends)}</td>
  <td><button type="button" aria-label="End the session of ${browser}" @click=${() => void end(sid)}>End</button></td>
</tr>`

/** As text, in the form's fields. */
const textsOf = ({ roles, metadata }: Details) => ({ roles: roles.join(', '), metadata: JSON.stringify(metadata, null, 2) })

/** Roles and metadata take the place of what was there: only what was typed is sent, and nothing over what somebody else wrote meanwhile. */
function detailsForm(desk: Desk, base: string) {
  const { api } = desk
  let known: Details = { roles: [], metadata: {} }
  // What the fields began with. An act beside the form leaves it, so that what is typed stays.
  let shown = textsOf(known)
  const took = (user: Details) => {
    known = user
    shown = textsOf(user)
  }
  const save = (event: SubmitEvent) => {
    const said = sent(event)
    void desk.act(async () => {
      const body = typedIn(said, shown)
      if (Object.keys(body).length === 0) return 'Nothing was changed.'
      const now = await api.get(base, userAnswer)
      const other = (['roles', 'metadata'] as const).flatMap((name) => (name in body && JSON.stringify(now[name]) !== JSON.stringify(known[name]) ? [`the ${name}, to ${JSON.stringify(now[name])}`] : []))
      known = now
      if (other.length > 0) throw new Refused(409, `Somebody else changed ${other.join(' and ')}. Nothing was saved: Save once more puts yours in its place.`)
      took(await api.send('PATCH', base, body, userAnswer))
      return 'Saved. Tokens have the roles from the next refresh on.'
    })
  }
  const view = () => html`<form @submit=${save} novalidate>
    ${field({ name: 'roles', label: 'Roles', hint: 'They stand in every access token: admin, editor.', value: shown.roles }, desk.faults)}
    ${field({ name: 'metadata', label: 'Metadata', hint: 'An object of JSON, for your own use.', value: shown.metadata, rows: 4 }, desk.faults)}
    <p><button>Save</button></p>
  </form>`
  return { took, view }
}

function typedIn(said: (name: string) => string, shown: ReturnType<typeof textsOf>) {
  const text = said('metadata').replaceAll('\r', '')
  return {
    ...(said('roles') !== shown.roles && { roles: said('roles').split(/[\s,]+/).filter(Boolean) }),
    // What is no JSON goes as the text that it is, and the API says that it is wrong.
    ...(text !== shown.metadata && { metadata: asJson(text) ?? text }),
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text.trim() || '{}')
  } catch {
    return undefined
  }
}
