import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveWith } from '../testing/koa-server.ts'
import { pageHeaders, publicHeaders, securityHeaders } from './security-headers.ts'

async function headersOf(path: string, publicUrl = 'https://auth.example.com') {
  const server = await serveWith(securityHeaders({ publicUrl }), (ctx) => {
    if (ctx.path === '/page') pageHeaders(ctx, { nonce: 'abc' })
    if (ctx.path === '/page-with-form') pageHeaders(ctx, { nonce: 'abc', formTargets: ['https://shop.example'] })
    if (ctx.path === '/public') publicHeaders(ctx)
    if (ctx.path !== '/nowhere') ctx.body = 'ok'
  })
  const { headers } = await server.send({ path })
  await server.stop()
  return headers
}
const directives = (policy: unknown) => new Map(String(policy).split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1).join(' ')]))

describe('every answer', () => {
  it('is neither cached, framed, sniffed nor referred, refusals too', async () => {
    for (const path of ['/', '/nowhere']) {
      const headers = await headersOf(path)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
      assert.deepEqual([...directives(headers['content-security-policy']).entries()], [['default-src', "'none'"], ['base-uri', "'none'"], ['form-action', "'none'"], ['frame-ancestors', "'none'"]])
    }
  })

  it('keeps browsers on https for a year, where it is https', async () => {
    const [, maxAge] = /max-age=(\d+)/.exec(String((await headersOf('/'))['strict-transport-security'])) ?? []
    assert.ok(Number(maxAge) >= 31_536_000)
    assert.equal('strict-transport-security' in (await headersOf('/', 'http://localhost:4600')), false)
  })
})

describe('a page', () => {
  it('has no script at all, styles by nonce, and nobody around it', async () => {
    const headers = await headersOf('/page')
    const policy = directives(headers['content-security-policy'])
    assert.equal(policy.get('default-src'), "'none'")
    assert.equal(policy.has('script-src'), false)
    assert.equal(policy.get('style-src'), "'nonce-abc'")
    assert.equal(policy.get('frame-ancestors'), "'none'")
    assert.equal(policy.get('base-uri'), "'none'")
    assert.equal(policy.get('form-action'), "'self'")
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|\*/)
  })

  it('may send its form on to where the answer leads', async () => {
    assert.equal(directives((await headersOf('/page-with-form'))['content-security-policy']).get('form-action'), "'self' https://shop.example")
  })
})

describe('a public file', () => {
  it('is readable by any origin, also on pages with COEP', async () => {
    const headers = await headersOf('/public')
    assert.deepEqual([headers['access-control-allow-origin'], headers['cross-origin-resource-policy']], ['*', 'cross-origin'])
  })
})
