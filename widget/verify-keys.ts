/**
 * The public keys of an auth server, for `verify.ts`: fetched once, and anew when they are old or one is missing. Nothing but plain values outlives
 * a request: in Workers no request may wait for another one's fetch, so each that finds the keys missing fetches them for itself.
 */
import type { JWTVerifyGetKey } from 'jose'
import { JWKSMultipleMatchingKeys, JWKSNoMatchingKey } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { createRemoteJWKSet } from 'jose/jwks/remote'

const remoteKeySets = new Map<string, JWTVerifyGetKey>()

/** One for each auth server, for as long as this process lives. */
export function remoteKeySet(issuer: string): JWTVerifyGetKey {
  const known = remoteKeySets.get(issuer)
  if (known) return known
  const keySet = lastingKeySet(new URL('/.well-known/jwks.json', issuer))
  remoteKeySets.set(issuer, keySet)
  return keySet
}

/** For how long keys count that cannot be read anew, in milliseconds, and how soon it is tried again meanwhile. */
const lastingMs = 3_600_000
const pauseMs = 30_000

function lastingKeySet(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url)
  let readAt = -Infinity
  let failed: { at: number; cause: unknown; last: JWTVerifyGetKey } | undefined
  const ask: JWTVerifyGetKey = async (header, token) => {
    const key = await remote(header, token)
    readAt = Date.now()
    failed = undefined
    return key
  }
  return async (header, token) => {
    if (!failed || Date.now() - failed.at >= pauseMs) {
      try {
        return await ask(header, token)
      } catch (cause) {
        const last = Date.now() - readAt < lastingMs && !isUnknownKey(cause) ? remote.jwks() : undefined
        failed = last && { at: Date.now(), cause, last: createLocalJWKSet(last) }
        if (!failed) throw cause
      }
    }
    try {
      return await failed.last(header, token)
    } catch {
      // Not among the last ones: it may be a new one, so nothing is said of the token.
      throw failed.cause
    }
  }
}

/** Whether the keys were there, and the token’s was not among them. */
export function isUnknownKey(cause: unknown): boolean {
  return cause instanceof JWKSNoMatchingKey || cause instanceof JWKSMultipleMatchingKeys
}
