import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentAttempts } from './silent-attempts.ts'

const at = (time: { now: number }, more: { ready?: () => Promise<boolean>; random?: () => number } = {}) => silentAttempts({ now: () => time.now, ...more })

test('with nothing to go by, a silent mail takes 50 to 300 ms and is sent', async () => {
  for (const random of [0, 0.5, 0.999]) {
    const { end, seconds } = await at({ now: 0 }, { random: () => random }).next()
    assert.equal(end, 'sent')
    assert.ok(seconds >= 0.05 && seconds <= 0.3)
  }
})

test('with nothing to go by, the mail server itself is asked how it fares', async () => {
  assert.equal((await at({ now: 0 }, { ready: async () => false }).next()).end, 'deferred')
})

test('it takes about as long as real ones of late', async () => {
  const silent = at({ now: 0 })
  silent.note('sent', 2)
  const { seconds } = await silent.next()
  assert.ok(seconds >= 1.9 && seconds <= 2.1)
})

test('durations of mails that were sent and of mails that were not are kept apart', async () => {
  const silent = at({ now: 0 })
  silent.note('sent', 1)
  silent.note('deferred', 10)
  const { end, seconds } = await silent.next()
  assert.equal(end, 'deferred')
  assert.ok(seconds >= 8)
})

test('while real mails are deferred it is deferred, and sent again with them', async () => {
  const silent = at({ now: 0 })
  silent.note('deferred', 0.1)
  assert.equal((await silent.next()).end, 'deferred')
  silent.note('sent', 0.1)
  assert.equal((await silent.next()).end, 'sent')
})

test('a mailbox that does not exist says nothing about the mail server', async () => {
  const silent = at({ now: 0 })
  silent.note('failed', 0.1)
  assert.equal((await silent.next()).end, 'sent')
})

test('an old failure does not count: the mail server is asked anew', async () => {
  const time = { now: 0 }
  let asked = 0
  const silent = at(time, { ready: async () => ++asked > 0 })
  silent.note('deferred', 0.1)
  time.now = 89
  assert.equal((await silent.next()).end, 'deferred')
  time.now = 91
  assert.equal((await silent.next()).end, 'sent')
  assert.equal(asked, 1)
})

test('only the newest fifty are remembered', async () => {
  const silent = at({ now: 0 }, { random: () => 0.999 })
  silent.note('sent', 100)
  for (let count = 0; count < 50; count++) silent.note('sent', 1)
  assert.ok((await silent.next()).seconds < 2)
})
