import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areaUnderCurve, chanceAlone, median } from './rank.ts'

const numbers = (count: number, add = 0) => Array.from({ length: count }, (_, index) => index + add)

test('samples that do not overlap are told apart for certain, whichever is larger', () => {
  assert.equal(areaUnderCurve(numbers(10, 100), numbers(20)), 1)
  assert.equal(areaUnderCurve(numbers(10), numbers(20, 100)), 1)
})

test('a sample is not told from itself, nor where all values are one', () => {
  assert.equal(areaUnderCurve(numbers(50), numbers(50)), 0.5)
  assert.equal(areaUnderCurve([1, 1, 1], [1, 1]), 0.5)
})

test('it is the chance that one is larger, counted by hand', () => {
  const [a, b] = [[3, 5, 5, 8], [1, 4, 5]]
  const wins = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0))).reduce((sum: number, each) => sum + each, 0)
  assert.equal(areaUnderCurve(a, b), Math.max(wins / 12, 1 - wins / 12))
})

test('the more is measured, the less chance alone can do', () => {
  assert.ok(chanceAlone(500, 500) < 0.55 && chanceAlone(100, 100) > 0.6)
})

test('the median is the middle one', () => assert.equal(median([9, 1, 5]), 5))
