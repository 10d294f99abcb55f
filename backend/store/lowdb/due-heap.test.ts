import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DueHeap } from './due-heap.ts'

describe('the heap of reminders', () => {
  it('gives what is due, earliest first, and nothing that is not', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 50 }), (ats, now) => {
      const heap = new DueHeap()
      for (const at of ats) heap.push(at, `k${at}`)
      const due: number[] = []
      for (let next = heap.takeDue(now); next; next = heap.takeDue(now)) due.push(next.at)
      assert.deepEqual(due, ats.filter((at) => at <= now).sort((a, b) => a - b))
      assert.equal(heap.size, ats.length - due.length)
    }))
  })
})
