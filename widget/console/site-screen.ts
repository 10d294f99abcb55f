/** One site: its name, the tabs, and what the open one shows. */
import { html } from 'lit'
import { site as siteAnswer, type Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { embedTab } from './embed-tab.ts'
import { eventsAbout, siteEvents } from './events.ts'
import { peopleTab } from './people-tab.ts'
import { personTab } from './person-tab.ts'
import { hashOf, tabs, type Tab } from './route.ts'
import { settingsTab } from './settings-tab.ts'
import { signInsTab } from './sign-ins-tab.ts'

const labels: Record<Tab, string> = { people: 'People', 'sign-ins': 'Sign-ins', events: 'Events', embed: 'Embed', settings: 'Settings' }
const openers = { people: peopleTab, 'sign-ins': signInsTab, events: siteEvents, embed: embedTab, settings: settingsTab } satisfies Record<Tab, (desk: Desk, site: Site) => Screen>

export const siteScreen = (desk: Desk, id: string, tab: Tab): Screen => framed(desk, id, tab, openers[tab])
export const aboutScreen = (desk: Desk, id: string, about: string): Screen => framed(desk, id, 'events', (_, site) => eventsAbout(desk, site, about))
export const personScreen = (desk: Desk, id: string, uid: string): Screen => framed(desk, id, 'people', (_, site) => personTab(desk, site, uid))

function framed(desk: Desk, id: string, tab: Tab, open: (desk: Desk, site: Site) => Screen): Screen {
  let site: Site | undefined
  let inner: Screen | undefined
  return {
    title: () => `${inner?.title() ?? labels[tab]} – ${site?.name ?? ''}`,
    async load() {
      site = await desk.api.get(`/sites/${id}`, siteAnswer)
      inner = open(desk, site)
      await inner.load()
    },
    view: () => html`
      <p class="way"><a href=${hashOf.sites}>Sites</a></p>
      <h1 tabindex="-1">${site?.name}</h1>
      <nav class="tabs" aria-label="Of this site">
        ${tabs.map((each) => html`<a href=${hashOf.site(id, each)} aria-current=${each === tab ? 'page' : 'false'}>${labels[each]}</a>`)}
      </nav>
      ${inner?.view()}`,
  }
}
