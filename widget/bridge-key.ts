/**
 * The key rung: where the cookie does not stick, a refresh token that is worth nothing without a non-extractable key
 * (RFC 9449), both in the bridge's IndexedDB.
 */
import { field } from './bridge-messages.ts'
import { base64url, random, textBytes } from './encoding.ts'

/** What a session lives by on the key rung. `token` is the refresh secret. */
export type KeptKey = { pair: CryptoKeyPair; token: string }

let skewSeconds = 0

/** Takes A's clock from an answer: a proof's `iat` has to fit it, and this machine's clock may be wrong. */
export function readClock(answer: Response): void {
  const date = Date.parse(answer.headers.get('date') ?? '')
  if (date) skewSeconds = Math.round((date - Date.now()) / 1000)
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A fresh P-256 key that can sign and can never be read. */
export const newKey = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])

/** A DPoP proof for one POST to this origin (RFC 9449, section 4.2). */
export async function proof(pair: CryptoKeyPair, path: string): Promise<string> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const part = (value: object): string => base64url(textBytes(JSON.stringify(value)))
  const header = part({ typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } })
  const claims = part({ htm: 'POST', htu: location.origin + path, iat: Math.floor(Date.now() / 1000) + skewSeconds, jti: random(16) })
  const signature = await crypto.subtle.sign({ ...algorithm, hash: 'SHA-256' }, pair.privateKey, textBytes(`${header}.${claims}`))
  return `${header}.${claims}.${base64url(signature)}`
}

const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('storage refused'))
  })

async function store(): Promise<IDBObjectStore> {
  const opening = indexedDB.open('linklatch', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
  const database = await settled(opening)
  const keys = database.transaction('keys', 'readwrite').objectStore('keys')
  // It closes once this transaction is over; one left open is never collected.
  database.close()
  return keys
}

const isKept = (value: unknown): value is KeptKey => typeof field(value, 'token') === 'string' && typeof field(value, 'pair') === 'object'

/** What is kept under `name`, if anything is and storage is open to us. */
export async function readKey(name: string): Promise<KeptKey | undefined> {
  try {
    const value: unknown = await settled((await store()).get(name))
    return isKept(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keeps, or with `undefined` forgets. @returns whether a round trip through storage shows it done */
export async function keepKey(name: string, kept: KeptKey | undefined): Promise<boolean> {
  try {
    const keys = await store()
    await (kept ? settled(keys.put(kept, name)) : settled(keys.delete(name)))
    return (await readKey(name))?.token === kept?.token
  } catch {
    return false
  }
}
