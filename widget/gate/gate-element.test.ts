import { assert } from '@open-wc/testing'
import { FakeClient, session } from '../sign-in/fake-client.ts'
import { LinklatchUser } from '../user/user-element.ts'
import { LinklatchGate } from './gate-element.ts'

customElements.define('linklatch-gate', LinklatchGate)
customElements.define('linklatch-user', LinklatchUser)

async function shown(element: LinklatchGate | LinklatchUser, client: FakeClient): Promise<string> {
  element.client = client
  document.body.append(element)
  await element.updateComplete
  return [...(element.shadowRoot?.querySelectorAll('slot, strong, button') ?? [])].map((node) => node.getAttribute('name') ?? node.textContent).join(' ')
}

describe('<linklatch-gate>', () => {
  it('shows nothing while nothing is known, then one of its slots', async () => {
    const client = new FakeClient()
    const gate = new LinklatchGate()
    client.state = { phase: { name: 'starting', landing: false }, session: null }
    assert.strictEqual(await shown(gate, client), '')
    client.step({ type: 'session', session: null })
    assert.strictEqual(await shown(gate, client), 'signed-out')
    client.step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(await shown(gate, client), 'signed-in')
    gate.remove()
  })
})

describe('<linklatch-user>', () => {
  it('is empty until somebody is signed in, then says who and signs out', async () => {
    const client = new FakeClient()
    const user = new LinklatchUser()
    assert.strictEqual(await shown(user, client), '')
    client.step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(await shown(user, client), 'ann@example.com Sign out')
    user.shadowRoot?.querySelector('button')?.click()
    assert.strictEqual(client.asked.at(-1), 'sign-out')
    user.remove()
  })
})
