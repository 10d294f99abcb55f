import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DueHeap } from './due-heap.ts'

describe('the heap of reminders', () => {
  it('gives what is due, earliest first, and nothing that is not', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 50 }), (ats, now) => {
      const heap = new DueHeap()
      for (const at of ats) heap.push(at, 2 * at)
      const due: number[] = []
      for (let next = heap.takeDue(now); next; next = heap.takeDue(now)) due.push(next.place / 2)
      assert.deepEqual(due, ats.filter((at) => at <= now).sort((a, b) => a - b))
      assert.equal(heap.size, ats.length - due.length)
    }))
  })

  it('keeps the earliest reminder of each place that is wanted, and no other', () => {
    fc.assert(fc.property(fc.array(fc.record({ at: fc.integer({ min: 0, max: 50 }), place: fc.integer({ min: 0, max: 9 }) })), (pushed) => {
      const heap = new DueHeap()
      for (const { at, place } of pushed) heap.push(at, place)
      heap.keep((place) => place % 2 === 0)
      const kept: number[][] = []
      for (let next = heap.takeDue(99); next; next = heap.takeDue(99)) kept.push([next.at, next.place])
      const expected = [0, 2, 4, 6, 8].map((place) => [Math.min(...pushed.filter((each) => each.place === place).map(({ at }) => at)), place]).filter(([at]) => at !== Infinity)
      assert.deepEqual(kept.map(([at]) => at), expected.map(([at]) => at).sort((a = 0, b = 0) => a - b))
      assert.deepEqual(kept.toSorted(), expected.toSorted())
    }))
  })
})
