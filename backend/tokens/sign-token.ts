/**
 * JWTs as they are made here (RFC 7515, section 7.1; RFC 7518, sections 3.2 and 3.4), by `node:crypto`. jose goes through WebCrypto, and the trip there and
 * back costs two to four times the signature (measured). What others read, or make, is read here by jose too.
 */
import { createHmac, sign, type KeyObject } from 'node:crypto'
import { equalText } from './secrets.ts'

export type Signing = { alg: 'ES256'; key: KeyObject } | { alg: 'HS256'; key: Uint8Array }

export type Header = { typ: string; kid?: string }

/** @param header beside `alg` */
export function signToken(header: Header, claims: object, signing: Signing): string {
  const signed = `${encodedHeader(signing.alg, header)}.${base64url(claims)}`
  return `${signed}.${signatureOf(signed, signing)}`
}

/**
 * The claims of a token that `signToken` made with that header and one of these keys (HS256), letter by letter the same; `undefined` for any other text. Its header is
 * compared and not read, so nothing in it can choose a key or an algorithm (RFC 8725, sections 3.1 and 3.11), and one token has one spelling.
 */
export function readSigned(token: string, header: Header, keys: readonly Uint8Array[]): unknown {
  const head = encodedHeader('HS256', header)
  const end = token.lastIndexOf('.')
  if (!token.startsWith(`${head}.`) || end <= head.length) return undefined
  const signed = token.slice(0, end)
  const isOf = (key: Uint8Array) => equalText(token.slice(end + 1), signatureOf(signed, { alg: 'HS256', key }))
  return keys.some(isOf) ? JSON.parse(Buffer.from(signed.slice(head.length + 1), 'base64url').toString()) : undefined
}

/** A process has one for each kind of token and each of its keys. */
const headers = new Map<string, string>()

function encodedHeader(alg: Signing['alg'], header: Header): string {
  const name = `${alg} ${header.typ} ${header.kid ?? ''}`
  const encoded = headers.get(name) ?? base64url({ alg, ...header })
  headers.set(name, encoded)
  return encoded
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** In base64url. ECDSA as the two numbers side by side; Node's own choice would be DER. */
function signatureOf(signed: string, { alg, key }: Signing): string {
  if (alg === 'HS256') return createHmac('sha256', key).update(signed).digest('base64url')
  return sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}
