/** What is under way at a site, what became of its mails, and the press that stops one. */
import { html, nothing, type TemplateResult } from 'lit'
import { listOf, signIn as signInAnswer, signInStates, type SignIn, type Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { Listing } from './listing.ts'
import { badge, field, listed, moment, sent } from './parts.ts'
import { addressOf } from './people-tab.ts'
import { keep, recall } from './recall.ts'
import { hashOf } from './route.ts'

const choices = [['', 'All'], ...signInStates.map((state) => [state, state] as const)] as const
/** Once completed, it is the session that ends. */
const stoppable = new Set<SignIn['state']>(['pending', 'approved', 'moved', 'completed'])

export function signInsTab(desk: Desk, site: Site): Screen {
  const { api } = desk
  const base = `/sites/${site.id}/sign-ins`
  let state = recall()
  const signIns = new Listing((cursor) => api.get(`${base}?${new URLSearchParams({ state, cursor: cursor ?? '' }).toString()}`, listOf(signInAnswer)))
  const show = (event: SubmitEvent) => {
    const said = sent(event)
    void desk.act(() => {
      state = keep(said('state'))
      return signIns.load()
    })
  }
  const stop = (id: string) => desk.act(async () => {
    await api.act('POST', `${base}/${encodeURIComponent(id)}/revoke`)
    await signIns.load()
    return 'That sign-in is over: its link, its code, and what came of it.'
  })
  return {
    title: () => 'Sign-ins',
    load: () => signIns.load(),
    view: () => html`
      <form class="row" @submit=${show}>
        ${field({ name: 'state', label: 'State', value: state, choices }, [])}
        <button>Show</button>
      </form>
      ${listed(signIns, { caption: 'Sign-ins', heads: ['Address', 'State', 'Mail', 'Asked by', 'When', ''], row: (each) => row(site, each, stop), none: 'None.', more: () => void desk.act(() => signIns.more()) })}`,
  }
}

const tones: Partial<Record<string, 'good' | 'bad'>> = { completed: 'good', rejected: 'bad', failed: 'bad', deferred: 'bad', sent: 'good' }

const row = (site: Site, signIn: SignIn, stop: (id: string) => Promise<void>): TemplateResult => html`<tr>
  <th scope="row">${addressOf(signIn)}</th>
  <td>${badge(signIn.state, tones[signIn.state])} ${signIn.invitation ? badge('invitation') : nothing}${signIn.farewell ? badge('to a former address') : nothing}</td>
  <td>${badge(signIn.delivery, tones[signIn.delivery])}</td>
  <td>${signIn.browser}<div class="soft">${signIn.origin}</div></td>
  <td>${moment(signIn.created_at)}</td>
  <td class="acts"><a class="button" href=${hashOf.about(site.id, signIn.id)} aria-label="Events of the sign-in of ${addressOf(signIn)}">Events</a>${stoppable.has(signIn.state) ? html`<button type="button" aria-label="Stop the sign-in of ${addressOf(signIn)}" @click=${() => void stop(signIn.id)}>Stop</button>` : nothing}</td>
</tr>`
