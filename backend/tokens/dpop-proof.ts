/**
 * Proofs of possession by the bridge's non-extractable key (RFC 9449): ES256 only, `htm`, `htu`, `iat` within 60 s, `jti` once. No nonce.
 */
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from 'jose'
import * as v from 'valibot'
import { Problem } from '../problems.ts'
import type { CounterStore } from '../store/store.ts'

export const proofSeconds = 60

const headerJwk = v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string() })
const proofClaims = v.object({ htm: v.string(), htu: v.string(), iat: v.number(), jti: v.pipe(v.string(), v.minLength(8), v.maxLength(128)) })

export type ProofCheck = {
  method: string
  /** A's public URL with the path, without query (RFC 9449, section 4.2). */
  url: string
  wall: number
  now: number
  counters: Pick<CounterStore, 'take'>
}

export type Proof = {
  /** The thumbprint (RFC 7638) of the key that made it. */
  jkt: string
  /**
   * Uses it up. Only when the request has proved something else too: the record that remembers it is durable, and anybody can make keys.
   * @throws {Problem} `invalid_dpop_proof` where it was used before
   */
  spend(): Promise<void>
}

/** @throws {Problem} `invalid_dpop_proof` for anything but a fresh proof of this very request */
export async function readProof(proof: string, check: ProofCheck): Promise<Proof> {
  const { payload, jwk } = await verify(proof, check.wall)
  const claims = v.safeParse(proofClaims, payload)
  if (!claims.success || claims.output.htm !== check.method || claims.output.htu !== check.url) throw new Problem('invalid_dpop_proof')
  if (Math.abs(check.wall - claims.output.iat) > proofSeconds) throw new Problem('invalid_dpop_proof')
  const jkt = await calculateJwkThumbprint(jwk)
  const { jti } = claims.output
  return {
    jkt,
    async spend() {
      const once = await check.counters.take(`dpop:${jkt}:${jti}`, { max: 1, seconds: 2 * proofSeconds + 5 }, check.now)
      if (!once.taken) throw new Problem('invalid_dpop_proof')
    },
  }
}

async function verify(proof: string, wall: number) {
  if (proof.length > 4096) throw new Problem('invalid_dpop_proof')
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: ['ES256'],
      typ: 'dpop+jwt',
      currentDate: new Date(wall * 1000),
    })
    return { payload, jwk: v.parse(headerJwk, protectedHeader.jwk) }
  } catch (cause) {
    // jose's refusals, and WebCrypto's own where the header's key lies on no curve: a proof is never a reason for a 500.
    throw new Problem('invalid_dpop_proof', { cause })
  }
}
