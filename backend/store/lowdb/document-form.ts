/**
 * The content of a document: JSON with each record on a line of its own. So a record's text goes to the file and comes back as it is kept,
 * without being taken apart and put together again, and a start reads only what its indexes ask for.
 */
import * as v from 'valibot'
import type { Form } from './durable-file.ts'
import { parseJson } from './line.ts'

/** Records as JSON texts, none of which has a line break in it. */
export type DocumentContent = { store: string; name: string; kind: string; id: number; records: string[] }

const schema = v.object({
  store: v.string(),
  /** Its own, so that it is none of another checkpoint under this one's name. */
  name: v.string(),
  kind: v.string(),
  id: v.number(),
  records: v.array(v.unknown()),
})

const newline = 0x0a
const comma = 0x2c

export const documentForm: Form<DocumentContent> = {
  toText: ({ records, ...about }) => `${JSON.stringify({ ...about, records: [] }).slice(0, -2)}\n${records.join(',\n')}\n]}`,
  read(body) {
    const end = body.indexOf(newline)
    // Without lines: as documents were written before.
    const about = v.safeParse(schema, parseJson(end < 0 ? body.toString() : `${body.toString('utf8', 0, end)}]}`))
    if (!about.success) return undefined
    const records = end < 0 ? about.output.records.map((record) => JSON.stringify(record)) : linesOf(body, end + 1)
    return records && { ...about.output, records }
  },
}

/** Up to the closing line. Each gets a text of its own: a part of the whole would keep all of it in memory. */
function linesOf(body: Buffer, from: number): string[] | undefined {
  const lines: string[] = []
  let at = from
  for (let end = body.indexOf(newline, at); end >= 0; end = body.indexOf(newline, at)) {
    if (end > at) lines.push(body.toString('utf8', at, body[end - 1] === comma ? end - 1 : end))
    at = end + 1
  }
  return body.toString('utf8', at) === ']}' ? lines : undefined
}
