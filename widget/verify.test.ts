import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, mock } from 'node:test'
import fc from 'fast-check'
import { CompactSign, SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose'
import { SessionError, verifySession, type SessionErrorCode, type VerifyOptions } from './verify.ts'

const now = 1_778_751_660
const currentDate = new Date(now * 1000)
const issuer = 'https://auth.example.com'
const audience = '0123456789abcdef'
const claims = { sub: 'user-1', sid: 'session-1', email: 'anna@example.com', email_verified: true, amr: ['otp'], auth_time: now, roles: ['baker'], jti: 'token-1', iss: issuer, aud: audience, iat: now, exp: now + 300 }

type Pair = { privateKey: CryptoKey; jwk: JWK }
const newPair = async (kid: string): Promise<Pair> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}
const [first, second, stranger] = await Promise.all([newPair('first'), newPair('second'), newPair('first')])
const jwks: JSONWebKeySet = { keys: [first.jwk, second.jwk] }
const header = { alg: 'ES256', typ: 'at+jwt', kid: 'first' }

const sign = (change: object = {}, headerChange: object = {}, { privateKey } = first) =>
  new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...header, ...headerChange }).sign(privateKey)
const verify = (token: string, more: object = {}) => verifySession(token, { issuer, audience, jwks, currentDate, ...more })
const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

async function refused(token: string, code: SessionErrorCode, more: object = {}) {
  await assert.rejects(verify(token, more), (error) => {
    assert.ok(error instanceof SessionError, String(error))
    assert.equal(error.code, code, String(error.cause))
    assert.doesNotMatch(error.message, /anna|eyJ/)
    return true
  })
}

describe('a session’s token', () => {
  it('gives its claims', async () => {
    assert.deepEqual(await verify(await sign()), claims)
    const byPhone = await verify(await sign({ email: undefined, email_verified: undefined, phone_number: '+15550100', phone_number_verified: true, cnf: { jkt: 'thumbprint' } }))
    assert.deepEqual([byPhone.phone_number, byPhone.email, byPhone.cnf], ['+15550100', undefined, { jkt: 'thumbprint' }])
  })

  it('is accepted under any published key, and with its type in the long form', async () => {
    assert.equal((await verify(await sign({}, { kid: 'second' }, second))).sub, 'user-1')
    assert.equal((await verify(await sign({}, { typ: 'application/at+jwt' }))).sub, 'user-1')
  })

  it('is refused once it is past its end and the tolerance, and not before', async () => {
    const at = (seconds: number, more = {}) => ({ currentDate: new Date((now + seconds) * 1000), ...more })
    const token = await sign()
    assert.ok(await verify(token, at(304)))
    await refused(token, 'expired', at(305))
    assert.ok(await verify(token, at(299, { clockToleranceSeconds: 0 })))
    await refused(token, 'expired', at(300, { clockToleranceSeconds: 0 }))
    assert.ok(await verify(token, at(359, { clockToleranceSeconds: 60 })))
  })

  it('is refused while it is from the future, beyond the tolerance', async () => {
    assert.ok(await verify(await sign({ iat: now + 5 })))
    await refused(await sign({ iat: now + 6 }), 'expired')
    await refused(await sign({ nbf: now + 6 }), 'expired')
  })

  it('is refused when it claims a life that none has', async () => {
    assert.ok(await verify(await sign({ iat: now - 3600, exp: now + 1 })))
    await refused(await sign({ iat: now - 3606, exp: now + 1e9 }), 'expired')
  })

  it('is refused from another issuer', async () => {
    for (const iss of ['https://auth.example.org', `${issuer}/`, 'http://auth.example.com', [issuer], null]) await refused(await sign({ iss }), 'wrong_issuer')
  })

  it('is refused for another site, and for a list of sites', async () => {
    for (const aud of ['another-site', [audience], [audience, 'another-site'], [], 7]) await refused(await sign({ aud }), 'wrong_audience')
  })

  it('is refused in another type', async () => {
    for (const typ of ['JWT', 'link+jwt', 'dpop+jwt', 'id+jwt', '', 'at+jwt ', 'text/at+jwt', undefined]) await refused(await sign({}, { typ }), 'wrong_type')
    await refused(`${encode({ alg: 'HS256', typ: 'link+jwt' })}.${encode(claims)}.${'A'.repeat(43)}`, 'wrong_type')
  })

  it('is refused without any one of its claims, or with one of the wrong form', async () => {
    for (const name of Object.keys(claims).filter((each) => !each.startsWith('email'))) await refused(await sign({ [name]: undefined }), 'malformed')
    for (const wrong of [{ sub: 7 }, { sid: null }, { jti: ['x'] }, { amr: 'otp' }, { amr: [1] }, { roles: {} }, { auth_time: '1' }, { email: 7 }, { email_verified: 'true' }, { cnf: {} }, { cnf: 'x' }, { iat: 'now' }, { exp: '1e9' }]) await refused(await sign(wrong), 'malformed')
  })
})

describe('a forged token', () => {
  it('is refused by its signature', async () => {
    const [head = '', payload = '', signature = ''] = (await sign()).split('.')
    await refused(await sign({}, {}, stranger), 'bad_signature')
    await refused(`${head}.${encode({ ...claims, sub: 'user-2' })}.${signature}`, 'bad_signature')
    await refused(`${encode({ ...header, x: 1 })}.${payload}.${signature}`, 'bad_signature')
    await refused(`${head}.${payload}.`, 'bad_signature')
    await refused(`${head}.${payload}.${encode(Buffer.alloc(64).toString('latin1'))}`, 'bad_signature')
  })

  it('is refused under any other algorithm', async () => {
    await refused(`${encode({ ...header, alg: 'none' })}.${encode(claims)}.`, 'bad_signature')
    const publicText = new TextEncoder().encode(JSON.stringify(first.jwk))
    await refused(await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(publicText), 'bad_signature')
    const rsa = await generateKeyPair('RS256')
    await refused(await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'RS256' }).sign(rsa.privateKey), 'bad_signature')
  })

  it('cannot bring its own key', async () => {
    for (const own of [{ jwk: stranger.jwk }, { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example/' }]) await refused(await sign({}, own, stranger), 'bad_signature')
    await refused(`${encode({ ...header, crit: ['jwk'], jwk: stranger.jwk })}.${encode(claims)}.AAAA`, 'malformed')
  })

  it('is refused under a key that nobody published, or that it does not name', async () => {
    for (const kid of ['third', '', '__proto__', '../first', 'FIRST']) await refused(await sign({}, { kid }), 'unknown_key')
    await refused(await sign({}, { kid: undefined }), 'unknown_key')
    await refused(`${encode({ ...header, kid: ['first'] })}.${encode(claims)}.AAAA`, 'unknown_key')
  })

  it('is refused when it is no token at all', async () => {
    const token = await sign()
    for (const text of ['', '.', '..', 'a.b.c', `Bearer ${token}`, `${token}.`, token.split('.').slice(0, 2).join('.'), `${encode('[]')}.e30.AAAA`, `${encode('null')}.e30.AAAA`, token + 'A'.repeat(8192)]) await refused(text, 'malformed')
    await refused(undefined as unknown as string, 'malformed')
    const array = await new CompactSign(new TextEncoder().encode('[1]')).setProtectedHeader(header).sign(first.privateKey)
    await refused(array, 'malformed')
  })

  it('is refused with blanks or line breaks in it, which decoders of base64 pass over', async () => {
    const token = await sign()
    assert.ok(await verify(token))
    const at = token.lastIndexOf('.') + 9
    for (const blank of [' ', '\n', '\r\n', '\t']) for (const text of [token + blank, blank + token, `${token.slice(0, at)}${blank}${token.slice(at)}`]) await refused(text, 'malformed')
  })

  it('never ends in anything but a SessionError', async () => {
    const parts = fc.oneof(fc.string(), fc.json().map(encode), fc.constant(encode(header)), fc.base64String())
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.tuple(parts, parts, parts).map((three) => three.join('.'))), async (text) => {
      await assert.rejects(verify(text), SessionError)
    }), { numRuns: 500 })
  })
})

describe('the options', () => {
  it('may be undefined where they may be missing', async () => {
    const options: VerifyOptions = { issuer, audience, jwks, currentDate, clockToleranceSeconds: undefined }
    assert.ok(await verifySession(await sign(), options))
    await assert.rejects(verifySession('', { ...options, jwks: undefined, currentDate: undefined }), SessionError)
  })

  it('name an https issuer, or one on a loopback host', async () => {
    const token = await sign()
    assert.ok(await verify(token, { issuer: `${issuer}/` }))
    for (const loopback of ['http://localhost:4600', 'http://127.0.0.1:4600', 'http://[::1]:4600']) assert.ok(await verify(await sign({ iss: loopback }), { issuer: loopback }))
    for (const wrong of ['', 'auth.example.com', 'http://auth.example.com', 'http://localhost.example.com', `${issuer}/tenant`, `${issuer}?x`, 'https://me@auth.example.com', 'ftp://localhost', undefined]) await assert.rejects(verify(token, { issuer: wrong }), TypeError)
  })

  it('name a site', async () => {
    for (const wrong of ['', undefined, [audience]]) await assert.rejects(verify(await sign(), { audience: wrong }), TypeError)
  })

  it('hold a JSON Web Key Set, where they hold keys', async () => {
    for (const wrong of [{}, { keys: {} }, { keys: ['x'] }, [first.jwk], first.jwk, 'x', '', 0, null, { keys: [{ ...first.jwk, x: () => 1 }] }]) await assert.rejects(verify(await sign(), { jwks: wrong }), { name: 'TypeError', message: 'jwks has to be a JSON Web Key Set: {keys: […]}' })
    await refused(await sign(), 'unknown_key', { jwks: { keys: [] } })
  })
})

describe('the keys of an auth server', () => {
  let server: Server
  let origin = ''
  let fetched = 0
  let answer: { status: number; body: string }
  const publish = (...pairs: Pair[]) => (answer = { status: 200, body: JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) }) })
  const signHere = (pair: Pair) => sign({ iss: origin, iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 300 }, { kid: pair.jwk.kid }, pair)
  const verifyHere = (token: string) => verifySession(token, { issuer: origin, audience })
  const code = (wanted: SessionErrorCode) => (error: unknown) => error instanceof SessionError && error.code === wanted

  before(() => mock.timers.enable({ apis: ['Date'], now: now * 1000 }))
  before(async () => {
    server = createServer((request, response) => {
      fetched += 1
      response.writeHead(request.url === '/.well-known/jwks.json' ? answer.status : 404, { Location: '/elsewhere' }).end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    mock.timers.reset()
    server.closeAllConnections()
    server.close()
  })

  it('are fetched once, fetched again for a new key, and never for rubbish', async () => {
    answer = { status: 503, body: '' }
    await assert.rejects(verifyHere(await signHere(first)), code('keys_unreachable'))
    answer = { status: 302, body: '' }
    await assert.rejects(verifyHere(await signHere(first)), code('keys_unreachable'))
    answer = { status: 200, body: 'not JSON' }
    await assert.rejects(verifyHere(await signHere(first)), code('keys_unreachable'))

    publish(first)
    fetched = 0
    await Promise.all([verifyHere(await signHere(first)), verifyHere(await signHere(first))])
    await assert.rejects(verifyHere('rubbish'), code('malformed'))
    await assert.rejects(verifyHere(await sign({}, { kid: undefined })), code('unknown_key'))
    assert.equal(fetched, 1)

    publish(first, second)
    await assert.rejects(verifyHere(await signHere(second)), code('unknown_key'))
    assert.equal(fetched, 1, 'not within 30 s of the last time')
    mock.timers.tick(31_000)
    assert.equal((await verifyHere(await signHere(second))).sub, 'user-1')
    assert.equal(fetched, 2)

    publish(second)
    assert.ok(await verifyHere(await signHere(first)), 'a key that goes is still good while the copy is')
    mock.timers.tick(601_000)
    await assert.rejects(verifyHere(await signHere(first)), code('unknown_key'))
  })

  it('count for an hour more while they cannot be read anew, and nobody asks for them all the time', async () => {
    publish(first)
    mock.timers.tick(601_000)
    await verifyHere(await signHere(first))
    answer = { status: 503, body: '' }
    mock.timers.tick(601_000)
    fetched = 0
    for (let tokens = 0; tokens < 5; tokens += 1) assert.ok(await verifyHere(await signHere(first)))
    assert.equal(fetched, 1)
    await assert.rejects(verifyHere(await signHere(second)), code('keys_unreachable'), 'it may be a new one')
    assert.equal(fetched, 1)
    mock.timers.tick(31_000)
    assert.ok(await verifyHere(await signHere(first)))
    assert.equal(fetched, 2)
    publish(second)
    mock.timers.tick(31_000)
    await assert.rejects(verifyHere(await signHere(first)), code('unknown_key'), 'back, the server says what counts')
    assert.ok(await verifyHere(await signHere(second)))
    answer = { status: 503, body: '' }
    mock.timers.tick(3_601_000)
    await assert.rejects(verifyHere(await signHere(second)), code('keys_unreachable'))
  })

  it('cannot be reached where nobody listens', async () => {
    await assert.rejects(verifySession(await sign(), { issuer: 'http://127.0.0.1:9', audience }), code('keys_unreachable'))
  })
})
