import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { SignJWT, UnsecuredJWT, calculateJwkThumbprint, createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, jwtVerify, type CryptoKey } from 'jose'
import { accessTokenSeconds, createAccessTokens, type AccessTokens } from './access-token.ts'
import type { KeyFile } from './key-file.ts'

const issuer = 'https://auth.example.com'
const now = 1_778_751_660.25
const claims = { sub: 'user-1', aud: '0123456789abcdef', sid: 'session-1', jti: 'token-1', auth_time: Math.floor(now), amr: ['otp'], roles: [], email: 'anna@example.com' }
type Signing = KeyFile['signing'][number]

async function newKey(signsFrom: number): Promise<Signing> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x = '', y = '', d = '' } = await exportJWK(privateKey)
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d } as const
  return { kid: await calculateJwkThumbprint(jwk), signsFrom, jwk }
}
const keyFile = (...signing: Signing[]): KeyFile => ({ linklatch: 'keys', version: 1, signing, secrets: [] })
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

let key: Signing
let privateKey: CryptoKey
let tokens: AccessTokens
before(async () => {
  key = await newKey(now - 1000)
  const imported = await importJWK(key.jwk, 'ES256')
  assert.ok(!(imported instanceof Uint8Array))
  privateKey = imported
  tokens = createAccessTokens(keyFile(key), issuer)
})

const sign = () => tokens.sign(claims, accessTokenSeconds, now)
/** A token of this server's own key, with whatever else is wrong about it. */
const signed = (change: object, header: object = {}, by = privateKey) =>
  new SignJWT({ ...claims, iss: issuer, iat: Math.floor(now), exp: Math.floor(now) + 300, ...change }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header }).sign(by)
const isRefused = async (token: string) => assert.equal(await tokens.read(token, now), undefined, token)

describe('an access token', () => {
  it('is what any JOSE library verifies from the published keys', async () => {
    const token = sign()
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: key.kid })
    const { payload } = await jwtVerify(token, createLocalJWKSet(tokens.jwks), { issuer, audience: claims.aud, typ: 'at+jwt', currentDate: new Date(now * 1000) })
    assert.deepEqual(payload, { ...claims, iss: issuer, iat: Math.floor(now), exp: Math.floor(now) + 300 })
  })

  it('is read back as the claims that this server goes by', async () => {
    assert.deepEqual(await tokens.read(sign(), now), { sub: 'user-1', aud: claims.aud, sid: 'session-1', auth_time: Math.floor(now) })
    const bound = tokens.sign({ ...claims, cnf: { jkt: 'thumbprint' } }, 300, now)
    assert.deepEqual((await tokens.read(bound, now))?.cnf, { jkt: 'thumbprint' })
  })

  it('is good for its five minutes, and no longer', async () => {
    const token = sign()
    assert.ok(await tokens.read(token, now + 299))
    assert.equal(await tokens.read(token, now + 300), undefined)
  })

  it('sets its own issuer and times, whatever the claims say', async () => {
    const token = tokens.sign({ ...claims, iss: 'https://evil.example', iat: 1, exp: 9e9 }, 10, now)
    const { iss, iat, exp } = decodeJwt(token)
    assert.deepEqual([iss, iat, exp], [issuer, Math.floor(now), Math.floor(now) + 10])
  })

  it('may differ in the unused bits of its last character, and is still the same one', async () => {
    const token = sign()
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].map((last) => token.slice(0, -1) + last)
    const read = (await Promise.all(twins.map((twin) => tokens.read(twin, now)))).filter((each) => each !== undefined)
    assert.ok(read.length >= 1 && read.length <= 16)
    for (const each of read) assert.equal(each.sid, 'session-1')
  })
})

describe('the published keys', () => {
  it('are public parts only', () => {
    for (const jwk of tokens.jwks.keys) assert.deepEqual(Object.keys(jwk).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    assert.doesNotMatch(JSON.stringify(tokens.jwks), new RegExp(key.jwk.d))
  })

  it('overlap: the next one is published before it signs, and the last one verifies after it has stopped', async () => {
    const next = await newKey(now + 100)
    const both = createAccessTokens(keyFile(key, next), issuer)
    assert.deepEqual(both.jwks.keys.map(({ kid }) => kid), [key.kid, next.kid])
    const kidAt = async (wall: number) => decodeProtectedHeader(both.sign(claims, 300, wall)).kid
    assert.equal(await kidAt(now), key.kid)
    assert.equal(await kidAt(now + 100), next.kid)
    assert.ok(await both.read(sign(), now + 101))
  })

  it('no longer verify what a retired one signed', async () => {
    const other = createAccessTokens(keyFile(await newKey(0)), issuer)
    assert.equal(await other.read(sign(), now), undefined)
  })

  it('sign with the oldest where a clock was set back before all of them', async () => {
    assert.ok(await tokens.read(tokens.sign(claims, 300, 5), 5))
  })
})

describe('a forged access token', () => {
  it('is refused under any algorithm but ES256', async () => {
    const payload = { ...claims, iss: issuer, iat: Math.floor(now), exp: Math.floor(now) + 300 }
    await isRefused(new UnsecuredJWT(payload).encode())
    for (const alg of ['none', 'ES384', 'es256', undefined]) await isRefused(`${encode({ alg, typ: 'at+jwt', kid: key.kid })}.${encode(payload)}.`)
    for (const text of [JSON.stringify(tokens.jwks.keys[0]), key.jwk.x]) await isRefused(await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid }).sign(new TextEncoder().encode(text.padEnd(32))))
    const rsa = await generateKeyPair('RS256')
    await isRefused(await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: key.kid }).sign(rsa.privateKey))
  })

  it('is refused with a key of its own, carried along or pointed to', async () => {
    const own = await generateKeyPair('ES256')
    const jwk = await exportJWK(own.publicKey)
    for (const header of [{}, { jwk }, { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example/cert' }, { x5c: ['AAAA'] }, { jwk, kid: undefined }]) await isRefused(await signed({}, header, own.privateKey))
  })

  it('is refused when it names no key of this server', async () => {
    for (const kid of [undefined, '', 'other', '__proto__', '../keys.json', `${key.kid}'--`]) await isRefused(await signed({}, { kid }))
    assert.ok(await tokens.read(await signed({}), now))
  })

  it('is refused after any change', async () => {
    const [head = '', payload = '', signature = ''] = (sign()).split('.')
    await isRefused(`${head}.${encode({ ...decodeJwt(`${head}.${payload}.`), sub: 'user-2' })}.${signature}`)
    await isRefused(`${encode({ ...decodeProtectedHeader(`${head}.${payload}.`), x: 1 })}.${payload}.${signature}`)
    for (const text of [`${head}.${payload}.`, `${head}.${payload}`, `${head}.${payload}.${'A'.repeat(86)}`, `${head}.${payload}.${signature}.`, `${head}.${payload}.${signature}A`]) await isRefused(text)
  })
})

describe('a token that was signed with the right key', () => {
  it('is refused in another type', async () => {
    for (const typ of ['JWT', 'dpop+jwt', 'link+jwt', '', undefined]) await isRefused(await signed({}, { typ }))
  })

  it('is refused from another issuer', async () => {
    for (const iss of ['https://auth.example.org', `${issuer}/`, [issuer], undefined]) await isRefused(await signed({ iss }))
  })

  it('is refused without any one of its claims, or with one of another form', async () => {
    for (const name of ['sub', 'aud', 'sid', 'iat', 'exp', 'jti', 'auth_time']) await isRefused(await signed({ [name]: undefined }))
    for (const wrong of [{ aud: [claims.aud] }, { aud: [claims.aud, 'other'] }, { sub: 7 }, { sid: null }, { iat: 'now' }, { exp: '9e9' }, { cnf: {} }]) await isRefused(await signed(wrong))
  })

  it('is refused when it comes from the future, by more than machines’ clocks differ', async () => {
    assert.ok(await tokens.read(await signed({ iat: Math.floor(now) + 30 }), now))
    await isRefused(await signed({ iat: Math.floor(now) + 120, exp: Math.floor(now) + 400 }))
    await isRefused(await signed({ nbf: Math.floor(now) + 120 }))
  })
})

describe('reading an access token', () => {
  it('never throws, whatever the text', async () => {
    const parts = fc.oneof(fc.string(), fc.json().map((text) => Buffer.from(text).toString('base64url')), fc.constant(encode({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })), fc.base64String())
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.array(parts, { maxLength: 5 }).map((all) => all.join('.'))), isRefused), { numRuns: 1000 })
  })

  it('takes no longer than 50 ms for 16 KiB', async () => {
    const head = encode({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
    await tokens.read(sign(), now)
    for (const text of ['.'.repeat(16_384), `${head}.${'A'.repeat(16_200)}.${'A'.repeat(86)}`, `${head}.e30.${'A'.repeat(16_200)}`]) {
      const started = performance.now()
      await isRefused(text)
      assert.ok(performance.now() - started < 150)
    }
  })
})
