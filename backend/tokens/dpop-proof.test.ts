import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { SignJWT, UnsecuredJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import { Problem } from '../problems.ts'
import type { CounterStore } from '../store/store.ts'
import { readProof } from './dpop-proof.ts'

const url = 'https://auth.example.com/v1/sessions'
const now = 1_778_751_660.25
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** As the port promises, with time by hand. */
function fakeCounters(): Pick<CounterStore, 'take'> & { kept: Map<string, number> } {
  const kept = new Map<string, number>()
  return {
    kept,
    async take(key, { seconds }, at) {
      if ((kept.get(key) ?? -1) > at) return { taken: false, retryAfterSeconds: 1 }
      kept.set(key, at + seconds)
      return { taken: true }
    },
  }
}

let pair: { publicKey: CryptoKey; privateKey: CryptoKey }
let jwk: JWK
let counters = fakeCounters()
let serial = 0
before(async () => {
  pair = await generateKeyPair('ES256', { extractable: true })
  jwk = await exportJWK(pair.publicKey)
})
beforeEach(() => {
  counters = fakeCounters()
})

const prove = (claims: object = {}, header: object = {}, key = pair.privateKey) =>
  new SignJWT({ htm: 'POST', htu: url, iat: Math.floor(now), jti: `proof-${(serial += 1)}-abc`, ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }).sign(key)
const read = async (text: string, at = now) => {
  const proof = await readProof(text, { method: 'POST', url, wall: at, now: at, counters })
  await proof.spend()
  return proof.jkt
}
const isRefused = (proof: string, at?: number) => assert.rejects(read(proof, at), (error) => error instanceof Problem && error.code === 'invalid_dpop_proof')

describe('a proof', () => {
  it('names the key that made it', async () => {
    assert.equal(await read(await prove()), await calculateJwkThumbprint(jwk))
  })

  it('names the same key whatever else its header says of it', async () => {
    assert.equal(await read(await prove({}, { jwk: { ...jwk, kid: 'x', use: 'sig' } })), await calculateJwkThumbprint(jwk))
  })

  it('counts once', async () => {
    const proof = await prove()
    await read(proof)
    await isRefused(proof)
    assert.ok(await read(await prove()))
  })

  it('counts once also for two that come at the same moment, and in another spelling of its signature', async () => {
    const proof = await prove()
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].map((last) => proof.slice(0, -1) + last)
    const outcomes = await Promise.allSettled([proof, ...twins].map((twin) => read(twin)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('is remembered as long as it could be shown again', async () => {
    const proof = await prove({ iat: Math.floor(now) + 60 })
    await read(proof, now)
    for (const later of [1, 60, 119, 120]) await isRefused(proof, now + later)
  })

  it('does not use up the name of another key’s proof', async () => {
    const other = await generateKeyPair('ES256')
    await read(await prove({ jti: 'the-same-name' }))
    assert.ok(await read(await prove({ jti: 'the-same-name' }, { jwk: await exportJWK(other.publicKey) }, other.privateKey)))
  })

  it('uses up nothing when it is refused', async () => {
    await isRefused(await prove({ jti: 'refused-at-first', htm: 'GET' }))
    assert.equal(counters.kept.size, 0)
    assert.ok(await read(await prove({ jti: 'refused-at-first' })))
  })
})

describe('a proof of another request', () => {
  it('is refused by its verb', async () => {
    for (const htm of ['GET', 'post', '', undefined, ['POST'], null]) await isRefused(await prove({ htm }))
  })

  it('is refused by its URL, which has to be the public one without query', async () => {
    for (const htu of [`${url}/refresh`, `${url}/`, `${url}?x=1`, `${url}#x`, url.replace('https', 'http'), url.replace('auth', 'evil'), url.toUpperCase(), url.replace('.com/', '.com:443/'), '/v1/sessions', '', undefined, [url]]) await isRefused(await prove({ htu }))
  })
})

describe('a proof out of its time', () => {
  it('is refused when it is older than 60 s, and not before', async () => {
    assert.ok(await read(await prove({ iat: now - 60 })))
    await isRefused(await prove({ iat: now - 61 }))
  })

  it('is refused when it lies more than 60 s ahead, and not before', async () => {
    assert.ok(await read(await prove({ iat: now + 60 })))
    await isRefused(await prove({ iat: now + 61 }))
  })

  it('is refused without a time that is a number', async () => {
    for (const iat of [undefined, null, String(now), [now]]) await isRefused(await prove({ iat }))
    const [head, , signature] = (await prove()).split('.')
    await isRefused(`${head}.${Buffer.from('{"iat":1e999}').toString('base64url')}.${signature}`)
  })

  it('is refused once its own end is past', async () => {
    await isRefused(await prove({ exp: Math.floor(now) - 1 }))
    await isRefused(await prove({ nbf: Math.floor(now) + 30 }))
  })
})

describe('a proof that proves nothing', () => {
  it('has no name, or one that is too short or too long', async () => {
    for (const jti of [undefined, '', 'short', 'x'.repeat(129), 12345678, ['12345678']]) await isRefused(await prove({ jti }))
    assert.ok(await read(await prove({ jti: 'x'.repeat(128) })))
  })

  it('is of another type', async () => {
    for (const typ of ['JWT', 'at+jwt', 'link+jwt', '', undefined]) await isRefused(await prove({}, { typ }))
  })

  it('is signed with anything but ES256', async () => {
    const claims = { htm: 'POST', htu: url, iat: Math.floor(now), jti: 'by-another-way' }
    await isRefused(new UnsecuredJWT(claims).encode())
    await isRefused(`${encode({ alg: 'none', typ: 'dpop+jwt', jwk })}.${encode(claims)}.`)
    await isRefused(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'A'.repeat(43) } as JWK }).sign(Buffer.alloc(32)))
    for (const alg of ['RS256', 'ES384', 'EdDSA']) {
      const other = await generateKeyPair(alg)
      await isRefused(await new SignJWT(claims).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: await exportJWK(other.publicKey) }).sign(other.privateKey))
    }
  })

  it('carries a private key', async () => {
    await isRefused(await prove({}, { jwk: await exportJWK(pair.privateKey) }))
  })

  it('carries no key, or another one than it was made with', async () => {
    const other = await exportJWK((await generateKeyPair('ES256')).publicKey)
    for (const wrong of [undefined, null, 'x', [], {}, other, { ...jwk, x: jwk.y }, { ...jwk, x: 'AA' }, { ...jwk, y: undefined }, { ...jwk, crv: 'P-384' }, { ...jwk, kty: 'RSA' }]) await isRefused(await prove({}, { jwk: wrong }))
    await isRefused(await prove({}, { jwk: undefined, kid: 'x', jku: 'https://evil.example/' }))
  })

  it('is longer than any proof', async () => {
    await isRefused(await prove({ more: 'x'.repeat(4096) }))
    assert.ok(await read(await prove({ more: 'x'.repeat(1000) })))
  })

  it('is two at once, as two headers arrive', async () => {
    await isRefused(`${await prove()}, ${await prove()}`)
  })

  it('is any text: refused, never an error of the server', async () => {
    const parts = fc.oneof(fc.string(), fc.json().map((text) => Buffer.from(text).toString('base64url')), fc.constant(encode({ alg: 'ES256', typ: 'dpop+jwt', jwk })), fc.base64String())
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.array(parts, { maxLength: 4 }).map((all) => all.join('.'))), (text) => isRefused(text)), { numRuns: 1000 })
  })

  it('is refused with any rubbish for a key', async () => {
    const rubbish = fc.record({ kty: fc.constantFrom('EC', 'oct', 'RSA', 'OKP'), crv: fc.constantFrom('P-256', 'P-521', 'Ed25519'), x: fc.base64String(), y: fc.base64String(), d: fc.base64String() }, { requiredKeys: [] })
    const payload = encode({ htm: 'POST', htu: url, iat: Math.floor(now), jti: 'any-name-at-all' })
    await fc.assert(fc.asyncProperty(rubbish, (key) => isRefused(`${encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: key })}.${payload}.${'A'.repeat(86)}`)), { numRuns: 500 })
  })
})
