/** All sites, and whether the backend is ready; and the form that adds one. */
import { html, nothing } from 'lit'
import { listOf, site as siteAnswer, type Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { badge, field, table, sent, otherFaults } from './parts.ts'
import { keep, recall } from './recall.ts'
import { hashOf } from './route.ts'
import { siteBody, siteFieldNames, siteFields } from './site-form.ts'

/** From as many sites on there is a search. */
const many = 10

export function sitesScreen(desk: Desk): Screen {
  const { api } = desk
  let sites: Site[] = []
  let ready: { store: boolean; mail: boolean } | undefined
  let query = recall()
  const found = () => sites.filter(({ id, name, origins }) => [id, name, ...origins].some((text) => text.toLowerCase().includes(query.toLowerCase())))
  const search = (event: SubmitEvent) => {
    const said = sent(event)
    void desk.act(() => {
      query = keep(said('q').trim())
      return Promise.resolve()
    })
  }
  return {
    title: () => 'Sites',
    async load() {
      const [listed, is] = await Promise.all([api.get('/sites', listOf(siteAnswer)), api.ready().catch(notKnown)])
      sites = listed.items
      ready = is
    },
    view: () => html`
      <div class="bar"><h1 tabindex="-1">Sites</h1><a class="button primary" href=${hashOf.new}>Add a site</a></div>
      ${ready === undefined ? html`<p class="hint">Whether links can go out is not known: /readyz does not answer here.</p>` : nothing}
      ${ready?.store !== false ? nothing : html`<p class="problem">The store takes no changes: nobody can sign in. The backend’s log says why.</p>`}
      ${ready?.mail !== false ? nothing : html`<p class="problem">The mail server takes nothing: no link goes out. The backend’s log says why.</p>`}
      ${sites.length === 0
        ? html`<p class="none">No site yet. Add one, and you get the two lines to paste into its page.</p>`
        : html`${sites.length < many ? nothing : html`<form class="row" role="search" @submit=${search}>${field({ name: 'q', label: 'Search', type: 'search', value: query }, [])} <button>Search</button></form>`}
          ${found().length === 0 ? html`<p class="none">No site of that name, origin or id.</p>` : table('Sites', ['Name', 'Origins', 'Who may sign in', 'Id'], found().map(row))}`}`,
  }
}

/** A proxy may keep it to itself. */
const notKnown = (): undefined => undefined

const row = ({ id, name, origins, mode, allowed_domains: domains }: Site) => html`<tr>
  <th scope="row"><a href=${hashOf.site(id)}>${name}</a></th>
  <td>${origins.map((origin) => html`<div>${origin}</div>`)}</td>
  <td>${badge(mode === 'open' ? 'everybody' : 'who is invited')}${domains.length > 0 ? html` <span class="soft">of ${domains.join(', ')}</span>` : nothing}</td>
  <td><code>${id}</code></td>
</tr>`

export function newSiteScreen(desk: Desk): Screen {
  const add = (event: SubmitEvent) => {
    const body = siteBody(sent(event))
    void desk.act(async () => {
      const made = await desk.api.send('POST', '/sites', body, siteAnswer)
      desk.go(hashOf.site(made.id, 'embed'), `${made.name} is added.`)
      if (made.webhook_secret !== undefined) desk.showOnce('The webhook’s secret', made.webhook_secret)
    })
  }
  return {
    title: () => 'Add a site',
    load: () => Promise.resolve(),
    view: () => html`
      <p class="way"><a href=${hashOf.sites}>Sites</a></p>
      <h1 tabindex="-1">Add a site</h1>
      <form @submit=${add} novalidate>
        ${siteFields(undefined, desk.faults)}
        <p class="fault">${otherFaults(desk.faults, siteFieldNames)}</p>
        <p><button class="primary">Add the site</button></p>
      </form>`,
  }
}
