import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'koa'
import { handedOn } from './handed-on.ts'

const aContext = () => ({ state: {} }) as Context

test('what a step found is there for a later one of the same request, and of no other', () => {
  const [start, person] = [handedOn<string>('readStart'), handedOn<string>('readPerson')]
  const [mine, other] = [aContext(), aContext()]
  start.keep(mine, 'a start')
  person.keep(mine, '')
  assert.deepEqual([start.of(mine), person.of(mine)], ['a start', ''])
  assert.throws(() => start.of(other), new TypeError('readStart comes first'))
})

test('two of one name are two', () => {
  const [one, two] = [handedOn<number>('step'), handedOn<number>('step')]
  const ctx = aContext()
  one.keep(ctx, 0)
  assert.equal(one.of(ctx), 0)
  assert.throws(() => two.of(ctx), TypeError)
})
