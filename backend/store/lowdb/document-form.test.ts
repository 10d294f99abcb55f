import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentForm, type DocumentContent } from './document-form.ts'

const about = { store: 's', name: 'doc-users-1-2.json', kind: 'users', id: 1 }
const records = [{ id: 'é\n\u2028', list: [',', ']}'] }, { id: '' }].map((record) => JSON.stringify(record))
const bytesOf = (texts: string[]) => Buffer.from(texts.join(',\n'))
const readText = (text: string): DocumentContent | undefined => documentForm.read(Buffer.from(text))

describe('the form of a document', () => {
  it('gives back the records as they were, be there none, one or several', () => {
    for (const some of [[], records.slice(0, 1), records].map(bytesOf)) assert.deepEqual(documentForm.read(documentForm.toBytes({ ...about, records: some })), { ...about, records: some })
  })

  it('is JSON, as it was before there were lines, and reads what was written then', () => {
    const before = { ...about, records: records.map((text): unknown => JSON.parse(text)) }
    assert.deepEqual(JSON.parse(documentForm.toBytes({ ...about, records: bytesOf(records) }).toString()), before)
    assert.deepEqual(readText(JSON.stringify(before)), { ...about, records: bytesOf(records) })
  })

  it('is nothing else: not without its end, nor its head, nor another JSON', () => {
    const text = documentForm.toBytes({ ...about, records: bytesOf(records) }).toString()
    for (const bad of [text.slice(0, -1), `${text}\n`, text.slice(1), text.replace('"kind"', '"kend"'), text.split('\n').slice(1).join('\n'), '', 'null', '\n', '[]\n]}']) assert.equal(readText(bad), undefined, bad)
  })
})
