import { assert, waitUntil } from '@open-wc/testing'
import { FakeClient, session } from './sign-in/fake-client.ts'
import { LinklatchSignIn } from './sign-in/sign-in-element.ts'
import { LinklatchUser } from './user/user-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)
customElements.define('linklatch-user', LinklatchUser)

describe('in a header whose text is in capitals, centred, and in one line', () => {
  for (const Element of [LinklatchSignIn, LinklatchUser]) {
    it(`${Element.name} wraps its sentences, and shows an address as it is written`, async () => {
      const header = document.createElement('header')
      header.style.cssText = 'inline-size: 20rem; white-space: nowrap; text-align: center; text-transform: uppercase; text-indent: 2rem'
      const element = new Element()
      const client = new FakeClient()
      element.client = client
      header.append(element)
      document.body.append(header)
      client.step({ type: 'session', session, kept: 'cookie' })
      await waitUntil(() => element.shadowRoot?.querySelector('[part=address]') && getComputedStyle(element).display !== 'inline', 'its looks', { timeout: 25_000 })
      const { whiteSpace, textAlign, textTransform, textIndent } = getComputedStyle(element.shadowRoot?.querySelector('[part=address]') ?? element)
      header.remove()
      assert.deepEqual([whiteSpace, textAlign, textTransform, textIndent], ['normal', 'start', 'none', '0px'])
    })
  }
})
