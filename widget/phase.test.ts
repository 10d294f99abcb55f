import { assert } from '@open-wc/testing'
import { session, waiting } from './sign-in/fake-client.ts'
import { addressOf, firstState, step, type State, type Step } from './phase.ts'

const after = (...steps: Step[]): State => steps.reduce(step, firstState)
const started: Step = { type: 'started', hint: false, landing: false }
const sent: Step = { type: 'sent', waiting: waiting() }

describe('a phase', () => {
  const ways: [string, Step[], string][] = [
    ['a page without a hint asks at once', [started], 'ask'],
    ['a hint waits in quiet', [{ ...started, hint: true }], 'starting'],
    ['a landing waits in quiet', [{ ...started, landing: true }], 'starting'],
    ['a reload goes on waiting', [started, { type: 'restored', waiting: waiting() }], 'waiting'],
    ['a sign-in under way is not replaced by an older one', [started, { type: 'submitted', address: 'a@b' }, { type: 'restored', waiting: waiting() }], 'sending'],
    ['a refusal gives the form back', [started, { type: 'submitted', address: 'a@b' }, { type: 'refused', failure: { code: 'x' } }], 'ask'],
    ['a refused code goes on waiting', [sent, { type: 'checking' }, { type: 'refused', failure: { code: 'wrong_code' } }], 'waiting'],
    ['signed out in another tab is the form', [{ type: 'session', session }, { type: 'session', session: null }], 'ask'],
    ['no session leaves a waiting sign-in alone', [sent, { type: 'session', session: null }], 'waiting'],
    ['"again" while signed in stays signed in', [{ type: 'session', session }, { type: 'again', address: '' }], 'signed-in'],
  ]
  for (const [title, steps, name] of ways) it(`${title}`, () => assert.strictEqual(after(...steps).phase.name, name))

  for (const state of ['expired', 'rejected', 'cancelled', 'moved'] as const) {
    it(`ends by ${state}, with the address kept`, () => assert.deepInclude(after(sent, { type: 'state', id: 's1', state }).phase, { name: 'ended', why: state, address: 'ann@example.com' }))
  }

  it('ignores, as the very same state, what is said of another sign-in', () => {
    const before = after(sent)
    assert.isTrue(step(before, { type: 'state', id: 'other', state: 'rejected' }) === before)
    assert.isTrue(step(before, { type: 'delivery', id: 'other', status: 'failed' }) === before)
    assert.isTrue(step(after(started), { type: 'checking' }).phase.name === 'ask')
  })

  it('keeps the time of the next mail where a delivery brings no other', () => {
    const before = after({ type: 'sent', waiting: waiting({ resendAt: 77 }) })
    const { phase } = step(before, { type: 'delivery', id: 's1', status: 'sent' })
    assert.deepEqual(phase.name === 'waiting' && [phase.waiting.resendAt, phase.waiting.delivery], [77, 'sent'])
  })

  it('forgets a lost stream when it speaks again, and no other failure', () => {
    const failed = (code: string): State => after(sent, { type: 'refused', failure: { code } }, { type: 'delivery', id: 's1', status: 'sent' })
    assert.isUndefined(failed('stream_lost').failure)
    assert.strictEqual(failed('wrong_code').failure?.code, 'wrong_code')
  })

  it('knows its address', () => assert.deepEqual([after(started), after(sent), after({ type: 'submitted', address: 'a@b' })].map(({ phase }) => addressOf(phase)), ['', 'ann@example.com', 'a@b']))
})
