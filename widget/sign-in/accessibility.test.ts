import { assert, expect, waitUntil } from '@open-wc/testing'
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
    'just sent': [{ type: 'sent', waiting: waiting({ resendAt: Date.now() / 1000 + 30 }) }],
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

describe('a countdown', () => {
  const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
  /** NVDA reads the name and the description of what has the focus each time one of them changes. */
  const counts: [what: string, step: () => Parameters<FakeClient['step']>[0], heard: string][] = [
    ['until it can be sent again', () => ({ type: 'sent', waiting: waiting({ resendAt: soon(28) }) }), '[part=link]'],
    ['until another try', () => ({ type: 'refused', failure: { code: 'rate_limited', retryAt: soon(28) } }), '[part=error]'],
  ]
  for (const [what, step, heard] of counts) {
    it(`${what} is not heard second by second where the focus is`, async () => {
      const element = new LinklatchSignIn()
      const client = new FakeClient()
      element.client = client
      document.body.append(element)
      client.step(step())
      await element.updateComplete
      const name = () => {
        const node = element.root.querySelector(heard)
        const name = [...(node?.childNodes ?? [])].map((part) => (part instanceof Element && part.ariaHidden ? '' : part.textContent)).join('').trim()
        return `${name} ${node?.getAttribute('aria-description') ?? ''}`
      }
      const shown = () => element.root.querySelector(heard)?.textContent
      const [said, seen] = [name(), shown()]
      const names = new Set<unknown>()
      const watch = new MutationObserver(() => names.add(name()))
      watch.observe(element.root, { subtree: true, childList: true, characterData: true, attributes: true })
      assert.match(said, /30 sec/)
      if (heard !== '[part=error]') await waitUntil(() => shown() !== seen, 'the next second', { timeout: 3000 })
      await new Promise((resolve) => setTimeout(resolve, 1200))
      names.delete(said)
      assert.isEmpty([...names])
      watch.disconnect()
      element.remove()
    })
  }
})
