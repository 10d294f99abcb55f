import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodeLine, scanLines } from './line.ts'

const json = fc.json()
/** Batches of lines, with where each batch begins. */
const batches = fc.array(fc.array(json, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
const encode = (all: string[][]) => Buffer.concat(all.flat().length ? all.map(encodeBatch) : [])
const encodeBatch = (batch: string[]) => Buffer.from(batch.map((text, i) => encodeLine(text, i === 0)).join(''))

describe('the lines of the journal', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(batches, (all) => {
      const bytes = encode(all)
      assert.deepEqual(scanLines(bytes), { texts: all.flat(), goodBytes: bytes.length, end: 'whole' })
    }))
  })

  it('are whole or torn wherever the file is cut off, and the lines before the cut are all there', () => {
    fc.assert(fc.property(batches, fc.nat(), (all, n) => {
      const bytes = encode(all)
      const cut = bytes.subarray(0, n % (bytes.length + 1))
      const { texts, goodBytes, end } = scanLines(cut)
      assert.equal(end, goodBytes === cut.length ? 'whole' : 'torn')
      assert.deepEqual(texts, all.flat().slice(0, texts.length))
      assert.ok(cut.indexOf(10, goodBytes) === -1)
    }))
  })

  it('are damaged when a byte of any batch but the last was changed', () => {
    fc.assert(fc.property(batches, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, n, flip) => {
      const sealed = encode(all)
      const bytes = Buffer.concat([sealed, encodeBatch(['{}'])])
      const at = n % sealed.length
      bytes[at] = (bytes[at] ?? 0) ^ flip
      // A newline turned to NUL joins two lines; before the last batch the watermark tells.
      fc.pre(bytes[at] !== 0 || at !== sealed.length - 1)
      assert.equal(scanLines(bytes).end, 'damaged')
    }))
  })

  it('may have a hole of unwritten pages in the last batch, and in no other', () => {
    const last = encodeBatch(['{"a":1}', '{"b":2}', '{"c":3}'])
    const torn = Buffer.concat([encodeBatch(['{"z":0}']), Buffer.from(last).fill(0, 3, 20)])
    assert.deepEqual(scanLines(torn), { texts: ['{"z":0}'], goodBytes: torn.length - last.length, end: 'torn' })
    assert.equal(scanLines(Buffer.concat([torn, encodeBatch(['{}'])])).end, 'damaged')
  })
})
