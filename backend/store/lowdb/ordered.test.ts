import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Ordered } from './ordered.ts'

const key = fc.integer({ min: 0, max: 12 })
const act = fc.record({ remove: fc.boolean(), key, look: fc.boolean() })
/** The same key always has the same number, and many keys share one. */
const byOf = (n: number) => n % 5

describe('keys in order', () => {
  it('are what a sorted set would be, after any adds and removes, from both ends and from anywhere', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 80 }), key, (acts, from) => {
      const ordered = new Ordered()
      const model = new Set<number>()
      for (const { remove, key: n, look } of acts) {
        if (remove) ordered.remove(byOf(n), String(n))
        else if (!model.has(n)) ordered.add(byOf(n), String(n))
        if (remove) model.delete(n)
        else model.add(n)
        if (look) assert.equal([...ordered.ascending()].length, model.size)
      }
      const expected = [...model].map((n) => ({ by: byOf(n), key: String(n) })).sort((a, b) => a.by - b.by || (a.key < b.key ? -1 : 1))
      const after = { by: byOf(from), key: String(from) }
      const isAfter = (entry: { by: number; key: string }) => entry.by > after.by || (entry.by === after.by && entry.key > after.key)
      const isBefore = (entry: { by: number; key: string }) => !isAfter(entry) && entry.key !== after.key
      const keys = (entries: { key: string }[]) => entries.map((entry) => entry.key)
      assert.equal(ordered.size, model.size)
      assert.deepEqual([...ordered.ascending()], keys(expected))
      assert.deepEqual([...ordered.descending()], keys(expected.toReversed()))
      assert.deepEqual([...ordered.ascending(after)], keys(expected.filter(isAfter)))
      assert.deepEqual([...ordered.descending(after)], keys(expected.filter(isBefore).toReversed()))
    }))
  })
})
