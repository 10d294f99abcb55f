import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { afterAttempt, claimed, isDue, retryDelaySeconds } from './delivery-fate.ts'
import { askAgain } from './sign-in.ts'

test('the first retry begins within five seconds, later ones at doubling intervals up to a minute', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 40].map(retryDelaySeconds), [4, 8, 16, 32, 60, 60, 60])
})

test('a mail that was sent is settled', () => {
  const { delivery } = afterAttempt(testSignIn({ delivery: { attempts: 3 } }), 'sent', testStart + 1)
  assert.deepEqual({ status: delivery.status, settled: delivery.settled }, { status: 'sent', settled: 1 })
})

test('a mail that failed is settled too, and not tried again', () => {
  const failed = afterAttempt(testSignIn(), 'failed', testStart + 1)
  assert.equal(failed.delivery.status, 'failed')
  assert.equal(isDue(failed, testStart + 500), false)
})

test('a mail asked for while another is still owed is due at once, and one mail settles both', () => {
  const asked = askAgain(testSignIn({ delivery: { status: 'deferred', attempts: 4 } }), testStart + 30, 'queued')
  assert.equal(isDue(asked, testStart + 30), true)
  const next = afterAttempt(asked, 'sent', testStart + 31)
  assert.deepEqual(next.delivery, { ...asked.delivery, status: 'sent', settled: 2, attempts: 0, nextAttemptAt: testStart + 31 })
  assert.equal(isDue(next, testStart + 31), false)
})

test('a record that owes two mails has the second due at once, with tries of its own', () => {
  const owing = testSignIn({ delivery: { status: 'deferred', asked: 2, attempts: 4 } })
  const next = afterAttempt(owing, 'sent', testStart + 31)
  assert.deepEqual(next.delivery, { ...owing.delivery, status: 'queued', settled: 1, attempts: 0, nextAttemptAt: testStart + 31 })
  assert.equal(isDue(next, testStart + 31), true)
})

test('a deferred mail is due again after its pause and not before', () => {
  const deferred = afterAttempt(testSignIn(), 'deferred', testStart + 10)
  assert.equal(deferred.delivery.status, 'deferred')
  assert.equal(deferred.delivery.attempts, 1)
  assert.equal(isDue(deferred, testStart + 13.9), false)
  assert.equal(isDue(deferred, testStart + 14), true)
})

test('a retry is never planned past the link’s end, and nothing is due from then on', () => {
  const late = afterAttempt(testSignIn({ delivery: { attempts: 9 } }), 'deferred', testStart + 590)
  assert.equal(late.delivery.nextAttemptAt, testStart + 600)
  assert.equal(isDue(late, testStart + 599.9), false)
  assert.equal(isDue(late, testStart + 600), false)
})

test('a sign-in that ended meanwhile is left alone', () => {
  for (const state of ['completed', 'moved', 'expired', 'cancelled', 'rejected'] as const) {
    const over = testSignIn({ state })
    assert.equal(afterAttempt(over, 'sent', testStart + 1), over)
  }
  const past = testSignIn()
  assert.equal(afterAttempt(past, 'sent', testStart + 600), past)
})

test('an approved sign-in still learns that its mail was sent', () => {
  assert.equal(afterAttempt(testSignIn({ state: 'approved' }), 'sent', testStart + 1).delivery.status, 'sent')
})

test('no more mails are settled than were asked for', () => {
  const done = testSignIn({ delivery: { settled: 1, status: 'sent' } })
  assert.equal(afterAttempt(done, 'failed', testStart + 1), done)
})

test('a claim changes nothing that a stream shows', () => {
  const before = testSignIn()
  const during = claimed(before, testStart + 45)
  assert.deepEqual({ ...during, delivery: { ...during.delivery, nextAttemptAt: before.delivery.nextAttemptAt } }, before)
  assert.equal(isDue(during, testStart + 44), false)
})
