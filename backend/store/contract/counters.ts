/** The contract of the counters' port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bornAt } from '../samples.ts'
import type { WithStore } from '../store-contract.ts'

const budget = { max: 3, seconds: 60 }

export function contractOfCounters(withStore: WithStore): void {
  describe('counters', () => {
    it('never lets two callers take the same last one', withStore(async (store) => {
      const takes = Array.from({ length: 50 }, () => store.counters.take('key', budget, bornAt))
      assert.equal((await Promise.all(takes)).filter(({ taken }) => taken).length, 3)
    }))

    it('says how long until there is one again, counted from the first, also after a restart', withStore(async (store, reopen) => {
      for (const second of [0, 10, 20]) assert.deepEqual(await store.counters.take('key', budget, bornAt + second), { taken: true })
      const again = await reopen()
      assert.deepEqual(await again.counters.take('key', budget, bornAt + 30.5), { taken: false, retryAfterSeconds: 30 })
      assert.deepEqual(await again.counters.take('key', budget, bornAt + 59.9), { taken: false, retryAfterSeconds: 1 })
      assert.deepEqual(await again.counters.take('key', budget, bornAt + 60), { taken: true })
    }))

    it('counts keys apart, whatever they are called', withStore(async (store) => {
      for (const key of ['a', 'A', '__proto__', 'constructor', ''])
        assert.deepEqual(await store.counters.take(key, { max: 1, seconds: 60 }, bornAt), { taken: true })
      assert.equal((await store.counters.take('__proto__', { max: 1, seconds: 60 }, bornAt)).taken, false)
    }))

    it('takes from several in turn, up to the first that has none', withStore(async (store) => {
      const each = ['a', 'b', 'c'].map((key, index) => ({ key, budget: { max: [5, 1, 5][index] ?? 0, seconds: 60 }, now: bornAt }))
      assert.deepEqual(await store.counters.takeEach(each), { taken: true })
      assert.deepEqual(await store.counters.takeEach(each), { taken: false, key: 'b', retryAfterSeconds: 60 })
      const left = async (key: string, max: number) => (await Promise.all(Array.from({ length: 6 }, () => store.counters.take(key, { max, seconds: 60 }, bornAt)))).filter(({ taken }) => taken).length
      assert.deepEqual([await left('a', 5), await left('b', 1), await left('c', 5)], [3, 0, 4])
      assert.deepEqual(await store.counters.takeEach([]), { taken: true })
    }))

    it('puts one back', withStore(async (store) => {
      for (let i = 0; i < 3; i += 1) await store.counters.take('key', budget, bornAt)
      await store.counters.giveBack({ key: 'key', now: bornAt })
      assert.equal((await store.counters.take('key', budget, bornAt)).taken, true)
      assert.equal((await store.counters.take('key', budget, bornAt)).taken, false)
    }))

    it('puts none back into a window that began after it was taken', withStore(async (store) => {
      const one = { max: 1, seconds: 60 }
      assert.equal((await store.counters.take('key', one, bornAt)).taken, true)
      assert.equal((await store.counters.take('key', one, bornAt + 61)).taken, true)
      await store.counters.giveBack({ key: 'key', now: bornAt })
      assert.equal((await store.counters.take('key', one, bornAt + 62)).taken, false)
      await store.counters.giveBack({ key: 'key', now: bornAt + 61 })
      assert.equal((await store.counters.take('key', one, bornAt + 62)).taken, true)
    }))

    it('has nothing to put back where nothing was taken', withStore(async (store) => {
      await store.counters.giveBack({ key: 'key', now: bornAt })
      for (let i = 0; i < 3; i += 1) assert.equal((await store.counters.take('key', budget, bornAt)).taken, true)
      assert.equal((await store.counters.take('key', budget, bornAt)).taken, false)
    }))

    it('gives no new budget to a clock that goes back', withStore(async (store) => {
      for (let i = 0; i < 3; i += 1) await store.counters.take('key', budget, bornAt)
      assert.equal((await store.counters.take('key', budget, bornAt - 1000)).taken, false)
    }))
  })
}
