import { assert, waitUntil } from '@open-wc/testing'
import { FakeClient, session } from '../sign-in/fake-client.ts'
import { LinklatchSignIn } from '../sign-in/sign-in-element.ts'
import { LinklatchGate } from './gate-element.ts'

customElements.define('linklatch-gate', LinklatchGate)
customElements.define('linklatch-sign-in', LinklatchSignIn)

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

  it('gives the focus to what is shown now where what held it goes', async () => {
    const client = new FakeClient()
    const gate = new LinklatchGate()
    const form = new LinklatchSignIn()
    const room = document.createElement('p')
    form.client = client
    form.slot = 'signed-out'
    room.slot = 'signed-in'
    gate.append(room, form)
    await shown(gate, client)
    await waitUntil(() => gate.extra, 'what comes later', { timeout: 25_000 })
    await gate.updateComplete
    form.root.querySelector('input')?.focus()
    client.step({ type: 'session', session, kept: 'cookie' })
    await waitUntil(() => document.activeElement === room, 'the focus in the room')
    client.step({ type: 'session', session: null })
    await waitUntil(() => form.root.activeElement?.localName === 'input', 'the focus in the form')
    gate.remove()
  })

  it('leaves the focus where the page has put it', async () => {
    const client = new FakeClient()
    const gate = new LinklatchGate()
    gate.innerHTML = '<button slot="signed-out">Come in</button><p slot="signed-in">The room</p>'
    const elsewhere = document.body.appendChild(document.createElement('button'))
    await shown(gate, client)
    await waitUntil(() => gate.extra, 'what comes later', { timeout: 25_000 })
    await gate.updateComplete
    gate.querySelector('button')?.focus()
    client.step({ type: 'session', session, kept: 'cookie' })
    elsewhere.focus()
    await gate.updateComplete
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.isTrue(document.activeElement === elsewhere)
    elsewhere.remove()
    gate.remove()
  })
})
