import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gathered } from './gathered.ts'

describe('keys gathered under names', () => {
  it('gives those of one name of one site, each once, in the order they came', () => {
    const gathered = new Gathered()
    for (const key of ['b', 'a', 'b']) gathered.add('site', 'anna', key)
    gathered.add('site', 'bert', 'c')
    gathered.add('other', 'anna', 'd')
    assert.deepEqual(gathered.of('site', 'anna'), ['b', 'a'])
    assert.deepEqual(gathered.of('site', 'bert'), ['c'])
    assert.deepEqual(gathered.ofSite('site'), ['b', 'a', 'c'])
    assert.deepEqual(gathered.of('site', 'nobody'), [])
    assert.deepEqual(gathered.ofSite('nowhere'), [])
  })

  it('forgets a key, and nothing but that key', () => {
    const gathered = new Gathered()
    for (const key of ['a', 'b']) gathered.add('site', 'anna', key)
    gathered.add('site', 'bert', 'c')
    gathered.remove('site', 'anna', 'a')
    gathered.remove('site', 'bert', 'not there')
    gathered.remove('nowhere', 'anna', 'b')
    assert.deepEqual([gathered.of('site', 'anna'), gathered.of('site', 'bert')], [['b'], ['c']])
    gathered.remove('site', 'anna', 'b')
    gathered.remove('site', 'bert', 'c')
    assert.deepEqual(gathered.ofSite('site'), [])
    gathered.add('site', 'anna', 'e')
    assert.deepEqual(gathered.of('site', 'anna'), ['e'])
  })

  it('keeps names and keys of Object.prototype like any other', () => {
    const gathered = new Gathered()
    gathered.add('__proto__', '__proto__', '__proto__')
    assert.deepEqual(gathered.of('__proto__', '__proto__'), ['__proto__'])
    assert.deepEqual(gathered.of('site', 'constructor'), [])
  })
})
