import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seeded } from './seeded.ts'

describe('seeded choices', () => {
  it('are the same for one seed, and others for another', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, () => seeded(seed).below(1000))
    const row = (seed: number) => {
      const random = seeded(seed)
      return Array.from({ length: 20 }, () => random.below(1000))
    }
    assert.deepEqual(row(7), row(7))
    assert.notDeepEqual(row(7), row(8))
    assert.ok(new Set(row(7)).size > 10)
    assert.equal(new Set(draw(7)).size, 1)
  })
})
