import { expect, waitUntil } from '@open-wc/testing'
import { FakeClient, session, waiting } from './fake-client.ts'
import { LinklatchSignIn } from './sign-in-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)

describe('every phase of <linklatch-sign-in>', () => {
  const phases: Record<string, Parameters<FakeClient['step']>[0][]> = {
    ask: [],
    starting: [{ type: 'started', hint: true, landing: true }],
    sending: [{ type: 'submitted', address: 'ann@example.com' }],
    'wrong code': [{ type: 'sent', waiting: waiting() }, { type: 'refused', failure: { code: 'wrong_code' } }],
    refused: [{ type: 'refused', failure: { code: 'invalid_address' } }],
    waiting: [{ type: 'sent', waiting: waiting({ address: 'ann@gmail.com' }) }],
    ended: [{ type: 'sent', waiting: waiting() }, { type: 'state', id: 's1', state: 'expired' }],
    'signed in': [{ type: 'session', session, kept: 'memory' }],
  }
  for (const [name, steps] of Object.entries(phases)) {
    it(`passes the rules of axe: ${name}`, async () => {
      const element = new LinklatchSignIn()
      const client = new FakeClient()
      element.client = client
      document.body.append(element)
      for (const step of steps) client.step(step)
      await waitUntil(() => element.extra, 'what comes after the form', { timeout: 25_000 })
      await element.updateComplete
      // Colours are judged when what fades in is there.
      for (const moving of element.root.getAnimations()) if (moving.effect?.getComputedTiming().iterations === 1) moving.finish()
      await expect(element).to.be.accessible()
      element.remove()
    })
  }
})
