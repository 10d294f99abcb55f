/** Who has an account at a site, and the form that invites somebody. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Fault } from './admin-api.ts'
import { listOf, made, user as userAnswer, type Site, type User } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { Listing } from './listing.ts'
import { badge, field, listed, moment, otherFaults, sent } from './parts.ts'
import { keep, recall } from './recall.ts'
import { hashOf } from './route.ts'

export const addressOf = ({ email, phone }: Pick<User, 'email' | 'phone'>): string => email ?? phone ?? ''

/** As the API takes it: a number begins with a plus. */
export const addressed = (address: string): { email?: string; phone?: string } => ({ [address.startsWith('+') ? 'phone' : 'email']: address })

/** What is wrong with either is shown at the one control. */
export const atAddress = (faults: readonly Fault[]): Fault[] => faults.filter(({ field: name }) => name === 'email' || name === 'phone').map((fault) => ({ ...fault, field: 'address' }))

export function peopleTab(desk: Desk, site: Site): Screen {
  const { api } = desk
  const base = `/sites/${site.id}/users`
  let query = recall()
  const people = new Listing((cursor) => api.get(`${base}?${new URLSearchParams({ q: query, cursor: cursor ?? '' }).toString()}`, listOf(userAnswer)))
  const search = (event: SubmitEvent) => {
    const said = sent(event)
    void desk.act(() => {
      query = keep(said('q').trim())
      return people.load()
    })
  }
  const invite = (event: SubmitEvent) => {
    const said = sent(event)
    const form = event.currentTarget as HTMLFormElement
    void desk.act(async () => {
      const address = said('address').trim()
      await api.send('POST', base, { ...addressed(address), ...(said('mail') && { mail: true }) }, made)
      form.reset()
      await people.load()
      return said('mail') ? `${address} is invited, and is told so.` : `${address} is invited.`
    })
  }
  return {
    title: () => 'People',
    load: () => people.load(),
    view: () => html`
      <form class="row" role="search" @submit=${search}>
        ${field({ name: 'q', label: 'Search', type: 'search', value: query }, desk.faults)} <button>Search</button>
      </form>
      ${listed(people, { caption: 'People', heads: ['Address', 'Last sign-in', 'Since', ''], row: (each) => row(site, each), none: query ? 'Nobody here has an address like that.' : 'Nobody yet.', more: () => void desk.act(() => people.more()) })}
      <h2>Invite somebody</h2>
      <form class="row" @submit=${invite} novalidate>
        ${field({ name: 'address', label: 'E-mail address or phone number', required: true }, atAddress(desk.faults))}
        <label class="check"><input type="checkbox" name="mail" value="yes"> Send an invitation</label>
        <button>Invite</button>
      </form>
      <p class="fault">${otherFaults(desk.faults, ['email', 'phone', 'q'])}</p>`,
  }
}

const row = (site: Site, user: User): TemplateResult => html`<tr>
  <th scope="row"><a href=${hashOf.person(site.id, user.id)}>${addressOf(user)}</a></th>
  <td>${moment(user.last_sign_in_at)}</td>
  <td>${moment(user.created_at)}</td>
  <td>${user.blocked ? badge('blocked', 'bad') : nothing} ${user.invited ? badge('invited') : nothing} ${user.roles.map((role) => html`${badge(role)} `)}</td>
</tr>`
