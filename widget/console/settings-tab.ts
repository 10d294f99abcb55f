/** A site's settings, its webhook, and its end. */
import { html, nothing, type TemplateResult } from 'lit'
import { Refused } from './admin-api.ts'
import { secret, site as siteAnswer, webhookTest, type Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { otherFaults, sent } from './parts.ts'
import { hashOf } from './route.ts'
import { narrows, siteBody, siteFieldNames, siteFields, writtenMeanwhile } from './site-form.ts'

export function settingsTab(desk: Desk, site: Site): Screen {
  const { api } = desk
  const base = `/sites/${site.id}`
  const save = saving(desk, site)
  const remove = async () => {
    const question = { question: `Remove ${site.name}?`, consequence: 'Everybody’s accounts, sessions and sign-ins at this site go with it. Nothing brings them back.', yes: 'Remove for good', typed: site.name }
    if (await desk.confirm(question)) {
      await desk.act(async () => {
        await api.act('DELETE', base)
        desk.go(hashOf.sites, `${site.name} is removed.`)
      })
    }
  }
  return {
    title: () => 'Settings',
    load: () => Promise.resolve(),
    view: () => html`
      <form @submit=${(event: SubmitEvent) => void save(event)} novalidate>
        ${siteFields(site, desk.faults)}
        <p class="fault">${otherFaults(desk.faults, siteFieldNames)}</p>
        <p><button class="primary">Save</button></p>
      </form>
      ${site.webhook ? webhook(desk, base) : nothing}
      <h2>Remove the site</h2>
      <p><button type="button" class="danger" @click=${() => void remove()}>Remove ${site.name}…</button></p>`,
  }
}

/** Sends what was typed alone, and nothing over what somebody else wrote meanwhile. */
function saving(desk: Desk, site: Site): (event: SubmitEvent) => Promise<void> {
  const base = `/sites/${site.id}`
  // As it was when it was last looked at: the fields began with `site`.
  let known = site
  return async (event) => {
    const said = sent(event)
    const body = siteBody(said, site)
    const question = { question: `Narrow who may sign in to ${site.name}?`, consequence: 'Whoever is outside then is signed out at once, everywhere.', yes: 'Narrow it' }
    if (narrows(body, site) && !(await desk.confirm(question))) return
    await desk.act(async () => {
      if (Object.keys(body).length === 0) return 'Nothing was changed.'
      const now = await desk.api.get(base, siteAnswer)
      const theirs = writtenMeanwhile(said, { site, known, now })
      known = now
      if (theirs.length > 0) throw new Refused(409, `Somebody else changed ${theirs.join(' And ')} Nothing was saved: Save once more puts yours in its place.`)
      const changed = await desk.api.send('PATCH', base, body, siteAnswer)
      desk.go(hashOf.site(site.id, 'settings'), 'Saved.')
      if (changed.webhook_secret !== undefined) desk.showOnce('The webhook’s secret', changed.webhook_secret)
      return undefined
    })
  }
}

function webhook(desk: Desk, base: string): TemplateResult {
  const test = () => void desk.act(async () => {
    const { taken, status, reason } = await desk.api.send('POST', `${base}/webhook/test`, {}, webhookTest)
    if (taken) return `The webhook took a test event (${status}).`
    // Of no status: a webhook's own 401 is no word about the operator's token.
    throw new Refused(0, `The webhook did not take it: ${reason ?? status}`)
  })
  const renew = async () => {
    const question = { question: 'Make a new secret?', consequence: 'The old one signs beside it for a day more.', yes: 'Make a new one' }
    if (!(await desk.confirm(question))) return
    await desk.act(async () => {
      const { webhook_secret: made } = await desk.api.send('POST', `${base}/webhook/secret`, {}, secret)
      desk.showOnce('The webhook’s new secret', made)
    })
  }
  return html`<h2>Webhook</h2>
    <p class="acts"><button type="button" @click=${test}>Send a test event</button><button type="button" @click=${() => void renew()}>New secret…</button></p>`
}
