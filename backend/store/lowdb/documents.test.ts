import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordsPerDocument } from './document.ts'
import { Documents } from './documents.ts'

const sizes = (documents: Documents) => documents.all.map(({ size }) => size)
const nothing = Buffer.alloc(0)
const notMoved = () => assert.fail('moved')

describe('documents', () => {
  it('are filled one after another', () => {
    const documents = new Documents()
    for (let i = 0; i < 2 * recordsPerDocument + 1; i += 1) documents.add('{}')
    assert.deepEqual(sizes(documents), [recordsPerDocument, recordsPerDocument, 1])
  })

  it('give each record a place of its own, where it is found', () => {
    const documents = new Documents()
    const [kept = NaN] = documents.reopen(3, 'a', Buffer.from('"kept"'))
    const places = Array.from({ length: 2 * recordsPerDocument }, (_, i) => documents.add(`"${i}"`))
    assert.equal(new Set([kept, ...places]).size, places.length + 1)
    assert.deepEqual([kept, ...places].map((place) => documents.text(place)), ['"kept"', ...places.map((_, i) => `"${i}"`)])
  })

  it('are forgotten when they are empty, and what comes later may take their places', () => {
    const documents = new Documents()
    const places = Array.from({ length: recordsPerDocument + 1 }, () => documents.add('{}'))
    for (const place of places.slice(0, recordsPerDocument)) documents.remove(place)
    documents.tidy(notMoved)
    assert.deepEqual(sizes(documents), [1])
    const later = Array.from({ length: recordsPerDocument }, (_, i) => documents.add(`"${i}"`))
    assert.ok(later.some((place) => places.includes(place)))
    assert.deepEqual(later.map((place) => documents.text(place)), later.map((_, i) => `"${i}"`))
  })

  it('are merged when several are sparse, and one alone is left as it is', () => {
    const documents = new Documents()
    for (const id of [4, 7, 8]) documents.reopen(id, `file ${id}`, Buffer.from(`"${id}"`))
    const moved: [string, string, string][] = []
    documents.tidy((text, from, to) => moved.push([text, documents.text(from), documents.text(to)]))
    assert.deepEqual([...documents.places()].map((place) => documents.text(place)), ['"4"', '"7"', '"8"'])
    assert.deepEqual(moved, ['"4"', '"7"', '"8"'].map((text) => [text, text, text]))
    assert.deepEqual(documents.all.map(({ id, size, dirty }) => [id, size, dirty]), [[9, 3, true]])
    const lone = new Documents()
    lone.reopen(1, 'a', Buffer.from('{}'))
    lone.tidy(notMoved)
    assert.deepEqual(lone.all.map(({ id, dirty }) => [id, dirty]), [[1, false]])
  })

  it('take nothing from an empty file', () => {
    const documents = new Documents()
    assert.deepEqual(documents.reopen(1, 'a', nothing), [])
    assert.deepEqual(sizes(documents), [0])
  })
})
