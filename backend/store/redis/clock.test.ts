import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redisClock } from './clock.ts'

describe('the clock that all processes share', () => {
  it('goes on from what Redis said by its own pace, and never back', () => {
    let seconds = 0
    const clock = redisClock(() => seconds)
    clock.set(1000, 1000)
    seconds = 5
    assert.deepEqual([clock.now(), clock.wall()], [1005, 1005])
    clock.set(1003, 1003)
    assert.deepEqual([clock.now(), clock.wall()], [1005, 1003])
    seconds = 8
    assert.deepEqual([clock.now(), clock.wall()], [1006, 1006])
  })
})
