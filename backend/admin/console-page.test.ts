import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { call } from '../testing/visitor.ts'

const scriptIn = (page: string): string => /<script type="module" src="([^"]+)"/.exec(page)?.[1] ?? ''

describe('the console’s page', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())

  it('runs A’s own script and speaks with A alone, makes no markup from text, sends no form, and is in no frame', async () => {
    const { status, headers, text } = await call(backend, 'GET', '/console')
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html",
    )
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    assert.equal(headers.get('x-frame-options'), 'DENY')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(headers.getSetCookie(), [])
    assert.doesNotMatch(text, new RegExp(`${backend.site.id}|${backend.site.name}`))
  })

  it('names its script by its content, and that one may be kept', async () => {
    const path = scriptIn((await call(backend, 'GET', '/console')).text)
    assert.match(path, /^\/console-[0-9a-f]{12}\.js$/)
    const { status, headers, text } = await call(backend, 'GET', path)
    assert.equal(status, 200)
    assert.match(headers.get('cache-control') ?? '', /immutable/)
    assert.match(text, /console/)
  })

  it('is for the top level, and answers a press of a link from elsewhere', async () => {
    assert.equal((await call(backend, 'GET', '/console', { headers: { 'Sec-Fetch-Dest': 'iframe' } })).status, 403)
    assert.equal((await call(backend, 'GET', '/console', { headers: { 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'cross-site' } })).status, 200)
  })

  it('is off with the admin API, its script too', async () => {
    const path = scriptIn((await call(backend, 'GET', '/console')).text)
    const other = await testBackend({ env: { LINKLATCH_ADMIN_TOKEN: '' } })
    try {
      for (const each of ['/console', path]) assert.equal((await call(other, 'GET', each)).status, 404, each)
    } finally {
      await other.dispose()
    }
  })
})
