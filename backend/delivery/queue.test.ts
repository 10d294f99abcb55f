import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askAgain, type SignIn } from '../sign-in/sign-in.ts'
import { fakeSignIns, handMovedTime, settle, testOrder, testSignIn, testStart } from '../testing/delivery-fakes.ts'
import type { DeliveryResult } from './delivery.ts'
import type { LetterOrder } from './letter-order.ts'
import { startDeliveryQueue, type QueueOptions } from './queue.ts'

/** A queue over a store and a mail server of the test's own, and the times at which orders were handed over. */
function setUp(signIns: SignIn[], answer: (order: LetterOrder) => DeliveryResult | Promise<DeliveryResult>, more: Partial<QueueOptions> = {}) {
  const time = handMovedTime()
  const store = fakeSignIns(...signIns)
  const tries: { id: string; after: number }[] = []
  const options: QueueOptions = {
    signIns: store,
    orderOf: testOrder,
    deliver: async (order) => {
      tries.push({ id: order.signIn.id, after: time.now() - testStart })
      return answer(order)
    },
    rehearse: async () => ({ status: 'sent' }),
    clock: time,
    log: { info() {}, warn() {}, error() {} },
    timer: time.timer,
    ...more,
  }
  return { time, store, tries, options, start: () => startDeliveryQueue(options) }
}

const sent = (): DeliveryResult => ({ status: 'sent' })
const deferred = (): DeliveryResult => ({ status: 'deferred', reason: 'x' })
const many = (count: number, more: Parameters<typeof testSignIn>[0] = {}) => Array.from({ length: count }, (_, index) => testSignIn({ id: `many-${String(index).padStart(4, '0')}`, ...more }))
const never = () => new Promise<never>(() => {})

test('a mail that was there at the start goes out at once, and then nothing waits', async () => {
  const { start, store, time } = setUp([testSignIn()], sent)
  start()
  await settle()
  assert.equal(store.get(testSignIn().id).delivery.status, 'sent')
  assert.equal(time.waiting(), 0)
})

test('a mail that the store could not hand over is tried again soon, whatever was being read at that moment', async () => {
  const { start, store, time, tries, options } = setUp([testSignIn()], sent)
  const held: { change?: (error: Error) => void; read?: () => void } = {}
  let reads = 0
  options.signIns = {
    mailDue: async (limit) => {
      const found = await store.mailDue(limit)
      if ((reads += 1) === 2) await new Promise<void>((resolve) => (held.read = resolve))
      return found
    },
    change: (id, step) => (held.change ? store.change(id, step) : new Promise((_, reject) => (held.change = reject))),
  }
  const queue = start()
  await settle()
  queue.wake()
  await time.pass(0.01)
  held.change?.(new Error('lost'))
  await settle()
  held.read?.()
  await settle()
  assert.equal(tries.length, 0)
  await time.pass(4)
  assert.equal(tries.length, 1)
})

test('woken, it takes up what has come in', async () => {
  const { start, store, time, tries } = setUp([], sent)
  const queue = start()
  await settle()
  store.put(testSignIn())
  queue.wake()
  await time.pass(0.01)
  assert.equal(tries.length, 1)
})

test('woken, it waits for a moment: an answer has left, and is read, before its letter is written', async () => {
  let looked = 0
  const { start, store, time, options } = setUp([], sent)
  options.signIns = { ...store, change: store.change, mailDue: (limit) => ((looked += 1), store.mailDue(limit)) }
  const queue = start()
  await settle()
  const before = looked
  queue.wake()
  await time.pass(0.009)
  assert.equal(looked, before)
  await time.pass(0.001)
  assert.ok(looked > before)
})

test('a refused mail is tried again within five seconds, then at doubling intervals up to a minute, until the link’s end', async () => {
  const { start, time, tries, store } = setUp([testSignIn()], deferred)
  start()
  await time.pass(599)
  assert.deepEqual(tries.slice(0, 7).map(({ after }) => after), [0, 4, 12, 28, 60, 120, 180])
  const before = tries.length
  await time.pass(600)
  assert.equal(tries.length, before)
  assert.equal(store.get(testSignIn().id).state, 'expired')
  assert.equal(time.waiting(), 0)
})

test('a server that answers 4xx and then 2xx gets the mail once more, and no third time', async () => {
  let count = 0
  const { start, time, tries, store } = setUp([testSignIn()], () => (++count === 1 ? deferred() : sent()))
  start()
  await settle()
  assert.equal(store.get(testSignIn().id).delivery.status, 'deferred')
  await time.pass(3.9)
  assert.equal(tries.length, 1)
  await time.pass(0.1)
  assert.equal(store.get(testSignIn().id).delivery.status, 'sent')
  await time.pass(300)
  assert.equal(tries.length, 2)
})

test('a mail that failed is not tried again', async () => {
  const { start, time, tries, store } = setUp([testSignIn()], () => ({ status: 'failed', reason: '550' }))
  start()
  await time.pass(300)
  assert.equal(tries.length, 1)
  assert.equal(store.get(testSignIn().id).delivery.status, 'failed')
})

test('a mail that was in flight when the process died is sent again after the next start', async () => {
  const { options, store, tries, start } = setUp([testSignIn()], never)
  start()
  await settle()
  startDeliveryQueue({ ...options, deliver: async () => sent() })
  await settle()
  assert.equal(tries.length, 1)
  assert.equal(store.get(testSignIn().id).delivery.status, 'sent')
})

test('asked for again while in flight, the one that is under way serves for both', async () => {
  let finish: (result: DeliveryResult) => void = () => {}
  const { start, store, time, tries } = setUp([testSignIn()], () => new Promise((resolve) => (finish = resolve)))
  start()
  await settle()
  store.put(askAgain(store.get(testSignIn().id), time.now(), 'queued'))
  finish(sent())
  await time.pass(60)
  assert.equal(tries.length, 1)
  assert.deepEqual(store.written.map(({ delivery }) => delivery.status), ['sent'])
})

test('asked for again after it was sent, it is sent a second time with the next number', async () => {
  const numbers: number[] = []
  const { start, store, time } = setUp([testSignIn()], ({ signIn }) => (numbers.push(signIn.delivery.settled + 1), sent()))
  const queue = start()
  await settle()
  store.put(askAgain(store.get(testSignIn().id), time.now() + 30, 'queued'))
  queue.wake()
  await time.pass(31)
  assert.deepEqual(numbers, [1, 2])
})

test('a mail server down for ten minutes loses nobody who still waits, and floods nobody afterwards', async () => {
  let down = true
  let inFlight = 0
  let most = 0
  const { start, time, tries, store } = setUp([], async () => {
    most = Math.max(most, ++inFlight)
    await new Promise((resolve) => setImmediate(resolve))
    inFlight--
    return down ? deferred() : sent()
  })
  const queue = start()
  const ids: string[] = []
  // 200 people in ten minutes, every fourth with a second sign-in, every second one pressing "send it again" twice.
  for (let second = 0; second < 600; second += 3) {
    for (let nth = 0; nth <= (second % 12 === 0 ? 1 : 0); nth++) {
      const id = `p${second}-${nth}`
      ids.push(id)
      store.put(testSignIn({ id, address: `p${second}@example.com`, createdAt: time.now(), expiresAt: time.now() + 600, delivery: { nextAttemptAt: time.now(), lastAskedAt: time.now() } }))
    }
    for (const ago of [31, 62]) {
      const again = `p${second - 3 * ago}-0`
      if (second % 2 === 0 && ids.includes(again)) store.put(askAgain(store.get(again), time.now(), 'queued'))
    }
    queue.wake()
    await time.pass(3)
  }
  const cutOff = time.now()
  const live = ids.filter((id) => store.get(id).expiresAt > cutOff + 65)
  down = false
  const before = tries.length
  for (let second = 0; second < 700; second++) await time.pass(1)
  const after = tries.slice(before).map(({ id }) => id)
  assert.equal(new Set(after).size, after.length, 'one mail for each sign-in')
  for (const id of live) assert.deepEqual([id, store.get(id).delivery.status], [id, 'sent'])
  for (const id of after) assert.ok(store.get(id).expiresAt > cutOff, 'none for one that was over')
  for (const id of ids) assert.ok(store.get(id).delivery.status === 'sent' || store.get(id).state === 'expired', id)
  assert.ok(most <= 8, `${most} at once`)
  assert.equal(time.waiting(), 0)
})

test('a sign-in that ended while its mail was in flight is left alone', async () => {
  let finish: (result: DeliveryResult) => void = () => {}
  const { start, store } = setUp([testSignIn()], () => new Promise((resolve) => (finish = resolve)))
  start()
  await settle()
  store.put({ ...store.get(testSignIn().id), state: 'cancelled' })
  finish(sent())
  await settle()
  assert.deepEqual(store.written, [])
})

test('no more than so many are tried at once, each of them once', async () => {
  let now = 0
  let most = 0
  const { start, tries } = setUp(many(50), async () => {
    most = Math.max(most, ++now)
    await settle()
    now--
    return sent()
  }, { concurrency: 3 })
  start()
  while (tries.length < 50) await settle()
  for (let turn = 0; turn < 5; turn++) await settle()
  assert.equal(most, 3)
  assert.equal(new Set(tries.map(({ id }) => id)).size, 50)
  assert.equal(tries.length, 50)
})

test('a fate that is being written down keeps no other mail waiting, until three times as many are', async () => {
  const { start, store, tries } = setUp(many(9), async () => sent(), { concurrency: 1 })
  const { change } = store
  let written: () => void = () => {}
  const later = new Promise<void>((resolve) => (written = resolve))
  const asked = new Set<string>()
  store.change = async (id, step) => {
    if (asked.has(id)) await later
    asked.add(id)
    return change(id, step)
  }
  start()
  for (let turn = 0; turn < 20; turn++) await settle()
  assert.equal(tries.length, 3)
  written()
  while (tries.length < 9) await settle()
  for (let turn = 0; turn < 5; turn++) await settle()
  assert.equal(tries.length, 9)
})

test('after an outage those that are over are skipped, and the rest go out a few at a time', async () => {
  let inFlight = 0
  let most = 0
  let down = true
  const old = many(200)
  const fresh = testSignIn({ id: 'fresh', createdAt: testStart + 500, expiresAt: testStart + 1100, delivery: { nextAttemptAt: testStart + 500 } })
  const { start, time, tries, store } = setUp([...old, fresh], async () => {
    if (down) return deferred()
    most = Math.max(most, ++inFlight)
    await settle()
    inFlight--
    return sent()
  })
  start()
  await time.pass(610)
  down = false
  const before = tries.length
  await time.pass(120)
  assert.deepEqual(tries.slice(before).map(({ id }) => id), ['fresh'])
  assert.ok(most <= 8)
  assert.ok(old.every(({ id }) => store.get(id).state === 'expired'))
})

test('a silent mail is never delivered, and its stream shows what a member’s does', async () => {
  const { start, time, tries, store } = setUp([testSignIn({ delivery: { silent: true } })], sent)
  start()
  await settle()
  assert.equal(store.get(testSignIn().id).delivery.status, 'queued')
  await time.pass(0.31)
  assert.equal(store.get(testSignIn().id).delivery.status, 'sent')
  assert.equal(tries.length, 0)
})

test('while the mail server refuses, a silent mail is deferred like the others, and sent when they are', async () => {
  let down = true
  const silent = testSignIn({ id: 'silent', delivery: { silent: true, nextAttemptAt: testStart + 1 } })
  const { start, time, store } = setUp([testSignIn(), silent], () => (down ? deferred() : sent()))
  start()
  await time.pass(2)
  assert.deepEqual(['silent', testSignIn().id].map((id) => store.get(id).delivery.status), ['deferred', 'deferred'])
  down = false
  await time.pass(120)
  assert.deepEqual(['silent', testSignIn().id].map((id) => store.get(id).delivery.status), ['sent', 'sent'])
})

test('a mail server that refuses says nothing of text messages: a silent one is sent as they are', async () => {
  const silent = testSignIn({ id: 'silent', channel: 'sms', address: '+15550100200', delivery: { silent: true, nextAttemptAt: testStart + 1 } })
  const { start, time, store } = setUp([testSignIn(), silent], deferred, { ready: async () => false })
  start()
  await time.pass(3)
  assert.deepEqual(['silent', testSignIn().id].map((id) => store.get(id).delivery.status), ['sent', 'deferred'])
})

test('with a dead mail server and silent mails alone, they are deferred as a real one would be', async () => {
  const { start, time, store } = setUp([testSignIn({ delivery: { silent: true } })], sent, { ready: async () => false })
  start()
  await time.pass(0.5)
  assert.equal(store.get(testSignIn().id).delivery.status, 'deferred')
})

test('a store that cannot be asked is asked again after a while, not at once', async () => {
  const { start, time, store, tries } = setUp([testSignIn()], sent)
  store.broken = new Error('disk')
  start()
  await settle()
  assert.equal(time.waiting(), 1)
  store.broken = undefined
  await time.pass(4)
  assert.equal(tries.length, 1)
})

test('however often it is woken, one timer waits', async () => {
  const { start, time } = setUp(many(20, { delivery: { nextAttemptAt: testStart + 30 } }), sent)
  const queue = start()
  for (let count = 0; count < 10; count++) {
    for (let more = 0; more < 10; more++) queue.wake()
    await settle()
    assert.ok(time.waiting() <= 2, 'for the next look, and for the next mail')
    await time.pass(0.01)
  }
  assert.equal(time.waiting(), 1)
})

test('on a shared store two servers send each mail once', async () => {
  const { options, start, tries, time } = setUp(many(20), async () => (await settle(), sent()), { claimSeconds: 45 })
  start()
  startDeliveryQueue(options)
  await time.pass(0)
  while (tries.length < 20) await settle()
  await settle()
  assert.equal(tries.length, 20)
})

test('on a shared store the mail of a server that died is sent by another one when its claim is over', async () => {
  const { options, start, time, store } = setUp([testSignIn()], never, { claimSeconds: 45 })
  start()
  await settle()
  startDeliveryQueue({ ...options, deliver: async () => sent() })
  await time.pass(44)
  assert.equal(store.get(testSignIn().id).delivery.status, 'queued')
  await time.pass(2)
  assert.equal(store.get(testSignIn().id).delivery.status, 'sent')
})

test('stopping waits for what is in flight, and begins nothing new', async () => {
  let finish: (result: DeliveryResult) => void = () => {}
  const { start, store, tries } = setUp(many(2), () => new Promise((resolve) => (finish = resolve)), { concurrency: 1 })
  const queue = start()
  await settle()
  const stopped = queue.stop()
  finish(sent())
  await stopped
  assert.equal(store.get('many-0000').delivery.status, 'sent')
  queue.wake()
  await settle()
  assert.equal(tries.length, 1)
  assert.equal(store.get('many-0001').delivery.status, 'queued')
})

test('stopping does not wait for ever', async () => {
  const { start } = setUp([testSignIn()], never, { stopSeconds: 0.01 })
  const queue = start()
  await settle()
  await queue.stop()
})
