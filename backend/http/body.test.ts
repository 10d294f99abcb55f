import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import * as v from 'valibot'
import { Problem } from '../problems.ts'
import { changeSiteSchema, claimSchema, createSiteSchema, endSchema, refreshSchema, startSignInSchema, verifierSchema } from '../protocol.ts'
import { serveWith, type Answer, type TestServer } from '../testing/koa-server.ts'
import { maxBodyBytes, readForm, readJson } from './body.ts'

let server: TestServer
before(async () => {
  server = await serveWith(async (ctx) => {
    const read = ctx.path === '/form' ? [...(await readForm(ctx))] : await readJson(ctx)
    ctx.body = ctx.get('x-quiet') === '' ? { read } : {}
  })
})
after(() => server.stop())

const json = { 'Content-Type': 'application/json' }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const post = (body: string | Buffer, headers: Record<string, string> = json, path = '/') => server.send({ method: 'POST', path, headers, body })
const outcome = ({ status, json: { code } }: Answer) => [status, code]
const refused = [400, 'invalid_request']
const wrongType = [415, 'unsupported_media_type']

describe('a JSON body', () => {
  it('is its value', async () => {
    assert.deepEqual((await post('{"a":{"b":[1,"ü",null]}}')).json, { read: { a: { b: [1, 'ü', null] } } })
  })

  it('is refused in another media type, and taken in its own however it is written', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json5', 'application/problem+json', 'text/plain; application/json', 'application/json, text/plain', 'text/json', '']) assert.deepEqual(outcome(await post('{}', { 'Content-Type': type })), wrongType, type)
    for (const type of ['application/json', 'Application/JSON', 'application/json;charset=utf-8', 'application/json; charset="UTF-8"', 'application/json; profile=x']) assert.equal((await post('{}', { 'Content-Type': type })).status, 200, type)
    assert.deepEqual(outcome(await post('{}', {})), wrongType)
  })

  it('is refused when it says that it is in another charset', async () => {
    for (const charset of ['utf-16', 'iso-8859-1', 'utf-7', 'us-ascii']) assert.deepEqual(outcome(await post('{}', { 'Content-Type': `application/json; charset=${charset}` })), wrongType, charset)
  })

  it('is refused in any content encoding', async () => {
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity', 'x']) assert.deepEqual(outcome(await post(gzipSync('{}'), { ...json, 'Content-Encoding': encoding })), wrongType, encoding)
    assert.equal((await post('{}', { ...json, 'Content-Encoding': 'identity' })).status, 200)
  })

  it('is refused when it is missing or no JSON', async () => {
    for (const body of ['', ' ', '{', '{}{}', "{'a':1}", '{"a":1,}', '{"a":01}', 'undefined', 'NaN', '{"a":"\n"}', '\0{}']) assert.deepEqual(outcome(await post(body)), refused, body)
    assert.deepEqual(outcome(await server.send({ method: 'POST', path: '/', headers: json })), refused)
  })

  it('is refused when it is an array, which would pass for an object without fields', async () => {
    for (const body of ['[]', '[{}]', '[[]]']) assert.deepEqual(outcome(await post(body)), refused, body)
  })

  it('is refused when it is not UTF-8, or begins with a byte order mark', async () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe9]]) assert.deepEqual(outcome(await post(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]))), refused)
    assert.deepEqual(outcome(await post('\ufeff{}')), refused)
    assert.deepEqual(outcome(await post(Buffer.from('{}', 'utf16le'))), refused)
  })

  it('is refused with a key that comes twice, at any depth and in any spelling', async () => {
    for (const body of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"b":2,"a":3}}', '{"x":[{"y":{"a":1,"a":2}}]}', '{"__proto__":1,"__proto__":2}', '{"":1,"":2}', '{"a" : 1 , "a"\n:2}']) assert.deepEqual(outcome(await post(body)), refused, body)
    for (const body of ['{"a":{"a":{"a":1}}}', '{"x":[{"a":1},{"a":1}]}', '{"a":"\\"a\\":","b":"a:"}', '{"a":"\\\\","b":":"}', '{"A":1,"a":2}']) assert.equal((await post(body)).status, 200, body)
  })

  it('does not give its keys a meaning of the language', async () => {
    const { text } = await post('{"__proto__":{"a":1},"constructor":{"prototype":{}}}')
    assert.equal(text, '{"read":{"__proto__":{"a":1},"constructor":{"prototype":{}}}}')
  })

  it('may be nested as deep as 16 KiB allow', async () => {
    const half = maxBodyBytes / 2
    const objects = 3000
    assert.deepEqual(outcome(await post('['.repeat(half) + ']'.repeat(half))), refused)
    assert.equal((await server.send({ method: 'POST', path: '/', headers: { ...json, 'X-Quiet': '1' }, body: `{"a":${'['.repeat(half - 4)}${']'.repeat(half - 4)}}` })).status, 200)
    assert.equal((await server.send({ method: 'POST', path: '/', headers: { ...json, 'X-Quiet': '1' }, body: '{"":'.repeat(objects) + '1' + '}'.repeat(objects) })).status, 200)
  })

  it('is refused above 16 KiB, with and without a length, and not at it', async () => {
    const ofSize = (size: number) => `{"a":"${'x'.repeat(size - 8)}"}`
    assert.equal((await post(ofSize(maxBodyBytes))).status, 200)
    assert.deepEqual(outcome(await post(ofSize(maxBodyBytes + 1))), [413, 'payload_too_large'])
    assert.deepEqual(outcome(await post(ofSize(maxBodyBytes + 1), { ...json, 'Transfer-Encoding': 'chunked' })), [413, 'payload_too_large'])
    assert.equal((await post(ofSize(maxBodyBytes), { ...json, 'Transfer-Encoding': 'chunked' })).status, 200)
    const large = await post(ofSize(1_000_000))
    assert.deepEqual([...outcome(large), large.headers.connection], [413, 'payload_too_large', 'close'])
  })

  it('is not quoted where the refusal is logged', async () => {
    server.logged.length = 0
    await post('{"code":"123456"x}')
    await post('{"email":"anna@example.com')
    assert.doesNotMatch(JSON.stringify(server.logged), /123456|anna/)
  })

  it('costs no more than 50 ms, whatever 16 KiB hold', async () => {
    const bodies = ['['.repeat(8192) + ']'.repeat(8192), '"'.repeat(16_384), `{"a":"${'\\"'.repeat(8180)}"}`, `{"a":"${'\\'.repeat(16_000)}"}`, `{${Array.from({ length: 1300 }, (_, i) => `"k${i}":1`).join()}}`, `[${'{},'.repeat(5000)}{}]`, ' '.repeat(16_384)]
    await post('{}')
    for (const body of bodies) {
      const started = performance.now()
      await post(body, { ...json, 'X-Quiet': '1' })
      assert.ok(performance.now() - started < 150, `${body.slice(0, 20)}: with the round trip ${performance.now() - started} ms`)
    }
  })

  it('is any bytes: read or refused, never an error of the server', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array().map((bytes) => Buffer.from(bytes)), fc.string().map((text) => Buffer.from(text)), fc.json().map((text) => Buffer.from(text))), async (bytes) => {
      const { status } = await post(bytes)
      assert.ok(status === 200 || status === 400, String(status))
    }), { numRuns: 200 })
  })
})

describe('a JSON object without a key twice', () => {
  it('is always taken as what it says', async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), async (value) => {
      assert.equal((await post(JSON.stringify(value))).text, JSON.stringify({ read: JSON.parse(JSON.stringify(value)) }))
    }), { numRuns: 200 })
  })
})

describe('a form', () => {
  it('is its fields', async () => {
    assert.deepEqual((await post('token=a.b&choice=there&number=+07', form, '/form')).json, { read: [['token', 'a.b'], ['choice', 'there'], ['number', ' 07']] })
    assert.deepEqual((await post('__proto__=1', form, '/form')).json, { read: [['__proto__', '1']] })
  })

  it('is refused with a field twice, in another media type or above 16 KiB', async () => {
    assert.deepEqual(outcome(await post('a=1&a=1', form, '/form')), refused)
    assert.deepEqual(outcome(await post('a=1&%61=2', form, '/form')), refused)
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json', 'application/x-www-form-urlencoded; charset=utf-16']) assert.deepEqual(outcome(await post('a=1', { 'Content-Type': type }, '/form')), wrongType)
    assert.deepEqual(outcome(await post('x'.repeat(maxBodyBytes + 1), form, '/form')), [413, 'payload_too_large'])
  })
})

describe('what a body may say', () => {
  const verifier = 'v'.repeat(43)
  const schemas: [string, v.GenericSchema, Record<string, unknown>][] = [
    ['start', startSignInSchema, { email: 'a@example.com', challenge: 'c'.repeat(43) }],
    ['resend and cancel', verifierSchema, { verifier }],
    ['claim after approval', claimSchema, { sign_in: 'id', verifier }],
    ['claim by handoff', claimSchema, { handoff: 'a.b.c' }],
    ['refresh', refreshSchema, { site: 'id' }],
    ['end', endSchema, { site: 'id', everywhere: true }],
    ['a new site', createSiteSchema, { name: 'Shop', origins: ['https://shop.example'], session: { idle: 60 } }],
    ['a changed site', changeSiteSchema, {}],
  ]
  const taken = (schema: v.GenericSchema, body: unknown) => v.safeParse(schema, body).success

  for (const [name, schema, body] of schemas) {
    it(`has no field beside those of ${name}, of whatever name`, () => {
      assert.equal(taken(schema, body), true)
      for (const key of ['x', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '']) assert.equal(taken(schema, JSON.parse(`${JSON.stringify(body).slice(0, -1)}${Object.keys(body).length > 0 ? ',' : ''}${JSON.stringify(key)}:{}}`)), false, key)
      assert.equal(taken(schema, JSON.parse(`{"__proto__":${JSON.stringify(body)}}`)), false)
    })

    it(`has one value of the right type in each field of ${name}`, () => {
      for (const field of Object.keys(body)) for (const wrong of [null, [], {}, [body[field]], 7]) if (field !== 'session' || JSON.stringify(wrong) !== '{}') assert.equal(taken(schema, { ...body, [field]: wrong }), false, `${field}: ${JSON.stringify(wrong)}`)
      for (const wrong of [null, 'text', 7, true]) assert.equal(taken(schema, wrong), false)
    })
  }

  it('is told by the names of fields, never by their values', () => {
    const { issues = [] } = v.safeParse(startSignInSchema, { email: 7, challenge: 'secret', constructor: 'x' })
    const problem = Problem.ofIssues(issues)
    assert.equal(problem.code, 'invalid_request')
    assert.ok(problem.errors?.some(({ field }) => field === 'challenge'))
    assert.doesNotMatch(JSON.stringify(problem.errors), /secret/)
  })

  it('is told of a claim by the fields of the way that it takes', () => {
    const faults = (body: unknown) => Problem.ofIssues(v.safeParse(claimSchema, body).issues ?? []).errors?.map(({ field, code }) => `${field} ${code}`)
    assert.deepEqual(faults({ sign_in: 'id', verifier, x: 1 }), ['x unknown_field'])
    assert.deepEqual(faults({ sign_in: 'id', verifier, code: null }), ['code wrong_type'])
    assert.deepEqual(faults({ sign_in: 'id', verifier, keep: 'cookie' }), ['keep not_one_of'])
    assert.deepEqual(faults({ arrival: 'a.b.c' }), ['verifier required'])
    assert.deepEqual(faults({ handoff: 'a.b.c', verifier }), ['verifier unknown_field'])
    assert.deepEqual(faults({}), ['sign_in required', 'verifier required'])
  })
})
