/** The audit log, newest first: of a site, of one person there, or what belongs to no site. */
import { html, nothing, type TemplateResult } from 'lit'
import { event as eventAnswer, listOf, type Event, type Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { Listing } from './listing.ts'
import { listed, moment } from './parts.ts'
import { hashOf } from './route.ts'

type Log = { base: string; /** An id: only what names it. */ about?: string; site?: Site }

export function eventsOf(desk: Desk, { base, about, site }: Log): Pick<Screen, 'load' | 'view'> {
  const query = (after = '') => new URLSearchParams({ order: 'newest', after, ...(about !== undefined && { about }) }).toString()
  const events = new Listing((after) => desk.api.get(`${base}?${query(after)}`, listOf(eventAnswer)))
  return {
    load: () => events.load(),
    view: () => listed(events, {
      caption: 'Events',
      heads: ['When', 'What', 'Whose', 'From'],
      row: (each) => row(each, site),
      none: 'Nothing yet.',
      more: () => void desk.act(() => events.more()),
    }),
  }
}

export const siteEvents = (desk: Desk, site: Site): Screen => ({ title: () => 'Events', ...eventsOf(desk, { base: `/sites/${site.id}/events`, site }) })

/** The story of one sign-in: who asked, what became of its mail, how it ended. */
export function eventsAbout(desk: Desk, site: Site, about: string): Screen {
  const { load, view } = eventsOf(desk, { base: `/sites/${site.id}/events`, about, site })
  return { title: () => 'Events', load, view: () => html`<p class="way">Of <code>${about}</code> – <a href=${hashOf.site(site.id, 'events')}>all events</a></p>${view()}` }
}

/** What belongs to no site: tokens that were refused, sites that are gone. */
export function logScreen(desk: Desk): Screen {
  const { load, view } = eventsOf(desk, { base: '/events' })
  return { title: () => 'Server log', load, view: () => html`<h1 tabindex="-1">Server log</h1><p class="hint">What belongs to no site that is there: refused operators’ tokens, removed sites, keys.</p>${view()}` }
}

const row = (event: Event, site: Site | undefined): TemplateResult => html`<tr>
  <td>${moment(event.at)}</td>
  <th scope="row"><code>${event.event}</code>${event.why === undefined ? nothing : html` <span class="soft">${event.why.replaceAll('_', ' ')}</span>`}</th>
  <td>${whose(event, site)}</td>
  <td>${event.network ?? ''}</td>
</tr>`

/** Leads on to the person, or to the other events of that sign-in. */
function whose({ user, sign_in: signIn, sid, site: of = '' }: Event, site: Site | undefined): TemplateResult {
  if (!site) return html`<code>${of}</code>`
  const person = user === undefined ? nothing : html`<div><a href=${hashOf.person(site.id, user)}>person ${user}</a></div>`
  const began = signIn === undefined ? nothing : html`<div><a href=${hashOf.about(site.id, signIn)}>sign-in ${signIn}</a></div>`
  const lasted = sid === undefined ? nothing : html`<div class="soft">session ${sid}</div>`
  return html`${person}${began}${lasted}`
}
