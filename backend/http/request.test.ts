import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Context } from 'koa'
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Services } from '../services.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { bearerFrom, browserFrom, networkFrom, originOf, proofFrom, queryText } from './request.ts'

const now = 1_778_751_660
const services = {
  config: { publicUrl: 'https://auth.example.com' },
  clock: { now: () => now, wall: () => now },
  store: { counters: { take: async () => ({ taken: true }), giveBack: async () => undefined } },
} as unknown as Services

let read: (ctx: Context) => unknown = () => null
let server: TestServer
before(async () => {
  server = await serveWith(async (ctx) => {
    ctx.body = { value: (await read(ctx)) ?? null }
  })
})
after(() => server.stop())

async function reading(how: typeof read, headers: Record<string, string | string[]> = {}, path = '/') {
  read = how
  const { status, json } = await server.send({ path, headers, method: 'POST' })
  return status === 200 ? json.value : json.code
}

describe('a query parameter', () => {
  const site = (path: string) => reading((ctx) => queryText(ctx, 'site'), {}, path)

  it('is its text, or nothing', async () => {
    assert.equal(await site('/?site=a%20b'), 'a b')
    assert.equal(await site('/?site='), '')
    for (const path of ['/', '/?Site=a', '/?sites=a', '/?__proto__[site]=a']) assert.equal(await site(path), null, path)
  })

  it('is refused when it comes twice', async () => {
    for (const path of ['/?site=a&site=b', '/?site=a&site=a', '/?site=a&%73ite=b']) assert.equal(await site(path), 'invalid_request', path)
  })

  it('is text, whatever brackets say', async () => {
    assert.equal(await site('/?site[]=a'), null)
  })
})

describe('the origin of a request', () => {
  it('is what the browser says, or nothing', async () => {
    assert.equal(await reading(originOf, { Origin: 'https://shop.example' }), 'https://shop.example')
    assert.equal(await reading(originOf, { Origin: 'null' }), 'null')
    assert.equal(await reading(originOf), null)
  })
})

describe('the network of a request', () => {
  it('is the socket’s, whatever a header says', async () => {
    assert.equal(await reading(networkFrom, { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7', 'X-Real-IP': '203.0.113.7' }), '127.0.0.1')
  })
})

describe('a browser', () => {
  it('is named in words, and never quoted', async () => {
    assert.match(String(await reading(browserFrom, { 'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0' })), /Firefox/)
    assert.doesNotMatch(String(await reading(browserFrom, { 'User-Agent': '<script>alert(1)</script>' })), /</)
  })
})

describe('a bearer token', () => {
  const bearer = (authorization: string) => reading(bearerFrom, { Authorization: authorization })

  it('is what follows the scheme, however that is written', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) assert.equal(await bearer(`${scheme} abc.d-e_f~+/==`), 'abc.d-e_f~+/==')
  })

  it('is nothing in any other form', async () => {
    for (const header of ['', 'Bearer', 'Bearer ', 'Basic abc', 'DPoP abc', 'Bearer a b', 'Bearer a,b', 'Bearer  a', 'xBearer a', 'Bearer =', 'Bearer a=b']) assert.equal(await bearer(header), null, header)
    assert.equal(await reading(bearerFrom), null)
  })

  it('is looked for no longer than 50 ms', async () => {
    for (const header of [`Bearer ${'a'.repeat(12_000)}!`, `Bearer ${'='.repeat(12_000)}`, `Bearer a${'='.repeat(12_000)}!`]) {
      const started = performance.now()
      assert.equal(await bearer(header), null)
      assert.ok(performance.now() - started < 150)
    }
  })
})

describe('a proof of possession', () => {
  it('is nothing where none came', async () => {
    assert.deepEqual(await reading((ctx) => proofFrom(ctx, services)), {})
  })

  it('is of the public URL, whatever Host, proxy or query the request has', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = await exportJWK(publicKey)
    const prove = (htu: string) => new SignJWT({ htm: 'POST', htu, iat: now, jti: 'proof-number-1' }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).sign(privateKey)
    const ask = async (htu: string) => reading((ctx) => proofFrom(ctx, services), { DPoP: await prove(htu), Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' }, '/v1/sessions?x=1')
    assert.deepEqual(await ask('https://auth.example.com/v1/sessions'), { proof: { jkt: await calculateJwkThumbprint(jwk) } })
    for (const htu of ['https://evil.example/v1/sessions', 'http://auth.example.com/v1/sessions', 'https://auth.example.com/v1/sessions?x=1']) assert.equal(await ask(htu), 'invalid_dpop_proof', htu)
  })

  it('is refused when it comes twice', async () => {
    assert.equal(await reading((ctx) => proofFrom(ctx, services), { DPoP: ['a.b.c', 'a.b.c'] }), 'invalid_dpop_proof')
  })
})
