import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import fc from 'fast-check'
import { systemClock } from './clock.ts'

/** Both clocks of the machine, in milliseconds, moved by hand. */
let wall = 0
let steady = 0
beforeEach(() => {
  wall = 1_778_751_660_250
  steady = 5000
  mock.method(Date, 'now', () => wall)
  mock.method(performance, 'now', () => steady)
})
afterEach(() => mock.restoreAll())

const pass = (milliseconds: number) => {
  wall += milliseconds
  steady += milliseconds
}

describe('the clock', () => {
  it('tells epoch seconds with fractions', () => {
    const clock = systemClock()
    assert.deepEqual([clock.now(), clock.wall()], [1_778_751_660.25, 1_778_751_660.25])
    pass(1500)
    assert.deepEqual([clock.now(), clock.wall()], [1_778_751_661.75, 1_778_751_661.75])
  })

  it('goes on at its own pace when the wall clock is set back', () => {
    const clock = systemClock()
    wall -= 3_600_000
    pass(2000)
    assert.equal(clock.now(), 1_778_751_662.25)
    assert.equal(clock.wall(), 1_778_748_062.25, 'what others see is still told')
  })

  it('goes on by the steady clock where the wall clock stands still', () => {
    const clock = systemClock()
    steady += 2000
    assert.equal(clock.now(), 1_778_751_662.25)
  })

  it('follows the wall clock forward, and stays there', () => {
    const clock = systemClock()
    wall += 60_000
    assert.equal(clock.now(), 1_778_751_720.25)
    wall -= 60_000
    pass(1000)
    assert.equal(clock.now(), 1_778_751_721.25)
  })

  it('starts no earlier than the newest time the store has seen', () => {
    const clock = systemClock(1_778_760_000)
    assert.equal(clock.now(), 1_778_760_000)
    pass(1000)
    assert.equal(clock.now(), 1_778_760_001)
    assert.equal(systemClock(1000).now(), clock.wall(), 'a floor in the past changes nothing')
  })

  it('never goes back, whatever the wall clock does', () => {
    const steps = fc.array(fc.record({ wall: fc.integer({ min: -1e9, max: 1e9 }), steady: fc.nat({ max: 1e6 }) }))
    fc.assert(fc.property(steps, (each) => {
      const clock = systemClock()
      let last = clock.now()
      for (const step of each) {
        wall += step.wall
        steady += step.steady
        const next = clock.now()
        assert.ok(next >= last)
        last = next
      }
    }))
  })
})
