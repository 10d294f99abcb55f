import { assert } from '@open-wc/testing'
import { field, isFresh, isFromBridge, isSessionAnswer, isStartAnswer, isToBridge } from './bridge-messages.ts'

const waiting = { id: 's1', address: 'a@b.example', number: '07', expiresAt: 2, resendAt: 1, state: 'pending', delivery: 'sent' }
const user = { id: 'u', created_at: 1 }

describe('a message of the bridge', () => {
  const good = [
    { type: 'ready', site: 's' },
    { type: 'ready', site: 's', waiting },
    { type: 'challenge', challenge: 'c' },
    { type: 'session', session: null },
    { type: 'session', session: { accessToken: 't', expiresAt: 1, user }, kept: 'key', returnTo: 'https://h.example/' },
    { type: 'state', id: 's1', state: 'approved' },
    { type: 'delivery', id: 's1', status: 'sent', resendIn: 30 },
    { type: 'error', code: 'elsewhere', on: 'claim', retryAfter: 1 },
  ]
  for (const body of good) it(`is taken when well formed: ${JSON.stringify(body).slice(0, 60)}`, () => assert.strictEqual(isFromBridge({ linklatch: 1, ...body }), true))

  const forged: unknown[] = [
    null, 'ready', 1, [], {}, { linklatch: 1 },
    { type: 'ready', site: 's' },
    { linklatch: 2, type: 'ready', site: 's' },
    { linklatch: 1, type: 'toString' }, { linklatch: 1, type: '__proto__' }, { linklatch: 1, type: ['ready'], site: 's' },
    { linklatch: 1, type: 'ready' },
    { linklatch: 1, type: 'ready', site: 's', waiting: { ...waiting, id: '../x' } },
    { linklatch: 1, type: 'session' },
    { linklatch: 1, type: 'session', session: {} },
    { linklatch: 1, type: 'session', session: { accessToken: 't', expiresAt: '1', user } },
    { linklatch: 1, type: 'session', session: { accessToken: 't', expiresAt: 1, user: null } },
    { linklatch: 1, type: 'session', session: null, kept: 'forever' },
    { linklatch: 1, type: 'state', id: 's1', state: 'won' },
    { linklatch: 1, type: 'prepare' },
  ]
  for (const data of forged) it(`is ignored when forged: ${JSON.stringify(data).slice(0, 70)}`, () => assert.strictEqual(isFromBridge(data), false))
})

describe('a message of the page', () => {
  it('claims exactly one thing', () => {
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'claim', code: '123456' }), true)
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'claim' }), false)
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'claim', code: '1', handoff: 'x' }), false)
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'claim', code: 123456 }), false)
  })

  it('ends everywhere or here, nothing between', () => {
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'end' }), true)
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'end', everywhere: true }), true)
    assert.strictEqual(isToBridge({ linklatch: 1, type: 'end', everywhere: 'yes' }), false)
  })
})

describe('an answer of A', () => {
  it('is a start only with a number of two digits', () => {
    const start = { id: 's1', expires_in: 600, resend_in: 30, number: '07' }
    assert.strictEqual(isStartAnswer(start), true)
    assert.strictEqual(isStartAnswer({ ...start, number: 7 }), false)
  })

  it('is a session only with a token and a user', () => {
    assert.strictEqual(isSessionAnswer({ access_token: 't', token_type: 'Bearer', expires_in: 300, user }), true)
    assert.strictEqual(isSessionAnswer({ access_token: 't', expires_in: 300 }), false)
  })

  it('never lends an inherited field', () => assert.strictEqual(field({}, 'constructor'), undefined))
})

describe('a token', () => {
  const leaving = (seconds: number) => ({ accessToken: 't', expiresAt: Date.now() / 1000 + seconds, user })
  for (const [seconds, good] of [[29, false], [31, true], [299, true], [301, false]] as const) {
    it(`with ${seconds} s left is ${good ? 'good' : 'renewed'}`, () => assert.strictEqual(isFresh(leaving(seconds)), good))
  }
  it('that is none is asked for', () => assert.strictEqual(isFresh(null), false))
})
