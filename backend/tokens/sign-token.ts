/**
 * JWTs as they are made here (RFC 7515, section 7.1; RFC 7518, sections 3.2 and 3.4), by `node:crypto`. jose signs through WebCrypto, and the trip there and
 * back costs two to four times the signature (measured). What is shown by others is read by jose.
 */
import { createHmac, sign, type KeyObject } from 'node:crypto'

export type Signing = { alg: 'ES256'; key: KeyObject } | { alg: 'HS256'; key: Uint8Array }

/** @param header beside `alg` */
export function signToken(header: { typ: string; kid?: string }, claims: object, signing: Signing): string {
  const signed = `${base64url({ alg: signing.alg, ...header })}.${base64url(claims)}`
  return `${signed}.${signatureOf(signed, signing).toString('base64url')}`
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** ECDSA as the two numbers side by side; Node's own choice would be DER. */
function signatureOf(signed: string, { alg, key }: Signing): Buffer {
  return alg === 'ES256' ? sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }) : createHmac('sha256', key).update(signed).digest()
}
