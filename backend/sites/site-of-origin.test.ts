import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { examine } from '../admin/doctor.ts'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, open, visitor } from '../testing/visitor.ts'

const local = 'http://127.0.0.1:5700'
const shop = 'https://shop.example'
const production = { NODE_ENV: 'production', LINKLATCH_SMTP_URL: 'smtp://localhost:25' }

describe('a site of development that is started in production', () => {
  let backend: TestBackend
  let begun: { id: string; verifier: string; token: string; code: string }
  const start = (headers: Record<string, string>, more: object = {}) => call(backend, 'POST', '/v1/sign-ins', { body: { email: 'b@example.com', challenge: 'c'.repeat(43), ...more }, headers })
  const admin = (method: string, path: string, body?: object) => call(backend, method, `/admin/v1/sites${path}`, { headers: { Authorization: `Bearer ${adminToken}` }, ...(body && { body }) })

  before(async () => {
    backend = await testBackend({ site: { origins: [local, shop], landing_urls: [`${local}/in`, `${shop}/in`] } })
    const { verifier, challenge } = visitor(backend)
    const { json } = await start({ Origin: local }, { email: 'a@example.com', challenge })
    begun = { id: String(json.id), verifier, ...(await mailTo(backend, 'a@example.com')) }
    assert.equal((await open(backend, begun.token)).location.split('#')[0], `${local}/in`)
    await backend.stop()
    backend = await testBackend({ directory: backend.directory, clock: backend.clock, env: production })
  })
  after(() => backend.dispose())

  it('serves its pages of plain http no more', async () => {
    for (const site of [{}, { site: backend.site.id }]) {
      const { status, headers } = await start({ Origin: local }, site)
      assert.deepEqual([status, headers.get('access-control-allow-origin')], [403, null])
      assert.equal((await start({ Origin: shop }, site)).status, 202)
    }
    const preflight = await call(backend, 'OPTIONS', '/v1/sign-ins', { headers: { Origin: local, 'Access-Control-Request-Method': 'POST' } })
    assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [403, null])
    const bridge = (origin: string) => call(backend, 'GET', `/bridge?site=${backend.site.id}&origin=${origin}`)
    assert.deepEqual([(await bridge(local)).status, (await bridge(shop)).status], [403, 200])
  })

  it('leads no link there, and gives nothing to what was begun there', async () => {
    const { status, location, text } = await open(backend, begun.token)
    assert.deepEqual([status, location, text.includes(local)], [200, '', false])
    const claimed = await visitor(backend).claim({ sign_in: begun.id, verifier: begun.verifier, code: begun.code })
    assert.equal(claimed.status, 401)
  })

  it('keeps what is written until the operator writes it anew', async () => {
    const renamed = await admin('PATCH', `/${backend.site.id}`, { name: 'Renamed' })
    assert.deepEqual([renamed.status, renamed.json.origins, renamed.json.landing_urls], [200, [local, shop], [`${local}/in`, `${shop}/in`]])
    assert.equal((await admin('PATCH', `/${backend.site.id}`, { origins: [local, shop] })).status, 400)
  })

  it('is named in the log and by the doctor', async () => {
    while (backend.logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.ok(backend.logged.some((line) => 'unserved' in line && 'siteId' in line && line.siteId === backend.site.id))
    const env = { ...production, PORT: String(backend.port), LINKLATCH_DATA_DIR: `${backend.directory}/data`, LINKLATCH_ADMIN_TOKEN: adminToken, LINKLATCH_PUBLIC_URL: 'http://localhost:1', LINKLATCH_MAIL_FROM: 'a@shop.example' }
    const found = await examine(env)
    assert.ok(found.some(({ mark, text }) => mark === 'warn' && text.startsWith(`site ${backend.site.id} `)), JSON.stringify(found))
  })
})
