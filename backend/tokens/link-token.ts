/**
 * Link, arrival and handoff tokens: HS256, each kind under its own key and with its own `typ` (R30, R32). No address in them (R17).
 * The store's record decides; the signature lets forged ones be dropped before the store is asked.
 */
import * as v from 'valibot'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Secrets } from './secrets.ts'
import { readSigned, signToken } from './sign-token.ts'

export const arrivalSeconds = 120
/** How far the clocks of machines that share a keys directory may differ. */
const clockSkewSeconds = 60

export type LinkTokenKind = 'link' | 'arrival' | 'handoff'

/** What a token said that was signed here. `expired`: in its time it was good. */
export type ReadToken = { kind: LinkTokenKind; expired: boolean; signInId: string; siteId: string; handoffId?: string }

export type LinkTokens = {
  /** The same text each time for the same sign-in. */
  link(signIn: SignIn): string
  /** Two minutes, and never longer than it takes the link to end. */
  arrival(signIn: SignIn, now: number): string
  handoff(signIn: SignIn, handoff: { id: string; expiresAt: number }, now: number): string
  /** One of the kinds that are due here, or `undefined` for anything malformed, forged, or of another kind. Never throws. */
  read(token: string, due: LinkTokenKind[], now: number): ReadToken | undefined
}

type Times = { iat: number; exp: number }

export function createLinkTokens(secrets: Secrets, issuer: string): LinkTokens {
  const sign = (kind: LinkTokenKind, signIn: SignIn, claims: Times & { handoff?: string }) =>
    signToken(headerOf(kind), { iss: issuer, aud: signIn.siteId, jti: signIn.id, ...claims }, { alg: 'HS256', key: secrets.keyAt(kind, kind === 'link' ? signIn.createdAt : claims.iat) })

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
    read(token, due, now) {
      for (const kind of due) {
        const claims = readSigned(token, headerOf(kind), secrets.keys(kind))
        if (claims !== undefined) return understood(kind, claims, { issuer, now })
      }
      return undefined
    },
  }
}

const headerOf = (kind: LinkTokenKind) => ({ typ: `${kind}+jwt` })

const times = { iat: v.number(), exp: v.number() }
const names = { iss: v.string(), aud: v.string(), jti: v.string() }
const claimsSchema = v.object({ ...names, ...times, handoff: v.optional(v.string()) })

/** What was signed here may still be another server's, or not of this kind: keys can be shared. */
function understood(kind: LinkTokenKind, claims: unknown, { issuer, now }: { issuer: string; now: number }): ReadToken | undefined {
  const read = v.safeParse(claimsSchema, claims)
  if (!read.success) return undefined
  const { iss, aud, jti, iat, exp, handoff } = read.output
  if (iss !== issuer || iat > now + clockSkewSeconds) return undefined
  // A second more, as its times are whole seconds.
  const about = { kind, expired: exp + 1 <= now, signInId: jti, siteId: aud }
  if (kind !== 'handoff') return about
  return handoff === undefined ? undefined : { ...about, handoffId: handoff }
}
