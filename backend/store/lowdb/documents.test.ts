import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Documents, recordsPerDocument } from './documents.ts'

const sizes = (documents: Documents) => [...documents.all].map(({ slots }) => slots.size)

describe('documents', () => {
  it('are filled one after another', () => {
    const documents = new Documents()
    for (let i = 0; i < 2 * recordsPerDocument + 1; i += 1) documents.place(`k${i}`, '{}')
    assert.deepEqual(sizes(documents), [recordsPerDocument, recordsPerDocument, 1])
  })

  it('are forgotten when they are empty', () => {
    const documents = new Documents()
    const slots = Array.from({ length: recordsPerDocument + 1 }, (_, i) => documents.place(`k${i}`, '{}'))
    for (const slot of slots.slice(0, recordsPerDocument)) documents.drop(slot)
    documents.tidy()
    assert.deepEqual(sizes(documents), [1])
  })

  it('are merged when several are sparse, and one alone is left as it is', () => {
    const documents = new Documents()
    const reopened = [documents.reopen(4, 'a'), documents.reopen(7, 'b'), documents.reopen(8, 'c')]
    const slots = reopened.map((document, i) => documents.restore(`k${i}`, '{}', document))
    documents.tidy()
    assert.deepEqual(sizes(documents), [3])
    assert.equal(new Set(slots.map(({ document }) => document.id)).size, 1)
    assert.equal(slots[0]?.document.id, 9)
    const lone = new Documents()
    lone.restore('k', '{}', lone.reopen(1, 'a'))
    lone.tidy()
    assert.deepEqual([...lone.all].map(({ id, dirty }) => [id, dirty]), [[1, false]])
  })

  it('are dirty when a record comes or goes, and clean as they were reopened', () => {
    const documents = new Documents()
    const document = documents.reopen(1, 'a')
    const slot = documents.restore('k', '{}', document)
    assert.equal(document.dirty, false)
    documents.drop(slot)
    assert.equal(document.dirty, true)
  })
})
