/**
 * Link, arrival and handoff tokens: HS256, each kind under its own key and with its own `typ` (R30, R32). No address in them (R17).
 * The store's record decides; the signature lets forged ones be dropped before the store is asked.
 */
import { webcrypto } from 'node:crypto'
import { decodeProtectedHeader, errors, jwtVerify, type CryptoKey, type JWTPayload } from 'jose'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Purpose, Secrets } from './secrets.ts'
import { signToken } from './sign-token.ts'

export const arrivalSeconds = 120
/** How far the clocks of machines that share a keys directory may differ. */
const clockSkewSeconds = 60

export type LinkTokenKind = 'link' | 'arrival' | 'handoff'
const kinds: Record<string, LinkTokenKind> = { 'link+jwt': 'link', 'arrival+jwt': 'arrival', 'handoff+jwt': 'handoff' }

/** What a token said that was signed here. `expired`: in its time it was good. */
export type ReadToken = { kind: LinkTokenKind; expired: boolean; signInId: string; siteId: string; handoffId?: string }

export type LinkTokens = {
  /** The same text each time for the same sign-in. */
  link(signIn: SignIn): string
  /** Two minutes, and never longer than it takes the link to end. */
  arrival(signIn: SignIn, now: number): string
  handoff(signIn: SignIn, handoff: { id: string; expiresAt: number }, now: number): string
  /** One of the kinds that are due here, or `undefined` for anything malformed, forged, or of another kind. Never throws. */
  read(token: string, due: LinkTokenKind[], now: number): Promise<ReadToken | undefined>
}

export function createLinkTokens(secrets: Secrets, issuer: string): LinkTokens {
  const imported = keyImporter()
  const sign = (kind: LinkTokenKind, signIn: SignIn, claims: JWTPayload & { iat: number; exp: number }) =>
    signToken({ typ: `${kind}+jwt` }, { iss: issuer, aud: signIn.siteId, jti: signIn.id, ...claims }, { alg: 'HS256', key: secrets.keyAt(kind, kind === 'link' ? signIn.createdAt : claims.iat) })

  return {
    link(signIn) {
      const iat = Math.floor(signIn.createdAt)
      return sign('link', signIn, { iat, exp: iat + Math.round(signIn.expiresAt - signIn.createdAt) })
    },
    arrival(signIn, now) {
      return sign('arrival', signIn, { iat: Math.floor(now), exp: Math.floor(Math.min(now + arrivalSeconds, signIn.expiresAt)) })
    },
    handoff(signIn, handoff, now) {
      return sign('handoff', signIn, { iat: Math.floor(now), exp: Math.floor(handoff.expiresAt), handoff: handoff.id })
    },
    async read(token, due, now) {
      const kind = kindOf(token)
      if (!kind || !due.includes(kind)) return undefined
      for (const key of secrets.keys(kind)) {
        const read = await readWith(await imported(key), token, { kind, issuer, now })
        if (read) return read
      }
      return undefined
    },
  }
}

/** Only to choose the one key and `typ` that the rest is then checked against. */
function kindOf(token: string): LinkTokenKind | undefined {
  try {
    const { typ } = decodeProtectedHeader(token)
    return typ !== undefined && Object.hasOwn(kinds, typ) ? kinds[typ] : undefined
  } catch {
    return undefined
  }
}

/** Each key is imported once: jose would import bytes anew for each token, which takes as long as signing it. */
function keyImporter(): (bytes: Uint8Array) => Promise<CryptoKey> {
  const keys = new WeakMap<Uint8Array, Promise<CryptoKey>>()
  return (bytes) => {
    const key = keys.get(bytes) ?? webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
    keys.set(bytes, key)
    return key
  }
}

async function readWith(key: CryptoKey, token: string, about: { kind: Purpose & LinkTokenKind; issuer: string; now: number }): Promise<ReadToken | undefined> {
  const { kind, issuer, now } = about
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      typ: `${kind}+jwt`,
      issuer,
      requiredClaims: ['aud', 'jti', 'iat', 'exp'],
      currentDate: new Date(now * 1000),
      clockTolerance: 1,
    })
    return (payload.iat ?? 0) > now + clockSkewSeconds ? undefined : named(kind, payload, false)
  } catch (error) {
    if (error instanceof errors.JWTExpired) return named(kind, error.payload, true)
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function named(kind: LinkTokenKind, payload: JWTPayload, expired: boolean): ReadToken | undefined {
  const { jti, aud, handoff } = payload
  if (typeof jti !== 'string' || typeof aud !== 'string') return undefined
  if (kind !== 'handoff') return { kind, expired, signInId: jti, siteId: aud }
  return typeof handoff === 'string' ? { kind, expired, signInId: jti, siteId: aud, handoffId: handoff } : undefined
}
