import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { inTime, within } from './in-time.ts'

test('a letter is given up after half a minute, and not before', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    let signal: AbortSignal | undefined
    const sending = inTime((given) => new Promise<string>((resolve) => {
      signal = given
      given.addEventListener('abort', () => resolve('late'))
    }))
    mock.timers.tick(29_999)
    assert.equal(signal?.aborted, false)
    mock.timers.tick(1)
    assert.equal(await sending, 'late')
  } finally {
    mock.timers.reset()
  }
})

test('what came of a letter in time stays so, and its timer is gone', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    let signal: AbortSignal | undefined
    assert.equal(await inTime(async (given) => ((signal = given), 'sent')), 'sent')
    await assert.rejects(inTime(() => Promise.reject(new Error('no'))), /no/)
    mock.timers.tick(60_000)
    assert.equal(signal?.aborted, false)
  } finally {
    mock.timers.reset()
  }
})

test('an answer is waited for so long and no longer, and its timer is gone', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    assert.equal(await within(100, Promise.resolve('in time'), 'late'), 'in time')
    await assert.rejects(within(100, Promise.reject(new Error('no')), 'late'), /no/)
    const asked = within(100, new Promise<string>(() => undefined), 'late')
    mock.timers.tick(100)
    assert.equal(await asked, 'late')
  } finally {
    mock.timers.reset()
  }
})
