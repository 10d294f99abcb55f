/** Whatever comes from outside into the page or the bridge, under fuzz: messages, fragments, addresses, what storage gives back, A's answers. */
import { assert } from '@open-wc/testing'
import fc from 'fast-check'
import { isFromBridge, isSessionAnswer, isStartAnswer, isToBridge, isWaiting } from './bridge-messages.ts'
import { openPendingStore } from './bridge-store.ts'
import { standsUnder } from './bridge-frame.ts'
import { jwtPart } from './encoding.ts'
import { httpOrigin, ownUrl, takeLanding } from './landing.ts'

const runs = { numRuns: 150 }
const guards = { isFromBridge, isToBridge, isWaiting, isSessionAnswer, isStartAnswer }
const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'a:/\\@?#.%&=-\t\n\0', '\ud800', '\u202e', 'javascript:', 'https://h.example', '//', '__proto__', 'linklatch=', 'a.b.c') }))
const waiting = { id: 's1', address: 'a@b.example', number: '07', expiresAt: 2, resendAt: 1, state: 'pending', delivery: 'sent' }
const fields = ['linklatch', 'type', 'site', 'waiting', 'challenge', 'session', 'kept', 'id', 'state', 'status', 'code', 'on', 'arrival', 'handoff', 'everywhere', 'user', 'access_token', 'expires_in', 'number', '__proto__', 'constructor']
const words = fc.oneof(fc.constantFrom<unknown>(1, 'ready', 'session', 'claim', 'end', 'watch', 'state', 'approved', 'cookie', 's1', true, null, waiting, { accessToken: 't', expiresAt: 1, user: { id: 'u', created_at: 1 } }), odd, fc.anything())
const message = fc.array(fc.tuple(fc.constantFrom(...fields), words), { maxLength: 6 }).map((pairs) => Object.fromEntries([['linklatch', 1], ...pairs]) as Record<string, unknown>)

describe('a message of any shape', function () {
  this.timeout(60_000)

  it('is taken or ignored by each end, and throws at none', () => fc.assert(fc.property(fc.oneof(message, fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true })), (data) => {
    for (const guard of Object.values(guards)) assert.isBoolean(guard(data))
  }), runs))

  it('that is taken is one of the protocol, by fields of its own', () => fc.assert(fc.property(message, (data) => {
    for (const guard of [isFromBridge, isToBridge]) {
      if (!guard(data)) continue
      assert.strictEqual(data.linklatch, 1)
      assert.isTrue(Object.hasOwn(data, 'type'))
      assert.isFalse(guard(Object.create(data)), 'inherited fields')
      assert.isTrue(guard(structuredClone(data)), 'the same after it has crossed')
    }
  }), runs))

  it('never passes at both ends: nobody can play H’s words back at it', () => fc.assert(fc.property(message, (data) => {
    assert.isFalse(isFromBridge(data) && isToBridge(data))
  }), runs))
})

describe('an address from outside', function () {
  this.timeout(60_000)

  const page = { origin: 'https://h.example', href: 'https://h.example/in?x#y' }

  it('is on this page’s own origin or none', () => fc.assert(fc.property(odd, (text) => {
    const own = ownUrl(text, page)
    if (own !== undefined) assert.strictEqual(new URL(own).origin, page.origin)
    const origin = httpOrigin(text, page.href)
    if (origin !== undefined) assert.match(origin, /^https?:\/\//)
  }), runs))

  it('with any fragment keeps what is not ours, and never shows the token again', () => fc.assert(fc.property(odd, odd, (before, after) => {
    const shown: string[] = []
    const hash = `#${before}&linklatch=aa.bb.cc&${after}`
    const landing = takeLanding({ location: { hash, pathname: '/in', search: '' }, performance, history: { state: null, replaceState: (_, __, url) => void shown.push(String(url)) } })
    assert.isDefined(landing)
    assert.lengthOf(shown, 1)
    assert.isTrue(shown[0]?.startsWith('/in'))
  }), runs))
})

describe('what is read without a check of its truth', function () {
  this.timeout(60_000)

  it('is text or nothing, whatever a token holds', () => fc.assert(fc.property(fc.oneof(odd, fc.json().map((json) => `${btoa(String.fromCharCode(...new TextEncoder().encode(json)))}.x.y`)), fc.constantFrom<0 | 1>(0, 1), (token, at) => {
    const part = jwtPart(token, at, 'typ')
    assert.isTrue(part === undefined || typeof part === 'string')
  }), runs))

  it('is no reason to fail where storage gives back something else', () => fc.assert(fc.property(fc.oneof(fc.json(), odd), (kept) => {
    const store = openPendingStore('fuzz')
    localStorage.setItem('fuzz pending', kept)
    sessionStorage.setItem('fuzz pending', kept)
    assert.isUndefined(store.get('s1'))
    assert.isUndefined(store.mine())
    localStorage.removeItem('fuzz pending')
    sessionStorage.removeItem('fuzz pending')
  }), runs))

  it('puts the bridge right under its host or nowhere', () => fc.assert(fc.property(fc.array(fc.oneof(odd, fc.constant('https://h.example'))), odd, (ancestorOrigins, origin) => {
    const stands = standsUnder('https://h.example', { parent: {}, origin, location: { ancestorOrigins } })
    assert.strictEqual(stands, ancestorOrigins.length === 1 && ancestorOrigins[0] === 'https://h.example' && origin !== 'null')
  }), runs))
})
