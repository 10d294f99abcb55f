import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testLetter, testSignIn } from '../testing/delivery-fakes.ts'
import { outboxDelivery } from './outbox.ts'

const letter = testLetter(testSignIn())

test('the newest letter comes first, with its number and time', async () => {
  const outbox = outboxDelivery({ clock: { wall: () => 1234.5 } })
  assert.deepEqual(await outbox.deliver({ ...letter, subject: 'one' }), { status: 'sent' })
  await outbox.deliver({ ...letter, subject: 'two' })
  const seen = outbox.letters().map(({ number, subject, keptAt }) => ({ number, subject, keptAt }))
  assert.deepEqual(seen, [{ number: 2, subject: 'two', keptAt: 1234.5 }, { number: 1, subject: 'one', keptAt: 1234.5 }])
})

test('no more letters are held than asked for; the oldest go', async () => {
  const outbox = outboxDelivery({ keep: 2 })
  for (const subject of ['one', 'two', 'three']) await outbox.deliver({ ...letter, subject })
  assert.deepEqual(outbox.letters().map(({ subject }) => subject), ['three', 'two'])
})

test('a listener hears of each letter until it unsubscribes', async () => {
  const outbox = outboxDelivery()
  const heard: string[] = []
  const stop = outbox.onLetter(({ subject }) => heard.push(subject))
  await outbox.deliver({ ...letter, subject: 'one' })
  stop()
  await outbox.deliver({ ...letter, subject: 'two' })
  assert.deepEqual(heard, ['one'])
})

test('cleared, it is empty, and numbers go on', async () => {
  const outbox = outboxDelivery()
  await outbox.deliver(letter)
  outbox.clear()
  assert.deepEqual(outbox.letters(), [])
  await outbox.deliver(letter)
  assert.equal(outbox.letters()[0]?.number, 2)
})

test('what letters() hands out does not change under the reader', async () => {
  const outbox = outboxDelivery()
  await outbox.deliver(letter)
  const before = outbox.letters()
  await outbox.deliver(letter)
  assert.equal(before.length, 1)
})

test('it takes text messages as well, and is always ready', async () => {
  const outbox = outboxDelivery()
  assert.deepEqual(await outbox.deliver({ ...letter, channel: 'sms', to: '+4915112345678' }), { status: 'sent' })
  assert.equal(await outbox.ready(), true)
  await outbox.close()
})
