import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, visitor } from '../testing/visitor.ts'

const bearer = { Authorization: `Bearer ${adminToken}` }

/** As texts. */
async function filesOf(directory: string): Promise<string[]> {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8').catch(() => '')))
}

describe('the admin API’s sites', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend({ env: { LINKLATCH_LIMITS: 'admin.ip=3/600' } })))
  after(() => backend.dispose())
  const admin = (method: string, path: string, body?: unknown) => call(backend, method, `/admin/v1/sites${path}`, { body, headers: bearer })

  it('makes a site, with the snippet to paste', async () => {
    const made = await admin('POST', '', { name: 'News', origins: ['https://news.example'], landing_urls: ['https://news.example/in'] })
    assert.equal(made.status, 201)
    assert.match(String(made.json.snippet), /^<script type="module" src="https:\/\/auth\.example\.com\/linklatch-1\.\d+\.\d+\.js" integrity="sha384-[^"]+" crossorigin="anonymous"><\/script>\n<linklatch-sign-in/)
    assert.equal(made.json.mode, 'open')
    assert.equal(made.json.link_ttl, 600)
    assert.deepEqual(made.json.session, { idle: 1_209_600, absolute: 2_592_000 })
    assert.equal((await admin('GET', `/${String(made.json.id)}`)).json.name, 'News')
    const items = (await admin('GET', '')).json.items as { id: string }[]
    assert.ok(items.some(({ id }) => id === made.json.id))
  })

  it('changes a site, and deletes it with everything that is its own', async () => {
    const made = await admin('POST', '', { name: 'Blog', origins: ['https://blog.example'] })
    const id = String(made.json.id)
    const changed = await admin('PATCH', `/${id}`, { name: 'Weblog', link_ttl: 60 })
    assert.equal(changed.json.name, 'Weblog')
    assert.equal(changed.json.link_ttl, 60)
    assert.deepEqual(changed.json.origins, ['https://blog.example'])
    assert.equal((await admin('DELETE', `/${id}`)).status, 204)
    assert.equal((await admin('GET', `/${id}`)).status, 404)
    assert.equal((await admin('DELETE', `/${id}`)).status, 404)
  })

  it('takes away a language, a logo, a colour and a webhook by an empty text', async () => {
    const looks = { locale: 'de', logo_url: 'https://looks.example/logo.svg', accent_color: '#c05621', webhook: { url: 'https://looks.example/hook' } }
    const made = await admin('POST', '', { name: 'Looks', origins: ['https://looks.example'], ...looks })
    const path = `/${String(made.json.id)}`
    for (const [field, value] of Object.entries(looks)) assert.deepEqual((await admin('GET', path)).json[field], value)
    assert.equal((await admin('PATCH', path, { locale: '', logo_url: '', accent_color: '', webhook: { url: '' } })).status, 200)
    const bare = (await admin('GET', path)).json
    assert.deepEqual(Object.keys(looks).filter((field) => field in bare), [])
    for (const field of Object.keys(looks)) assert.equal((await admin('PATCH', path, { [field]: null })).status, 400, field)
  })

  it('leaves no address of a deleted site in any file of the store, nor its webhook’s secret, while the process runs', async () => {
    const made = await admin('POST', '', { name: 'Blog', origins: ['https://blog.example'], webhook: { url: 'https://blog.example/hook' } })
    const id = String(made.json.id)
    const secret = String(made.json.webhook_secret).replace('whsec_', '')
    await admin('POST', `/${id}/users`, { email: 'invited@left-behind.example' })
    await call(backend, 'POST', '/v1/sign-ins', { body: { site: id, email: 'asking@left-behind.example', challenge: visitor(backend).challenge }, headers: { Origin: 'https://blog.example' } })
    const held = async () => {
      const texts = await filesOf(join(backend.directory, 'data', 'store'))
      return ['left-behind.example', secret, 'https://blog.example/hook'].filter((text) => texts.some((each) => each.includes(text)))
    }
    assert.equal((await held()).length, 3)
    assert.equal((await admin('DELETE', `/${id}`)).status, 204)
    assert.deepEqual(await held(), [])
  })

  for (const [what, body] of [
    ['no origin', { name: 'x', origins: [] }],
    ['a path in an origin', { name: 'x', origins: ['https://x.example/path'] }],
    ['plain http', { name: 'x', origins: ['http://x.example'] }],
    ['a wildcard before a public suffix', { name: 'x', origins: ['https://*.netlify.app'] }],
    ['a landing URL elsewhere', { name: 'x', origins: ['https://x.example'], landing_urls: ['https://y.example/'] }],
    ['two landing URLs for an origin', { name: 'x', origins: ['https://x.example'], landing_urls: ['https://x.example/a', 'https://x.example/b'] }],
    ['an unknown field', { name: 'x', origins: ['https://x.example'], owner: 'me' }],
    ['a link that lives too long', { name: 'x', origins: ['https://x.example'], link_ttl: 601 }],
    ['an unknown mode', { name: 'x', origins: ['https://x.example'], mode: 'closed' }],
  ] as const) {
    it(`refuses ${what} with 400 that names the field`, async () => {
      const refused = await admin('POST', '', body)
      assert.equal(refused.status, 400)
      assert.ok(Array.isArray(refused.json.errors) && refused.json.errors.length > 0)
    })
  }

  it('takes no change of what is not the owner’s to change', async () => {
    const made = await admin('POST', '', { name: 'Mine', origins: ['https://mine.example'] })
    const id = String(made.json.id)
    for (const body of [{ id: 'other' }, { created_at: 1 }, { snippet: '' }, { landingUrls: [] }, '{"__proto__":{"mode":"invite"}}', '{"constructor":1}']) assert.equal((await admin('PATCH', `/${id}`, body)).status, 400, JSON.stringify(body))
    assert.deepEqual((await admin('GET', `/${id}`)).json, made.json)
  })

  it('takes the token in the header alone; wrong ones are counted, the right one always works', async () => {
    const statuses = []
    for (let tries = 0; tries < 5; tries += 1) statuses.push((await call(backend, 'GET', '/admin/v1/sites', { headers: { Authorization: 'Bearer wrong' } })).status)
    assert.deepEqual(statuses, [401, 401, 401, 429, 429])
    assert.equal((await admin('GET', '')).status, 200)
  })

  it('counts and tells wrong tokens at the metrics as at its own door, in one budget; who shows none is told of nothing', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'admin.ip=3/600' } })
    try {
      const ask = async (path: string, Authorization?: string) => (await call(narrow, 'GET', path, { headers: { Via: '1.1 proxy', ...(Authorization !== undefined && { Authorization }) } })).status
      const statuses = []
      for (const path of ['/metrics', '/admin/v1/sites', '/metrics', '/metrics', '/admin/v1/sites']) statuses.push(await ask(path, 'Bearer wrong'))
      assert.deepEqual(statuses, [401, 401, 401, 429, 429])
      assert.equal(narrow.events.filter(({ event, network }) => event === 'admin.refused' && network !== undefined).length, 5)
      assert.deepEqual([await ask('/metrics'), await ask('/metrics', 'Basic wrong'), await ask('/metrics', bearer.Authorization)], [404, 404, 200])
      assert.equal((await call(narrow, 'GET', '/metrics', { headers: { Authorization: 'Bearer wrong' } })).status, 200, 'a program of this machine needs none')
    } finally {
      await narrow.dispose()
    }
  })

  it('is not there without the variable', async () => {
    const off = await testBackend({ env: { LINKLATCH_ADMIN_TOKEN: '' } })
    try {
      for (const path of ['/admin/v1/sites', '/metrics']) assert.equal((await call(off, 'GET', path, { headers: { ...bearer, Via: '1.1 proxy' } })).status, 404)
    } finally {
      await off.dispose()
    }
  })

  it('keeps two sites apart: neither’s origin, cookie nor token counts at the other', async () => {
    const made = await admin('POST', '', { name: 'Other', origins: ['https://other.example'] })
    const other = String(made.json.id)
    const browser = visitor(backend)
    assert.equal((await browser.start('anna@example.com', { site: other })).status, 403)
    const { id } = await browser.started('anna@example.com')
    const { code } = await mailTo(backend, 'anna@example.com')
    const { access_token } = await browser.claimed({ sign_in: id, verifier: browser.verifier, code })
    browser.jar.set(`__Host-linklatch-${other}`, browser.secret() ?? '')
    assert.equal((await browser.bridgePost('/v1/sessions/refresh', { site: other })).status, 401)
    const me = await call(backend, 'GET', '/v1/me', { headers: { Authorization: `Bearer ${access_token}`, Origin: 'https://other.example' } })
    assert.equal(me.status, 403)
    assert.equal(me.headers.get('access-control-allow-origin'), null)
  })
})
