import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { createDraining } from './draining.ts'

describe('a request at the end of the process', () => {
  const draining = createDraining()
  let server: TestServer
  let goOn = (): void => undefined
  let begun = (): void => undefined
  before(async () => {
    server = await serveWith(draining.refuse, async (ctx) => {
      if (ctx.path === '/slow') await new Promise<void>((resolve) => (begun(), (goOn = resolve)))
      ctx.body = { ok: true }
    })
  })
  after(() => server.stop())

  it('runs to its end, and its connection ends with it; one that comes later is 503', async () => {
    const isBegun = new Promise<void>((resolve) => (begun = resolve))
    const before = await server.send({ headers: { Connection: 'keep-alive' } })
    assert.deepEqual([before.status, before.headers.connection], [200, 'keep-alive'])
    const running = server.send({ path: '/slow', headers: { Connection: 'keep-alive' } })
    await isBegun
    draining.begin()
    const later = await server.send({ headers: { Connection: 'keep-alive' } })
    assert.deepEqual([later.status, later.json.code, later.headers.connection], [503, 'shutting_down', 'close'])
    goOn()
    const ended = await running
    assert.deepEqual([ended.status, ended.headers.connection], [200, 'close'])
  })
})
