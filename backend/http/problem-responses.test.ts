import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { Problem, problemCodes } from '../problems.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'

let server: TestServer
before(async () => {
  const router = new Router({ strict: true, sensitive: true })
  router.get('/code/:code', (ctx) => {
    throw new Problem(problemCodes.find((code) => code === ctx.params.code) ?? 'internal')
  })
  router.get('/wait', (ctx) => {
    throw new Problem('rate_limited', { retryAfterSeconds: Number(ctx.query.seconds) })
  })
  router.get('/fields', () => {
    throw new Problem('invalid_request', { errors: [{ field: 'email', code: 'required' }], cause: new Error('inner reason') })
  })
  router.get('/throws/:what', (ctx) => {
    const thrown: Record<string, unknown> = { error: new TypeError('secret detail'), text: 'secret detail', nothing: undefined, odd: Object.assign(new Error('secret detail'), { status: 200, expose: true }), bad: Object.assign(new Error('secret detail'), { status: 400 }) }
    throw thrown[ctx.params.what ?? '']
  })
  router.get('/empty', (ctx) => {
    ctx.status = 204
  })
  router.post('/post', (ctx) => {
    ctx.body = 'ok'
  })
  server = await serveWith(...([router.routes(), router.allowedMethods()] as unknown as Middleware[]))
})
after(() => server.stop())
const ask = (path: string, method = 'GET') => server.send({ path, method })

describe('a refusal', () => {
  it('is a problem document with the code’s own status, for every code', async () => {
    for (const code of problemCodes) {
      const problem = new Problem(code)
      const { status, headers, json } = await ask(`/code/${code}`)
      assert.equal(headers['content-type'], 'application/problem+json')
      assert.deepEqual([status, json], [problem.status, { type: `about:blank#${code}`, title: problem.title, status: problem.status, code, detail: problem.message }])
    }
  })

  it('names the fields that were wrong, and never its inner reason', async () => {
    const { text, json } = await ask('/fields')
    assert.deepEqual(json.errors, [{ field: 'email', code: 'required' }])
    assert.doesNotMatch(text, /inner reason/)
  })

  it('is logged by its code, under a name that the log does not black out, with its inner reason', async () => {
    server.logged.length = 0
    await ask('/fields')
    const { level, fields } = server.logged[0] ?? {}
    assert.equal(level, 'debug')
    assert.deepEqual(fields, { problem: 'invalid_request', err: new Error('inner reason') })
  })

  it('says when to come again in whole seconds, at least one; where it knows nothing of that, nothing', async () => {
    for (const [seconds, header] of [['7', '7'], ['0.2', '1'], ['0', '1'], ['-5', '1'], ['59.1', '60']]) assert.equal((await ask(`/wait?seconds=${seconds}`)).headers['retry-after'], header)
    assert.equal('retry-after' in (await ask('/code/invalid_grant')).headers, false)
  })

  it('asks for a bearer token where one is due, and nowhere else', async () => {
    assert.equal((await ask('/code/unauthorized')).headers['www-authenticate'], 'Bearer')
    for (const code of ['invalid_grant', 'signed_out', 'invalid_dpop_proof']) assert.equal('www-authenticate' in (await ask(`/code/${code}`)).headers, false)
  })
})

describe('what nobody foresaw', () => {
  it('is a 500 without detail; its reason goes to the log', async () => {
    for (const what of ['error', 'text', 'nothing', 'odd']) {
      server.logged.length = 0
      const { status, json, text } = await ask(`/throws/${what}`)
      assert.deepEqual([status, json.code], [500, 'internal'], what)
      assert.doesNotMatch(text, /secret|TypeError/)
      assert.deepEqual(server.logged.map(({ level, text: line }) => [level, line]), [['error', 'request failed']])
    }
  })

  it('is a 400 without detail where a library refused the request', async () => {
    const { status, json, text } = await ask('/throws/bad')
    assert.deepEqual([status, json.code], [400, 'invalid_request'])
    assert.doesNotMatch(text, /secret/)
  })

  it('is logged by its path alone, for a query may hold a token', async () => {
    server.logged.length = 0
    await ask('/throws/error?token=eyJsecret')
    assert.doesNotMatch(JSON.stringify(server.logged), /eyJ/)
  })
})

describe('an address', () => {
  it('that is nobody’s is a 404', async () => {
    for (const path of ['/nowhere', '/POST', '/post/', '//post', '/%70ost', '/post;x', '/code/%ff']) assert.equal((await ask(path, 'POST')).status, path === '/code/%ff' ? 405 : 404, path)
    assert.equal((await ask('/nowhere')).json.code, 'not_found')
  })

  it('with another verb is a 405 that says which ones it takes', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status, json, headers } = await ask('/post', method)
      assert.deepEqual([status, json.code, headers.allow], [405, 'method_not_allowed', 'POST'], method)
    }
    assert.equal((await ask('/post', 'PROPFIND')).json.code, 'method_not_allowed')
    assert.equal((await ask('/post', 'POST')).text, 'ok')
  })

  it('that answers with nothing is left as it is', async () => {
    assert.deepEqual([(await ask('/empty')).status, (await ask('/empty')).text], [204, ''])
  })
})
