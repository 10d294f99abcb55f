import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Slice } from './rows.ts'
import { median, quantile, summarise } from './results.ts'

describe('results', () => {
  it('are medians over the rounds, and quantiles over all requests', () => {
    const slice = (ratio: number, latenciesMs: number[]): Slice => ({ row: 'start', store: 'lowdb', perSecond: 100 * ratio, ratio, latenciesMs, cpuMicroseconds: 10, cpuRatio: 2 })
    const { rows } = summarise({ slices: [slice(0.1, [1, 2]), slice(9, [3]), slice(0.2, [100])], bare: [] }, [{ name: 'lowdb', startSeconds: 0, residentMb: 0, longestBlockMs: 0 }])
    assert.deepEqual(rows, [{ store: 'lowdb', row: 'start', ratio: 0.2, perSecond: 20, p50Ms: 3, p99Ms: 100, cpuMicroseconds: 10, cpuRatio: 2 }])
  })

  it('have no number where there was nothing', () => {
    assert.ok(Number.isNaN(median([])))
    assert.equal(quantile([5], 0.99), 5)
  })
})
