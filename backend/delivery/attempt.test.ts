import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../problems.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { fakeSignIns, handMovedTime, settle, testOrder, testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { attempts, type Attempts } from './attempt.ts'

function setUp(more: Partial<Attempts> = {}, signIn = testSignIn()) {
  const time = handMovedTime()
  const store = fakeSignIns(signIn)
  const logged: { level: string; fields: object }[] = []
  const log = (level: string) => (fields: object) => void logged.push({ level, fields })
  const options: Attempts = {
    signIns: store,
    deliver: async () => ({ status: 'sent' }),
    rehearse: async () => ({ status: 'sent' }),
    orderOf: testOrder,
    clock: time,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    timer: time.timer,
    claimSeconds: 0,
    ...more,
  }
  return { time, store, logged, signIn, attempt: attempts(options) }
}

test('what is logged is the beginning of the id, the status, which attempt, and a reason', async () => {
  const { attempt, signIn, logged } = setUp({ deliver: async () => ({ status: 'deferred', reason: 'ESOCKET CONN' }) }, testSignIn({ delivery: { attempts: 2 } }))
  await attempt(signIn)
  assert.deepEqual(logged, [{ level: 'warn', fields: { signIn: 'sign-i', status: 'deferred', attempt: 3, reason: 'ESOCKET CONN' } }])
})

test('a record that changed since it was read is judged as it is now', async () => {
  for (const now of [testSignIn({ state: 'cancelled' }), testSignIn({ delivery: { settled: 1 } }), testSignIn({ delivery: { nextAttemptAt: testStart + 9 } })]) {
    let tried = 0
    const { attempt, store, signIn } = setUp({ deliver: async () => (tried++, { status: 'sent' }) })
    store.put(now)
    await attempt(signIn)
    assert.equal(tried, 0)
    assert.deepEqual(store.written, [])
  }
})

test('past its end a sign-in is written down as expired, and nothing is sent', async () => {
  const { attempt, store, signIn, logged } = setUp({}, testSignIn({ expiresAt: testStart }))
  await attempt(signIn)
  assert.equal(store.get(signIn.id).state, 'expired')
  assert.deepEqual(logged, [])
})

test('a letter that cannot be ordered now is deferred, one that never can has failed', async () => {
  const later = setUp({ orderOf: () => Promise.reject(new Problem('store_unavailable')) })
  await later.attempt(later.signIn)
  assert.equal(later.store.get(later.signIn.id).delivery.status, 'deferred')
  assert.deepEqual(later.logged[0]?.fields, { signIn: 'sign-i', status: 'deferred', attempt: 1, reason: 'store_unavailable' })
  const gone = setUp({ orderOf: () => undefined })
  await gone.attempt(gone.signIn)
  assert.equal(gone.store.get(gone.signIn.id).delivery.status, 'failed')
})

test('the message of an error that nobody foresaw is not logged', async () => {
  const { attempt, signIn, logged } = setUp({ deliver: () => Promise.reject(new RangeError('anna@example.com')) })
  await attempt(signIn)
  assert.deepEqual(logged[0]?.fields, { signIn: 'sign-i', status: 'deferred', attempt: 1, reason: 'RangeError' })
})

test('a mail that was sent while the store was away is written down later, not sent a second time', async () => {
  let tried = 0
  const { attempt, store, signIn, time } = setUp({
    deliver: async () => {
      tried++
      store.broken = new Problem('store_unavailable')
      return { status: 'sent' }
    },
  })
  const done = attempt(signIn)
  await time.pass(9)
  store.broken = undefined
  await time.pass(4)
  await done
  assert.equal(tried, 1)
  assert.equal(store.get(signIn.id).delivery.status, 'sent')
})

test('with the store away past the link’s end, it gives up', async () => {
  const { attempt, store, signIn, time } = setUp({ deliver: async () => ((store.broken = new Error('disk')), { status: 'sent' }) })
  const done = attempt(signIn)
  await time.pass(605)
  await done
  assert.equal(time.waiting(), 0)
})

test('with a claim, the record says so before the letter goes out', async () => {
  const seen: number[] = []
  const { attempt, store, signIn } = setUp({ claimSeconds: 45, deliver: async () => (seen.push(store.get(signIn.id).delivery.nextAttemptAt), { status: 'sent' }) })
  await attempt(signIn)
  await settle()
  assert.deepEqual(seen, [testStart + 45])
})

test('a silent mail is written and set like a real one, and its record changes in the same steps', async () => {
  const steps = async (silent: boolean) => {
    const done: string[] = []
    const { attempt, signIn, store, time } = setUp({
      orderOf: (each) => (done.push('ordered'), testOrder(each)),
      deliver: async () => (done.push('set'), { status: 'sent' }),
      rehearse: async () => (done.push('set'), { status: 'sent' }),
    }, testSignIn({ delivery: silent ? { silent: true } : {} }))
    const { change } = store
    store.change = (...args) => (done.push('change'), change(...args))
    const ended = attempt(signIn)
    await settle()
    await time.pass(1)
    await ended
    return [...done, ...store.written.map(({ delivery: { status, asked, settled } }) => `${status} ${settled}/${asked}`)]
  }
  assert.deepEqual(await steps(true), await steps(false))
  assert.deepEqual(await steps(true), ['change', 'ordered', 'set', 'change', 'sent 1/1'])
})

test('a silent mail takes no longer for what writing it took', async () => {
  const clock = { now: testStart }
  const waited: number[] = []
  const slow = { orderOf: (each: SignIn) => ((clock.now += 0.04), testOrder(each)), clock: { now: () => clock.now }, timer: (seconds: number, run: () => void) => (waited.push(seconds), run(), () => undefined) }
  const { attempt, store } = setUp(slow)
  await attempt(store.get(testSignIn().id))
  store.put(testSignIn({ delivery: { silent: true } }))
  await attempt(store.get(testSignIn().id))
  assert.ok(waited.length === 1 && (waited[0] ?? 1) < 0.003, String(waited))
})
