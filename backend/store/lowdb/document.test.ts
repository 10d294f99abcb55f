import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Document, recordsPerDocument } from './document.ts'

const texts = (document: Document) => [...document.positions()].map((position) => document.text(position))

describe('a document', () => {
  it('gives back what it was given, before it is packed, after, and in another run', () => {
    const document = new Document(1, 0)
    const some = ['{"a":"é\u2028😀"}', '{"b":","}', '{}']
    assert.deepEqual(some.map((text) => document.add(text)), [0, 1, 2])
    assert.deepEqual(texts(document), some)
    const bytes = document.pack()
    assert.equal(bytes.toString(), some.join(',\n'))
    assert.deepEqual(texts(document), some)
    const again = new Document(1, 0)
    assert.deepEqual(again.take(bytes), [0, 1, 2])
    assert.deepEqual([texts(again), again.dirty], [some, false])
  })

  it('keeps each record at its position, whatever comes, changes and goes between two packings', () => {
    const document = new Document(1, 0)
    document.take(Buffer.from('"one",\n"two",\n"three"'))
    document.replace(1, '"longer than two"')
    document.remove(0)
    document.add('"four"')
    for (const packed of [false, true]) {
      if (packed) document.pack()
      assert.deepEqual([1, 2, 3].map((position) => document.text(position)), ['"longer than two"', '"three"', '"four"'])
      assert.deepEqual([document.size, texts(document).length], [3, 3])
    }
  })

  it('does not write into bytes that it has given: they may be on their way to disk', () => {
    const document = new Document(1, 0)
    document.add('"one"')
    const bytes = document.pack()
    document.replace(0, '"two"')
    document.add('"three"')
    assert.equal(bytes.toString(), '"one"')
    document.remove(0)
    document.pack()
    assert.equal(bytes.toString(), '"one"')
  })

  it('is dirty when a record comes, changes or goes, and empty when the last has gone', () => {
    for (const touch of [(d: Document) => void d.add('{}'), (d: Document) => d.replace(0, '{}'), (d: Document) => d.remove(0)]) {
      const document = new Document(1, 0)
      document.take(Buffer.from('"one"'))
      assert.equal(document.dirty, false)
      touch(document)
      assert.equal(document.dirty, true)
    }
    const document = new Document(1, 0)
    document.take(Buffer.from('"one"'))
    document.remove(0)
    assert.deepEqual([document.size, document.pack().length], [0, 0])
  })

  it('takes so many records in its life, and no more', () => {
    const document = new Document(1, 0)
    for (let i = 0; i < recordsPerDocument; i += 1) {
      assert.equal(document.isFull, false)
      document.remove(document.add('{}'))
    }
    assert.equal(document.isFull, true)
  })
})
