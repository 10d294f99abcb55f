import { expect } from '@open-wc/testing'
import { FakeClient, session, waiting } from './fake-client.ts'
import { LinklatchSignIn } from './sign-in-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)

describe('every phase of <linklatch-sign-in>', () => {
  const phases: Record<string, Parameters<FakeClient['step']>[0][]> = {
    ask: [],
    refused: [{ type: 'refused', failure: { code: 'invalid_address' } }],
    waiting: [{ type: 'sent', waiting: waiting() }],
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
      await element.updateComplete
      await expect(element).to.be.accessible()
      element.remove()
    })
  }
})
