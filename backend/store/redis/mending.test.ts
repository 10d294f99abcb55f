import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMending } from './mending.ts'

type Run = { succeed(): void; fail(): void }

/** Each run of it ends when the test says so. */
function mendingByHand() {
  const runs: Run[] = []
  const mending = createMending(() => new Promise((resolve, reject) => runs.push({ succeed: resolve, fail: () => reject(new Error('still away')) })))
  return { mending, runs }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('mending after a gap', () => {
  it('runs once at a time, and once more for all that was missed meanwhile', async () => {
    const { mending, runs } = mendingByHand()
    for (let i = 0; i < 300; i += 1) mending.begin()
    assert.equal(runs.length, 1)
    runs[0]?.succeed()
    await settled()
    assert.equal(runs.length, 2)
    runs[1]?.succeed()
    await settled()
    mending.again()
    assert.equal(runs.length, 2)
  })

  it('that failed waits for the next greeting, and is not forgotten', async () => {
    const { mending, runs } = mendingByHand()
    mending.begin()
    mending.begin()
    runs[0]?.fail()
    await settled()
    assert.equal(runs.length, 1)
    mending.again()
    assert.equal(runs.length, 2)
    runs[1]?.succeed()
    await settled()
    mending.again()
    assert.equal(runs.length, 2)
  })

  it('does nothing any more once it is stopped', async () => {
    const { mending, runs } = mendingByHand()
    mending.begin()
    mending.begin()
    mending.stop()
    runs[0]?.succeed()
    await settled()
    assert.equal(runs.length, 1)
  })
})
