import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSite } from '../sites/manage-sites.ts'
import { hostOrigin, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, visitor } from '../testing/visitor.ts'

describe('starting a sign-in', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())

  it('answers 202 with an id, two durations and a number of two digits', async () => {
    const answer = await visitor(backend).start('anna@example.com')
    assert.equal(answer.status, 202)
    assert.deepEqual(Object.keys(answer.json).sort(), ['expires_in', 'id', 'number', 'resend_in'])
    assert.match(String(answer.json.id), /^[\w-]{22}$/)
    assert.match(String(answer.json.number), /^\d\d$/)
    assert.equal(answer.json.expires_in, 600)
    assert.equal(answer.json.resend_in, 30)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(answer.headers.get('set-cookie'), null)
  })

  it('mails one letter with a link of this server and a code, whatever the Host header says', async () => {
    await call(backend, 'POST', '/v1/sign-ins', {
      body: { email: 'Bob@Example.com', challenge: visitor(backend).challenge },
      headers: { Origin: hostOrigin, Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' },
    })
    const mail = await mailTo(backend, 'bob@example.com')
    assert.match(mail.link, /^https:\/\/auth\.example\.com\/link\?token=/)
    assert.match(mail.code, /^\d{6}$/)
  })

  it('lets pages of the site’s origins read the answer, and no others', async () => {
    const { challenge } = visitor(backend)
    const listed = await visitor(backend).start('anna@example.com')
    assert.equal(listed.headers.get('access-control-allow-origin'), hostOrigin)
    assert.equal(listed.headers.get('vary')?.includes('Origin'), true)
    assert.equal(listed.headers.get('access-control-allow-credentials'), null)
    for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example', 'https://shop.example:8443', undefined]) {
      const answer = await call(backend, 'POST', '/v1/sign-ins', { body: { email: 'anna@example.com', challenge }, headers: origin === undefined ? {} : { Origin: origin } })
      assert.equal(answer.status, 403, origin)
      assert.equal(answer.json.code, 'origin_not_allowed')
      assert.equal(answer.headers.get('access-control-allow-origin'), null)
    }
  })

  it('refuses a site that is named by a page of another one', async () => {
    await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    const { challenge } = visitor(backend)
    for (const origin of ['https://other.example', 'https://evil.example', 'null']) {
      const answer = await call(backend, 'POST', '/v1/sign-ins', { body: { site: backend.site.id, email: 'anna@example.com', challenge }, headers: { Origin: origin } })
      assert.deepEqual([answer.status, answer.json.code, answer.headers.get('access-control-allow-origin')], [403, 'origin_not_allowed', null], origin)
    }
  })

  it('refuses an unknown site as it refuses an unlisted origin', async () => {
    const answer = await visitor(backend).start('anna@example.com', { site: 'nosuchsite' })
    assert.equal(answer.status, 403)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
  })

  for (const [what, body] of [
    ['an unknown field', { admin: true }],
    ['an array for the address', { email: ['a@example.com'] }],
    ['null', { email: null }],
    ['a number', { email: 7 }],
    ['no challenge', { challenge: undefined }],
    ['a plain challenge', { challenge: 'short' }],
    ['a prototype key', JSON.parse('{"__proto__": {"email": "a@example.com"}}') as object],
    ['a return address elsewhere', { return_to: 'https://evil.example/' }],
    ['a return address that leaves by a backslash', { return_to: '/\\evil.example' }],
    ['a return address with userinfo', { return_to: 'https://shop.example@evil.example/' }],
  ] as const) {
    it(`refuses ${what} with 400, readable by the page`, async () => {
      const answer = await visitor(backend).start('anna@example.com', body)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.equal(answer.headers.get('access-control-allow-origin'), hostOrigin)
    })
  }

  for (const email of ['', 'anna', 'a@b', 'a@x.example\r\nBcc: evil@example.com', 'a@example.com,b@example.com', 'ａ@example.com', '<a@example.com>']) {
    it(`refuses ${JSON.stringify(email)} with 422`, async () => {
      const answer = await visitor(backend).start(email)
      assert.equal(answer.status, 422)
      assert.equal(answer.json.code, 'invalid_address')
    })
  }

  it('refuses an address of any length with 422, as far as a body may be long', async () => {
    for (const length of [300, 2000, 15_000]) {
      const answer = await visitor(backend).start(`${'a'.repeat(length)}@example.com`)
      assert.deepEqual([answer.status, answer.json.code], [422, 'invalid_address'])
    }
  })

  it('refuses another media type with 415 and a large body with 413', async () => {
    const asText = await call(backend, 'POST', '/v1/sign-ins', { body: '{}', headers: { 'Content-Type': 'text/plain', Origin: hostOrigin } })
    assert.equal(asText.status, 415)
    const large = await visitor(backend).start('anna@example.com', { return_to: 'x'.repeat(17_000) })
    assert.equal(large.status, 413)
  })

  it('answers a preflight of a listed origin only', async () => {
    const ask = (origin: string) => call(backend, 'OPTIONS', '/v1/sign-ins', { headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } })
    assert.equal((await ask(hostOrigin)).status, 204)
    assert.equal((await ask('https://evil.example')).status, 403)
  })
})

describe('the same answer for everybody', () => {
  it('mails nobody who is not invited, and looks the same', async () => {
    const backend = await testBackend({ site: { mode: 'invite' } })
    try {
      const answer = await visitor(backend).start('stranger@example.com')
      assert.equal(answer.status, 202)
      await waitFor(async () => (await backend.services.store.signIns.get(String(answer.json.id)))?.delivery.status === 'sent')
      assert.deepEqual(backend.inbox.letters(), [])
    } finally {
      await backend.dispose()
    }
  })

  it('answers 202 past the address’s own budget, sends no mail, and says deferred on the stream', async () => {
    const backend = await testBackend({ env: { LINKLATCH_LIMITS: 'start.address=2/600,start.address_ip=100/600' } })
    try {
      const first = visitor(backend)
      for (const nth of [1, 2]) {
        await first.started('anna@example.com')
        await mailTo(backend, 'anna@example.com', nth)
      }
      const third = await first.start('anna@example.com')
      assert.equal(third.status, 202)
      assert.equal((await backend.services.store.signIns.get(String(third.json.id)))?.delivery.status, 'deferred')
      assert.equal(backend.inbox.letters().length, 2)
    } finally {
      await backend.dispose()
    }
  })

  it('limits a network with 429 and says when to come back; refused requests are not counted', async () => {
    const backend = await testBackend({ env: { LINKLATCH_LIMITS: 'start.ip=2/600' } })
    try {
      for (let tries = 0; tries < 4; tries += 1) await visitor(backend).start('not an address')
      assert.equal((await visitor(backend).start('a@example.com')).status, 202)
      assert.equal((await visitor(backend).start('b@example.com')).status, 202)
      const third = await visitor(backend).start('c@example.com')
      assert.equal(third.status, 429)
      assert.equal(third.json.code, 'rate_limited')
      assert.ok(Number(third.headers.get('retry-after')) >= 1)
      assert.equal(third.headers.get('access-control-allow-origin'), hostOrigin)
    } finally {
      await backend.dispose()
    }
  })
})

async function waitFor(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it did not come to be')
}
