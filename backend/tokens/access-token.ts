/**
 * Access tokens: what any server verifies from the JWKS. ES256, `typ: at+jwt` (RFC 9068), five minutes.
 * Stamps are the wall clock's, because other machines check them on theirs.
 */
import { createPrivateKey } from 'node:crypto'
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'
import * as v from 'valibot'
import type { KeyFile } from './key-file.ts'
import { signToken } from './sign-token.ts'

export const accessTokenSeconds = 300
/** How far the clocks of machines that share a keys directory may differ. */
const clockSkewSeconds = 60

const accessClaimsSchema = v.object({
  sub: v.string(),
  aud: v.string(),
  sid: v.string(),
  auth_time: v.number(),
  cnf: v.optional(v.object({ jkt: v.string() })),
})
/** The claims that this server itself goes by. */
export type AccessClaims = v.InferOutput<typeof accessClaimsSchema>

export type AccessTokens = {
  /** Signs with the newest key that has begun. `claims` hold no stamps; `iss`, `iat` and `exp` are set here. */
  sign(claims: JWTPayload, lifeSeconds: number, wall: number): string
  /** The claims of a good token, or `undefined` for anything else. Never throws. */
  read(token: string, wall: number): Promise<AccessClaims | undefined>
  /** Public parts only (RFC 7517). */
  jwks: JSONWebKeySet
}

export function createAccessTokens(keyFile: KeyFile, issuer: string): AccessTokens {
  const keys = keyFile.signing.map(({ kid, signsFrom, jwk }) => ({ kid, signsFrom, key: createPrivateKey({ key: jwk, format: 'jwk' }) }))
  const newestFirst = keys.sort((a, b) => b.signsFrom - a.signsFrom)
  const jwks = { keys: keyFile.signing.map(({ kid, jwk: { kty, crv, x, y } }) => ({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' })) }
  const keySet = createLocalJWKSet(jwks)
  return {
    jwks,
    sign(claims, lifeSeconds, wall) {
      const signer = newestFirst.find((key) => key.signsFrom <= wall) ?? newestFirst.at(-1)
      if (!signer) throw new TypeError('no signing key')
      const iat = Math.floor(wall)
      return signToken({ typ: 'at+jwt', kid: signer.kid }, { ...claims, iss: issuer, iat, exp: iat + lifeSeconds }, { alg: 'ES256', key: signer.key })
    },
    async read(token, wall) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keySet, {
          algorithms: ['ES256'],
          typ: 'at+jwt',
          issuer,
          requiredClaims: ['sub', 'aud', 'sid', 'iat', 'exp', 'jti'],
          currentDate: new Date(wall * 1000),
        })
        if ((payload.iat ?? 0) > wall + clockSkewSeconds) return undefined
        const claims = v.safeParse(accessClaimsSchema, payload)
        return protectedHeader.kid && claims.success ? claims.output : undefined
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
