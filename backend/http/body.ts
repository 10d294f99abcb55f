/** Request bodies: bounded, UTF-8, one meaning (R40, R74, R80). */
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { Problem } from '../problems.ts'

export const maxBodyBytes = 16 * 1024

/**
 * The JSON value of the body. Keys that come twice are refused, so that no two readers can see two requests in one text.
 * @throws {Problem} `unsupported_media_type`, `payload_too_large`, `invalid_request`
 */
export async function readJson(ctx: Context): Promise<unknown> {
  if (ctx.request.is('application/json') !== 'application/json') throw new Problem('unsupported_media_type')
  const text = await readText(ctx)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Problem('invalid_request', { cause })
  }
  if (countKeys(value) !== countKeysInText(text)) throw new Problem('invalid_request', { errors: [{ field: '', code: 'duplicate_key' }] })
  return value
}

/** The fields of a form. One that comes twice is refused. @throws {Problem} as `readJson` */
export async function readForm(ctx: Context): Promise<Map<string, string>> {
  const type = 'application/x-www-form-urlencoded'
  if (ctx.request.is(type) !== type) throw new Problem('unsupported_media_type')
  const pairs = [...new URLSearchParams(await readText(ctx))]
  const fields = new Map(pairs)
  if (fields.size !== pairs.length) throw new Problem('invalid_request')
  return fields
}

async function readText(ctx: Context): Promise<string> {
  const encoding = ctx.get('content-encoding')
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') throw new Problem('unsupported_media_type')
  const bytes = await readBytes(ctx)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('invalid_request', { cause })
  }
}

async function readBytes(ctx: Context): Promise<Buffer> {
  try {
    return await getRawBody(ctx.req, { limit: maxBodyBytes, length: ctx.get('content-length') || null })
  } catch (cause) {
    // What was not read would be taken for the next request of this connection.
    ctx.set('Connection', 'close')
    const tooLarge = cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large'
    throw new Problem(tooLarge ? 'payload_too_large' : 'invalid_request', { cause })
  }
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce<number>((sum, each) => sum + countKeys(each), 0)
  return Array.isArray(value) ? inner : inner + Object.keys(value).length
}

/** In a text that is known to be JSON every quotation mark opens a string, and a string before a colon is a key. */
function countKeysInText(text: string): number {
  let keys = 0
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)) if (match[1] !== undefined) keys += 1
  return keys
}
