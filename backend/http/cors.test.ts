import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { siteListsOrigin } from '../sites/origins.ts'
import { serveWith, type Answer, type TestServer } from '../testing/koa-server.ts'
import { cors, preflight } from './cors.ts'

const listed = 'https://shop.example'
const sites = [{ origins: [listed, 'https://*--shop.netlify.app'] }, { origins: ['https://bakery.example'] }]
const services = { config: { production: false }, store: { sites: { listing: async (origin: string) => sites.filter((site) => siteListsOrigin(site, origin)) } } } as unknown as Services
const strangers = ['https://evil.example', 'null', 'https://shop.example.evil.example', 'https://shop.example:443', 'https://SHOP.example', 'http://shop.example', 'https://a.b--shop.netlify.app', '*', `${listed}, ${listed}`, '__proto__']

let server: TestServer
before(async () => {
  server = await serveWith(async (ctx, next) => {
    ctx.set('Cross-Origin-Resource-Policy', 'same-origin')
    if (ctx.method === 'OPTIONS') return preflight(services, 'POST')(ctx, next)
    return cors(services)(ctx, next)
  }, (ctx) => {
    if (ctx.path === '/limited') throw new Problem('rate_limited', { retryAfterSeconds: 7 })
    if (ctx.path === '/other-site') throw new Problem('origin_not_allowed')
    ctx.body = { ok: true }
  })
})
after(() => server.stop())

const ask = (origin: string | undefined, path = '/', method = 'POST') => server.send({ method, path, headers: origin === undefined ? {} : { Origin: origin } })
const corsHeaders = ({ headers }: Answer) => Object.keys(headers).filter((name) => name.startsWith('access-control-'))

describe('an answer', () => {
  it('can be read by a page of a listed origin, by its exact name and without credentials', async () => {
    for (const origin of [listed, 'https://pr-7--shop.netlify.app', 'https://bakery.example']) {
      const { headers } = await ask(origin)
      assert.equal(headers['access-control-allow-origin'], origin)
      assert.equal(headers['cross-origin-resource-policy'], 'cross-origin')
      assert.equal('access-control-allow-credentials' in headers, false)
    }
  })

  it('can be read by nobody else', async () => {
    for (const origin of [...strangers, undefined]) {
      const answer = await ask(origin)
      assert.deepEqual(corsHeaders(answer), [], origin)
      assert.equal(answer.headers['cross-origin-resource-policy'], 'same-origin')
    }
  })

  it('varies by origin for everybody', async () => {
    for (const origin of [listed, 'https://evil.example', undefined]) for (const path of ['/', '/limited', '/other-site']) assert.equal((await ask(origin, path)).headers.vary, 'Origin')
  })

  it('can be read when it is a refusal, with the seconds to wait', async () => {
    const { status, headers } = await ask(listed, '/limited')
    assert.deepEqual([status, headers['access-control-allow-origin'], headers['retry-after'], headers['access-control-expose-headers']], [429, listed, '7', 'Retry-After'])
  })

  it('has no CORS header at all when the origin belongs to another site than the one named', async () => {
    const answer = await ask(listed, '/other-site')
    assert.deepEqual([answer.status, answer.json.code, answer.headers['cross-origin-resource-policy']], [403, 'origin_not_allowed', 'same-origin'])
    assert.deepEqual(corsHeaders(answer), [])
  })
})

describe('a preflight', () => {
  it('lets pages of listed origins send JSON and a bearer token', async () => {
    const { status, headers } = await ask(listed, '/', 'OPTIONS')
    assert.equal(status, 204)
    assert.deepEqual([headers['access-control-allow-origin'], headers['access-control-allow-methods'], headers['access-control-allow-headers'], headers.vary], [listed, 'POST', 'content-type, authorization', 'Origin'])
    assert.equal('access-control-allow-credentials' in headers, false)
  })

  it('is refused to everybody else', async () => {
    for (const origin of [...strangers, undefined]) {
      const answer = await ask(origin, '/', 'OPTIONS')
      assert.deepEqual([answer.status, corsHeaders(answer).length, answer.headers.vary], [403, 0, 'Origin'], origin)
    }
  })
})
