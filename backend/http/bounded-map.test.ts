import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BoundedMap } from './bounded-map.ts'

test('it forgets those that have stood there longest, and whoever is set anew is the newest', () => {
  const map = new BoundedMap<number, string>(100)
  for (let key = 0; key < 100; key += 1) map.set(key, 'first')
  map.set(0, 'again')
  assert.equal(map.size, 100)
  map.set(100, 'one too many')
  assert.equal(map.size, 100)
  assert.equal(map.has(1), false)
  assert.deepEqual([map.get(0), map.get(2), map.get(100)], ['again', 'first', 'one too many'])
})

test('another value in the same place makes nobody newer, and lets nobody in', () => {
  const map = new BoundedMap<number, string>(2)
  map.set(1, 'first')
  map.set(2, 'second')
  map.replace(1, 'again')
  map.replace(3, 'nobody')
  assert.deepEqual([...map], [[1, 'again'], [2, 'second']])
  map.set(4, 'newest')
  assert.equal(map.has(1), false)
})

test('it never holds more, and what it forgets is gone: memory does not grow with what was set', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed / 1e6
  }
  const few = new BoundedMap<string, object>(1000)
  const many = new BoundedMap<string, object>(1000)
  const fill = (times: number) => {
    for (let time = 0; time < times; time += 1) {
      few.set(`key ${time % 200}`, { time })
      many.set(`key ${time}`, { time })
      assert.ok(many.size <= 1000)
    }
  }
  fill(10_000)
  const before = heap()
  fill(500_000)
  const grown = heap() - before
  assert.ok(grown < 5, `${grown} MB more`)
  assert.equal(few.size, 200)
})
