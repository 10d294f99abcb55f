import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem, type ProblemCode } from '../problems.ts'
import type { SignInState } from '../protocol.ts'
import { approve, askAgain, at, cancel, complete, completeMoved, handoffSeconds, isFinal, moveHere, reject, wrongCode, wrongNumber, type SignIn } from './sign-in.ts'

const now = 1_778_751_660
const pending: SignIn = {
  id: 'sign-in-1-abcdefghijkl', siteId: '0123456789abcdef', origin: 'https://shop.example', channel: 'email', address: 'anna@example.com', challenge: 'c'.repeat(43),
  state: 'pending', createdAt: now, expiresAt: now + 600, locale: 'en', browser: 'Firefox', codeTriesLeft: 5, numberTriesLeft: 2,
  delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
}
const in_ = (state: SignInState): SignIn => ({ ...pending, state })
const approved = in_('approved')
const over: SignInState[] = ['completed', 'moved', 'expired', 'cancelled', 'rejected']
const refused = (step: () => unknown, code: ProblemCode) => assert.throws(step, (error) => error instanceof Problem && error.code === code)

/** Every step that a living sign-in can make, by name. */
const steps: Record<string, (signIn: SignIn, when: number) => SignIn> = {
  approve,
  wrongNumber,
  reject,
  cancel,
  moveHere: (signIn, when) => moveHere(signIn, 'handoff-1', when),
  wrongCode,
  completeByApproval: (signIn, when) => complete(signIn, 'approval', 'session-1', when),
  completeByArrival: (signIn, when) => complete(signIn, 'arrival', 'session-1', when),
  completeByCode: (signIn, when) => complete(signIn, 'code', 'session-1', when),
  askAgain: (signIn, when) => askAgain(signIn, when, 'queued'),
}

describe('a sign-in that is over', () => {
  for (const [name, step] of Object.entries(steps)) {
    it(`takes no step any more: ${name}`, () => {
      for (const state of over) refused(() => step(in_(state), now), 'sign_in_over')
      for (const state of ['pending', 'approved'] as const) {
        refused(() => step(in_(state), now + 600), 'sign_in_over')
        refused(() => step(in_(state), now + 1e9), 'sign_in_over')
      }
    })
  }

  it('is final; one that waits is not', () => {
    for (const state of over) assert.equal(isFinal(state), true)
    for (const state of ['pending', 'approved'] as const) assert.equal(isFinal(state), false)
  })
})

describe('the end of life', () => {
  it('is true at its second, without a sweeper, and not before', () => {
    for (const signIn of [pending, approved]) {
      assert.equal(at(signIn, now + 599.999).state, signIn.state)
      assert.equal(at(signIn, now + 600).state, 'expired')
    }
  })

  it('does not rename what had ended before', () => {
    for (const state of over) assert.equal(at(in_(state), now + 1e6).state, state)
  })
})

describe('a pending sign-in', () => {
  it('is approved once', () => {
    assert.equal(approve(pending, now).state, 'approved')
    refused(() => approve(approve(pending, now), now), 'already_approved')
  })

  it('is rejected by the second wrong number, and by no first', () => {
    const once = wrongNumber(pending, now)
    assert.deepEqual([once.state, once.numberTriesLeft], ['pending', 1])
    assert.equal(approve(once, now).state, 'approved')
    const twice = wrongNumber(once, now)
    assert.deepEqual([twice.state, twice.numberTriesLeft], ['rejected', 0])
    refused(() => approve(twice, now), 'sign_in_over')
  })

  it('is not completed by approval before it is approved', () => {
    refused(() => complete(pending, 'approval', 'session-1', now), 'invalid_grant')
    assert.deepEqual(complete(approved, 'approval', 'session-1', now).completed, { at: now, sessionId: 'session-1', by: 'approval' })
  })

  it('is completed by an arrival or a code without approval, once', () => {
    for (const by of ['arrival', 'code'] as const) {
      const done = complete(pending, by, 'session-1', now)
      assert.deepEqual([done.state, done.completed?.by], ['completed', by])
      refused(() => complete(done, by, 'session-2', now), 'sign_in_over')
    }
  })
})

describe('an approved sign-in', () => {
  it('takes no number and no "here" any more', () => {
    for (const step of [approve, wrongNumber, (signIn: SignIn, when: number) => moveHere(signIn, 'h', when)]) refused(() => step(approved, now), 'already_approved')
  })

  it('is still rejected and cancelled', () => {
    assert.deepEqual([reject(approved, now).state, cancel(approved, now).state], ['rejected', 'cancelled'])
  })

  it('is still completed by an arrival or a code', () => {
    for (const by of ['arrival', 'code'] as const) assert.equal(complete(approved, by, 'session-1', now).state, 'completed')
  })

  it('is not mailed again', () => {
    refused(() => askAgain(approved, now, 'queued'), 'already_approved')
  })
})

describe('the code', () => {
  it('is off after the fifth wrong one, and good after the fourth', () => {
    let signIn = pending
    for (let i = 0; i < 4; i += 1) signIn = wrongCode(signIn, now)
    assert.equal(complete(signIn, 'code', 'session-1', now).state, 'completed')
    signIn = wrongCode(signIn, now)
    refused(() => complete(signIn, 'code', 'session-1', now), 'invalid_grant')
    assert.equal(wrongCode(signIn, now).codeTriesLeft, 0)
  })

  it('leaves the link alone when it is off', () => {
    const off = { ...pending, codeTriesLeft: 0 }
    assert.equal(complete(off, 'arrival', 'session-1', now).state, 'completed')
    assert.equal(approve(off, now).state, 'approved')
    assert.equal(moveHere(off, 'h', now).state, 'moved')
  })
})

describe('a sign-in that was moved here', () => {
  const moved = moveHere(pending, 'handoff-1', now + 599)

  it('is finished by its own handoff, once, and stays moved', () => {
    const done = completeMoved(moved, 'handoff-1', 'session-1', now + 600)
    assert.deepEqual([done.state, done.completed, done.handoff], ['moved', { at: now + 600, sessionId: 'session-1', by: 'handoff' }, undefined])
    refused(() => completeMoved(done, 'handoff-1', 'session-2', now + 600), 'invalid_grant')
  })

  it('is finished within a minute, also past the link’s end, and not after', () => {
    assert.ok(completeMoved(moved, 'handoff-1', 'session-1', now + 599 + handoffSeconds - 0.001))
    refused(() => completeMoved(moved, 'handoff-1', 'session-1', now + 599 + handoffSeconds), 'invalid_grant')
  })

  it('is not finished by another handoff, nor any other sign-in by one', () => {
    refused(() => completeMoved(moved, 'handoff-2', 'session-1', now + 600), 'invalid_grant')
    for (const state of ['pending', 'approved', 'completed', 'expired', 'cancelled', 'rejected'] as const) refused(() => completeMoved({ ...moved, state }, 'handoff-1', 'session-1', now + 600), 'invalid_grant')
  })
})

describe('a mail that is asked for again', () => {
  it('is one more to send, at once, and keeps tries and end', () => {
    const again = askAgain({ ...pending, codeTriesLeft: 2, delivery: { ...pending.delivery, status: 'sent', settled: 1, attempts: 3 } }, now + 30, 'queued')
    assert.deepEqual(again.delivery, { status: 'queued', asked: 2, settled: 1, attempts: 0, nextAttemptAt: now + 30, lastAskedAt: now + 30 })
    assert.deepEqual([again.codeTriesLeft, again.expiresAt, again.id], [2, pending.expiresAt, pending.id])
  })

  it('is never sent where it was put off', () => {
    const again = askAgain({ ...pending, delivery: { ...pending.delivery, settled: 1 } }, now + 30, 'deferred')
    assert.deepEqual([again.delivery.status, again.delivery.asked - again.delivery.settled], ['deferred', 0])
  })
})

describe('whatever happens in whatever order', () => {
  it('one sign-in gives at most one session, leaves a final state never but by its handoff, and changes no record it was given', () => {
    const names = fc.constantFrom(...Object.keys(steps), 'handoff', 'later')
    fc.assert(fc.property(fc.array(names, { maxLength: 30 }), (order) => {
      let signIn = Object.freeze(pending)
      let when = now
      let sessions = 0
      for (const name of order) {
        if (name === 'later') when += 50
        const before = structuredClone(signIn)
        try {
          const next = name === 'handoff' ? completeMoved(signIn, 'handoff-1', 'session', when) : steps[name]?.(signIn, when)
          if (next?.completed) sessions += 1
          assert.ok(!(name in steps) || !isFinal(at(signIn, when).state))
          if (next) signIn = Object.freeze(next)
        } catch (error) {
          assert.ok(error instanceof Problem, String(error))
          assert.deepEqual(signIn, before)
        }
      }
      assert.ok(sessions <= 1)
    }), { numRuns: 2000 })
  })
})

describe('sending it again', () => {
  const after = (delivery: Partial<SignIn['delivery']>, status: 'queued' | 'deferred') => {
    const { asked, settled, status: now_ } = askAgain({ ...pending, delivery: { ...pending.delivery, ...delivery } }, now + 31, status).delivery
    return [now_, `${settled}/${asked}`]
  }

  it('owes one more mail where the last one has gone out, and one in all where it has not', () => {
    assert.deepEqual(after({ status: 'sent', settled: 1 }, 'queued'), ['queued', '1/2'])
    assert.deepEqual(after({ status: 'deferred', attempts: 3 }, 'queued'), ['queued', '1/2'])
    assert.deepEqual(after({ status: 'deferred', asked: 3, settled: 2, attempts: 3 }, 'queued'), ['queued', '3/4'])
  })

  it('past the budget owes none more, and keeps what is owed', () => {
    assert.deepEqual(after({ status: 'sent', settled: 1 }, 'deferred'), ['deferred', '2/2'])
    assert.deepEqual(after({ status: 'queued' }, 'deferred'), ['deferred', '1/2'])
  })
})
