import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { adminToken, publicUrl, testBackend, type TestBackend } from './testing/backend.ts'
import { send } from './testing/koa-server.ts'

let backend: TestBackend
before(async () => {
  backend = await testBackend()
})
after(() => backend.dispose())

type Asking = { method: string; path: string; headers: Record<string, string>; body?: string }
const codeOf = async (asking: Asking) => (await send(backend.port, asking)).json.code

describe('what only pages of A may do', () => {
  const json = { 'Content-Type': 'application/json' }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const acts = ['/v1/sign-ins/some/resend', '/v1/sign-ins/some/cancel', '/v1/sessions', '/v1/sessions/refresh', '/v1/sessions/end', '/v1/cookie-check', '/approve']

  for (const path of acts) {
    const asking = { method: 'POST', path, headers: path === '/approve' ? form : json, body: path === '/approve' ? 'unknown=1' : '{"unknown":1}' }
    const from = (headers: Record<string, string>) => codeOf({ ...asking, headers: { ...asking.headers, ...headers } })

    it(`POST ${path}: refused by fetch metadata of any other page, even with the right Origin`, async () => {
      for (const site of ['cross-site', 'same-site', 'none']) assert.equal(await from({ 'Sec-Fetch-Site': site, Origin: publicUrl }), 'cross_site_request', site)
    })

    it(`POST ${path}: refused by the Origin where a browser sends no metadata`, async () => {
      for (const origin of ['https://shop.example', 'null', `${publicUrl}.evil.example`]) assert.equal(await from({ Origin: origin }), 'cross_site_request', origin)
      assert.equal(await from({}), 'cross_site_request')
    })

    it(`POST ${path}: a page of A gets as far as its body`, async () => {
      assert.notEqual(await from({ 'Sec-Fetch-Site': 'same-origin' }), 'cross_site_request')
      assert.notEqual(await from({ Origin: publicUrl }), 'cross_site_request')
    })
  }

  for (const path of ['/v1/sessions/current', '/v1/cookie-check']) {
    it(`GET ${path}: refused for any other page, even of the same site`, async () => {
      for (const site of ['cross-site', 'same-site']) assert.equal(await codeOf({ method: 'GET', path, headers: { 'Sec-Fetch-Site': site } }), 'cross_site_request')
      assert.notEqual(await codeOf({ method: 'GET', path, headers: { 'Sec-Fetch-Site': 'same-origin' } }), 'cross_site_request')
    })
  }
})

describe('pages at the top level', () => {
  for (const path of ['/link', '/approve']) {
    it(`GET ${path}: in no frame of any kind, and as a document`, async () => {
      for (const place of ['iframe', 'frame', 'embed', 'object', 'fencedframe']) assert.equal(await codeOf({ method: 'GET', path, headers: { 'Sec-Fetch-Dest': place } }), 'cross_site_request', place)
      assert.notEqual(await codeOf({ method: 'GET', path, headers: { 'Sec-Fetch-Dest': 'document' } }), 'cross_site_request')
    })
  }
})

describe('a refusal', () => {
  const java = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  const kindOf = async (Accept: string, call: string) => {
    const [method = '', path = ''] = call.split(' ')
    const { status, headers } = await send(backend.port, { method, path, headers: { Accept } })
    assert.ok(status >= 400, call)
    return String(headers['content-type']).split(';')[0]
  }

  it('of the API is a problem document, whatever kind of answer is asked for', async () => {
    const calls = ['POST /v1/sign-ins', 'GET /v1/sign-ins/some/events', 'GET /v1/me', 'GET /v1/sessions/current', 'POST /v1/sessions', 'PUT /v1/me', 'GET /v1/nothing', 'GET /v1',
      'GET /admin/v1/sites/nope', 'GET /admin/v1/nothing', 'GET /admin', 'POST /.well-known/jwks.json', 'GET /.well-known/nothing', 'POST /metrics']
    for (const call of calls) for (const accept of [java, browser, 'text/html']) assert.equal(await kindOf(accept, call), 'application/problem+json', `${call} ${accept}`)
  })

  it('is a page for who follows a link or sends a form, and a problem document for who asks for one', async () => {
    for (const call of ['GET /link', 'GET /approve', 'POST /approve', 'GET /bridge', 'GET /', 'GET /nothing', 'GET /v1x', 'GET /administration']) assert.equal(await kindOf(browser, call), 'text/html', call)
    for (const call of ['POST /approve', 'GET /bridge', 'GET /', 'GET /nothing']) for (const accept of ['application/json', '*/*', 'application/problem+json, text/html;q=0.5']) assert.equal(await kindOf(accept, call), 'application/problem+json', call)
  })
})

describe('what the operator may do', () => {
  const site = '/admin/v1/sites/some'
  const calls = ['POST /admin/v1/sites', 'GET /admin/v1/sites', `GET ${site}`, `PATCH ${site}`, `DELETE ${site}`, `GET ${site}/users`, `POST ${site}/users`, `GET ${site}/users/some`, `PATCH ${site}/users/some`,
    `DELETE ${site}/users/some`, `GET ${site}/users/some/export`, `POST ${site}/users/some/revoke`, `GET ${site}/users/some/sessions`, `DELETE ${site}/users/some/sessions/some`,
    `GET ${site}/sign-ins`, `POST ${site}/sign-ins/some/revoke`, `GET ${site}/events`, 'GET /admin/v1/events']

  for (const call of calls) {
    const [method = '', path = ''] = call.split(' ')
    it(`${call}: not without the whole token`, async () => {
      const asking = (Authorization?: string): Asking => ({ method, path, headers: { 'Content-Type': 'application/json', ...(Authorization !== undefined && { Authorization }) }, ...(['POST', 'PATCH'].includes(method) && { body: '{}' }) })
      assert.ok(['unauthorized', 'rate_limited'].includes(String(await codeOf(asking()))))
      assert.ok(['unauthorized', 'rate_limited'].includes(String(await codeOf(asking(`Bearer ${adminToken.slice(0, -1)}`)))))
      assert.ok(!['unauthorized', 'rate_limited'].includes(String(await codeOf(asking(`Bearer ${adminToken}`)))))
    })
  }
})
