/**
 * The content of a document: JSON with each record on a line of its own. So a record's text goes to the file and comes back as it is kept,
 * without being taken apart and put together again, and a start reads only what its indexes ask for.
 */
import * as v from 'valibot'
import type { Form } from './durable-file.ts'
import { parseJson } from './line.ts'

/** `records` as JSON texts, one a line, with commas between. */
export type DocumentContent = { store: string; name: string; kind: string; id: number; records: Buffer }

const schema = v.object({
  store: v.string(),
  /** Its own, so that it is none of another checkpoint under this one's name. */
  name: v.string(),
  kind: v.string(),
  id: v.number(),
  records: v.array(v.unknown()),
})

const newline = 0x0a
const ending = Buffer.from('\n]}')

export const documentForm: Form<DocumentContent> = {
  toBytes: ({ records, ...about }) => Buffer.concat([Buffer.from(`${JSON.stringify({ ...about, records: [] }).slice(0, -2)}\n`), records, ending]),
  read(body) {
    const end = body.indexOf(newline)
    // Without lines: as documents were written before.
    const about = v.safeParse(schema, parseJson(end < 0 ? body.toString() : `${body.toString('utf8', 0, end)}]}`))
    if (!about.success) return undefined
    const records = end < 0 ? Buffer.from(about.output.records.map((record) => JSON.stringify(record)).join(',\n')) : linesOf(body, end + 1)
    return records && { ...about.output, records }
  },
}

function linesOf(body: Buffer, from: number): Buffer | undefined {
  const end = body.length - ending.length
  return end >= from && body.subarray(end).equals(ending) ? body.subarray(from, end) : undefined
}
