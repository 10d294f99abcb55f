import { assert } from '@open-wc/testing'
import { FakeClient, session } from '../sign-in/fake-client.ts'
import { LinklatchGate } from './gate-element.ts'

customElements.define('linklatch-gate', LinklatchGate)

async function shown(element: LinklatchGate, client: FakeClient): Promise<string> {
  element.client = client
  document.body.append(element)
  await element.updateComplete
  return [...(element.shadowRoot?.querySelectorAll('slot') ?? [])].map((node) => node.getAttribute('name')).join(' ')
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
