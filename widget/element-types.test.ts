import { assert } from '@open-wc/testing'
import type { Linklatch, LinklatchError, Messages } from './index.ts'
import type { LinklatchAttributes, LinklatchEventHandlers, SignInAttributes } from './element-types.ts'
import { Refusal } from './refusal.ts'
import { LinklatchSignIn } from './sign-in/sign-in-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)

describe('what a template may say of an element', () => {
  it('is what may be missing, too: a setting that is not set', () => {
    const all: LinklatchAttributes = { server: undefined, site: undefined, locale: undefined, messages: undefined }
    const more: SignInAttributes & LinklatchEventHandlers = { ...all, 'redirect-to': undefined, channel: undefined, 'no-remember': undefined, 'onlinklatch-error': undefined }
    assert.isUndefined(more.site)
  })

  it('is the same of what the page’s own code asks', () => {
    const request: Parameters<Linklatch['signIn']>[0] = { email: 'ann@example.com', phone: undefined, redirectTo: undefined, locale: undefined, signal: undefined }
    const options: Parameters<Linklatch['signOut']>[0] = { everywhere: undefined }
    assert.isUndefined(request.phone ?? options.everywhere)
    const advice = ({ code, retryAfterSeconds = 0 }: LinklatchError): string => `${code} ${retryAfterSeconds}`
    assert.strictEqual(advice(new Refusal('rate_limited', 30)), 'rate_limited 30')
  })

  it('holds sentences of the page’s own, which frameworks set as the property that it is', () => {
    const ours: Partial<Messages> = { heading: 'Welcome back' }
    const { messages }: SignInAttributes = { messages: ours }
    const element = new LinklatchSignIn()
    assert.isTrue('messages' in element)
    Object.assign(element, { messages })
    assert.strictEqual(element.words.heading, 'Welcome back')
  })
})
