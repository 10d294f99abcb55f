import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { Problem } from '../problems.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { accessLog } from './access-log.ts'
import { problemResponses } from './problem-responses.ts'

describe('the line of a request', () => {
  const lines: object[] = []
  const log = { debug: (fields: object, text: string) => void lines.push({ ...fields, text }), info() {}, warn() {}, error() {} }
  let server: TestServer
  before(async () => {
    const router = new Router()
    router.get('/v1/things/:id', (ctx) => {
      if (ctx.params.id === 'secret-gone') throw new Problem('not_found')
      ctx.body = 'ok'
    })
    server = await serveWith(accessLog(log), problemResponses(log), router.routes() as unknown as Middleware)
  })
  after(() => server.stop())

  it('says verb, route, status and the refusal’s code, and nothing that the client wrote', async () => {
    await server.send({ path: '/v1/things/secret-1?token=secret-2', headers: { 'User-Agent': 'secret-3', 'X-Secret': 'secret-4' } })
    await server.send({ path: '/v1/things/secret-gone' })
    await server.send({ path: '/secret-5' })
    assert.deepEqual(lines.map((line) => ({ ...line, ms: 0 })), [
      { method: 'GET', route: '/v1/things/:id', status: 200, ms: 0, text: 'request' },
      { method: 'GET', route: '/v1/things/:id', status: 404, ms: 0, problem: 'not_found', text: 'request' },
      { method: 'GET', route: 'none', status: 404, ms: 0, problem: 'not_found', text: 'request' },
    ])
  })
})
