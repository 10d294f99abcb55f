import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Ordered, type Run } from './ordered.ts'

const place = fc.integer({ min: 0, max: 12 })
const act = fc.record({ remove: fc.boolean(), place, look: fc.boolean() })
/** The same place always has the same number, and many places share one. */
const byOf = (n: number) => n % 5

const listed = (runs: Iterable<Run>) => [...runs].flatMap(({ by, places }) => places.map((each) => [by, each]))

describe('places in order', () => {
  it('are what a sorted set would be, after any adds and removes, from both ends and from anywhere', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 80 }), place, (acts, from) => {
      const ordered = new Ordered()
      const model = new Set<number>()
      for (const { remove, place: n, look } of acts) {
        if (remove) ordered.remove(byOf(n), n)
        else if (!model.has(n)) ordered.add(byOf(n), n)
        if (remove) model.delete(n)
        else model.add(n)
        if (look) assert.equal(ordered.places.length, model.size)
      }
      const runs = (keep: (by: number) => boolean) => [0, 1, 2, 3, 4].filter(keep).map((by) => [...model].filter((n) => byOf(n) === by).sort((a, b) => a - b).map((n) => [by, n]))
      const by = byOf(from)
      assert.equal(ordered.size, model.size)
      assert.deepEqual(listed(ordered.ascending()), runs(() => true).flat())
      assert.deepEqual(listed(ordered.descending()), runs(() => true).reverse().flat())
      assert.deepEqual(listed(ordered.ascending(by)), runs((n) => n >= by).flat())
      assert.deepEqual(listed(ordered.descending(by)), runs((n) => n <= by).reverse().flat())
    }))
  })
})
