import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HashedPlaces } from './hashed-places.ts'

const act = fc.record({ text: fc.constantFrom('', 'a', 'b', 'ab', 'ä', '__proto__'), place: fc.integer({ min: 0, max: 3000 }), remove: fc.boolean() })

describe('places under hashes of texts', () => {
  it('are what a map of lists would be, after any adds and removes', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const places = new HashedPlaces()
      const model = new Map<number, string>()
      for (const { text, place, remove } of acts) {
        const there = model.get(place)
        if (remove && there !== undefined) places.remove(there, place)
        if (remove) model.delete(place)
        else if (there === undefined) places.add(text, place)
        if (!remove && there === undefined) model.set(place, text)
      }
      assert.equal(places.size, model.size)
      for (const { text } of acts) assert.deepEqual(places.under(text), [...model].filter(([, of]) => of === text).map(([place]) => place))
    }))
  })

  it('are found among very many, each nearly alone, and in the order they came', () => {
    const places = new HashedPlaces()
    const count = 20_000
    for (let place = 0; place < count; place += 1) places.add(`text ${place >> 1}`, place)
    let strangers = 0
    for (let place = 0; place < count; place += 2) {
      const found = places.under(`text ${place >> 1}`)
      assert.deepEqual(found.filter((each) => each >> 1 === place >> 1), [place, place + 1])
      strangers += found.length - 2
    }
    assert.ok(strangers < 50, `${strangers}`)
  })

  it('are not removed by another text', () => {
    const places = new HashedPlaces()
    places.add('a', 7)
    places.remove('b', 7)
    assert.deepEqual([places.under('a'), places.size], [[7], 1])
  })
})
