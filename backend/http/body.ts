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
  const text = await readText(ctx, 'application/json')
  const value = parseJson(text)
  // An array would pass for an object whose fields are all optional.
  if (Array.isArray(value)) throw new Problem('invalid_request')
  if (countKeys(value) !== countKeysInText(text)) throw new Problem('invalid_request', { errors: [{ field: '', code: 'duplicate_key' }] })
  return value
}

/** The same where a call has nothing to say: no body is `{}`. @throws {Problem} as `readJson` */
export async function readJsonIfAny(ctx: Context): Promise<unknown> {
  const isEmpty = !ctx.request.length && ctx.headers['transfer-encoding'] === undefined
  return isEmpty ? {} : readJson(ctx)
}

/** Without a cause: the parser's own words quote the text, and it may hold a secret (R81). */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem('invalid_request')
  }
}

/** The fields of a form. One that comes twice is refused. @throws {Problem} as `readJson` */
export async function readForm(ctx: Context): Promise<Map<string, string>> {
  const pairs = [...new URLSearchParams(await readText(ctx, 'application/x-www-form-urlencoded'))]
  const fields = new Map(pairs)
  if (fields.size !== pairs.length) throw new Problem('invalid_request')
  return fields
}

async function readText(ctx: Context, mediaType: string): Promise<string> {
  if (ctx.request.type.trim().toLowerCase() !== mediaType || !isUtf8(ctx.request.charset)) throw new Problem('unsupported_media_type')
  const encoding = ctx.get('content-encoding')
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') throw new Problem('unsupported_media_type')
  const bytes = await readBytes(ctx)
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new Problem('invalid_request', { cause })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whoever honours another charset would read another text (R40). */
const isUtf8 = (charset: string): boolean => charset === '' || charset.toLowerCase() === 'utf-8'

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

/** Without recursion: 16 KiB of brackets are deeper than the stack. */
function countKeys(value: unknown): number {
  const left: unknown[] = [value]
  let keys = 0
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    const inner: unknown[] = Object.values(next)
    if (!Array.isArray(next)) keys += inner.length
    left.push(...inner)
  }
  return keys
}

/** In a text that is known to be JSON every quotation mark opens a string, and a string before a colon is a key. */
function countKeysInText(text: string): number {
  return text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/gs)?.filter((string) => string.endsWith(':')).length ?? 0
}
