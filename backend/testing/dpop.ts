/** A bridge's key as RFC 9449 has it: makes proofs, good ones and others. */
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { publicUrl } from './backend.ts'

export async function dpopKey({ clock }: { clock: Clock }) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return {
    jkt: await calculateJwkThumbprint(jwk),
    proof: (htm: string, path: string, { iat = clock.wall(), jti = String(randomUUID()) } = {}) =>
      new SignJWT({ htm, htu: publicUrl + path, iat: Math.floor(iat), jti }).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(privateKey),
  }
}
