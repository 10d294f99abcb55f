/** Random requests over every route: never an error of the server, and every refusal in one of two forms with all its headers. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { createSite } from '../sites/manage-sites.ts'
import { hostOrigin, landing, publicUrl, testBackend, type TestBackend } from '../testing/backend.ts'
import { dpopKey } from '../testing/dpop.ts'
import { begun, open } from '../testing/visitor.ts'
import { ask, everyRoute, requests, type Answer, type Known, type Request, type Route } from './requests.ts'
import { costsLittle, hardTexts, nearly, oddText, withRuns } from './runs.ts'

const wide = ['start.address', 'start.address_ip', 'start.ip', 'start.site', 'code.address', 'code.site', 'export.user', 'admin.ip'].map((name) => `${name}=1000000/600`).join(',')

let backend: TestBackend
let all: Route[]
before(async () => {
  backend = await testBackend({ env: { LINKLATCH_LIMITS: `${wide},streams.ip=1000` } })
  all = await everyRoute(backend)
})
after(() => backend.dispose())

/** A pending sign-in, a session and a proof: all that a request may name. */
async function known(): Promise<Known> {
  const { browser: member, started, mail } = await begun(backend)
  const { access_token } = await member.claimed({ sign_in: started.id, verifier: member.verifier, code: mail.code })
  const { browser, started: pending, mail: letter } = await begun(backend)
  const { proof } = await dpopKey(backend)
  return {
    siteId: backend.site.id, signInId: pending.id, verifier: browser.verifier, link: letter.token, code: letter.code,
    arrival: (await open(backend, letter.token)).arrival, accessToken: access_token, cookie: member.secret() ?? '', proof: await proof('POST', '/v1/sessions'),
  }
}

const cacheable = /^\/(?:\.well-known\/|linklatch|bridge-|console-)/

function assertGood(asked: Request, answer: Answer): void {
  const { status, headers, text } = answer
  assert.ok(status < 500, `${status} ${text}`)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  if (status >= 400 || !cacheable.test(asked.path)) assert.equal(headers['cache-control'], 'no-store')
  if (status >= 400) assertRefusal(asked, answer)
  assertNoLimits(answer)
  assertCors(asked, answer)
  for (const line of headers['set-cookie'] ?? []) assert.match(line, /^__Host-linklatch-[\w-]+=[^;]*; Max-Age=\d+; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/i)
}

/** A problem document, or a page that cannot be framed and runs nothing. */
function assertRefusal({ method }: Request, { status, headers, text }: Answer): void {
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none';/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe/)
  if (headers['content-type']?.startsWith('text/html')) return assert.ok(method === 'HEAD' || text.startsWith('<!doctype html>'))
  assert.equal(headers['content-type'], 'application/problem+json')
  if (method === 'HEAD') return
  const { type, title, status: told, code } = JSON.parse(text) as Record<string, unknown>
  assert.deepEqual([typeof type, typeof title, told, typeof code], ['string', 'string', status, 'string'])
}

function assertNoLimits({ status, headers }: Answer): void {
  assert.deepEqual(Object.keys(headers).filter((name) => /ratelimit|rate-limit/.test(name)), [])
  assert.equal(headers['retry-after'] !== undefined, status === 429)
}

/** R50: nobody, or everybody for what holds no secret, or the one listed origin that asked. */
function assertCors({ headers: { Origin } }: Request, { headers }: Answer): void {
  const allowed = headers['access-control-allow-origin']
  assert.ok(allowed === undefined || allowed === '*' || (allowed === Origin && Origin === hostOrigin), allowed)
  assert.equal(headers['access-control-allow-credentials'], undefined)
}

describe('any request', () => {
  it('to any route is answered or refused in due form, and never fails', async () => {
    const now = await known()
    await fc.assert(fc.asyncProperty(requests(all, now), async (asked) => {
      backend.logged.length = 0
      assertGood(asked, await ask(backend.port, asked))
      assert.deepEqual(backend.logged.filter((line) => 'text' in line && /failed/.test(String(line.text))), [])
      await keepSite()
    }), withRuns(8))
  })

  it('reaches every route that there is', async () => {
    const reached = new Set<string>()
    for (const { methods, path } of all) for (const method of methods) reached.add(`${method} ${path}`)
    assert.ok(reached.size >= 30)
    for (const due of ['POST /v1/sign-ins', 'GET /link', 'POST /approve', 'POST /v1/sessions', 'DELETE /v1/me', 'PATCH /admin/v1/sites/:id']) assert.ok(reached.has(due), due)
  })

  it('that is no HTTP is refused too, and the next one is answered', async () => {
    const good = fc.constantFrom('GET /link?token=x HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}', 'POST /approve HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n', 'GET http://evil.example/link HTTP/1.0\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    await fc.assert(fc.asyncProperty(nearly(good), async (text) => {
      const answer = await rawAnswer(Buffer.from(text))
      if (answer === '') return
      assert.match(answer, /^HTTP\/1\.1 [234]\d\d /)
      assert.match(answer, /^cache-control: no-store\r$/im)
    }), withRuns())
    assert.equal((await ask(backend.port, { method: 'GET', path: '/healthz', headers: {}, body: Buffer.of() })).status, 200)
  })

  it('of 16 KiB costs less than 50 ms, wherever it goes and whatever it holds', async () => {
    const { siteId, signInId } = await known()
    const real = (path: string) => path.replace(':id', path.startsWith('/admin') ? siteId : signInId).replace(':sid', 'x')
    const bodies = hardTexts.filter((_, nth) => nth % 5 === 0)
    for (const { methods, path } of all.filter(({ methods: verbs }) => verbs.some((verb) => /POST|PATCH/.test(verb)))) {
      for (const text of bodies) {
        const isForm = path === '/approve'
        const body = Buffer.from(isForm ? `token=${text}` : JSON.stringify({ email: text, verifier: text, arrival: text, name: text })).subarray(0, 16_384)
        const headers = { 'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json', 'Sec-Fetch-Site': 'same-origin', Origin: publicUrl }
        const asked = { method: methods.at(-1) ?? 'POST', path: real(path), headers, body }
        assert.ok(await costsLittle(() => ask(backend.port, asked)), `${path} ${text.slice(0, 12)}`)
      }
    }
  })
})

/** An operator's delete may have been among them. */
async function keepSite(): Promise<void> {
  const { sites } = backend.services.store
  if (await sites.get(backend.site.id)) return
  backend.site = await createSite(backend.services, { name: 'Shop', origins: [hostOrigin], landing_urls: [landing] })
}

/** What comes back on a connection of one's own, once it is over or has been answered. */
function rawAnswer(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(backend.port, '127.0.0.1')
    const done = () => {
      socket.destroy()
      resolve(text)
    }
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (/\r\n\r\n/.test(text)) done()
    })
    socket.on('end', done)
    socket.on('close', done)
    socket.on('error', done)
    socket.end(bytes)
  })
}

describe('an odd text in a header', () => {
  it('changes nothing of where links and redirects lead', async () => {
    const { link } = await known()
    await fc.assert(fc.asyncProperty(oddText, async (odd) => {
      const value = Buffer.from(odd.replace(/[\r\n\0]/g, '')).toString('latin1').replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '')
      const headers = { Host: value, 'X-Forwarded-Host': value, 'X-Forwarded-Proto': value, Forwarded: value, 'X-Forwarded-For': value, Referer: value }
      const { status, headers: { location } } = await ask(backend.port, { method: 'GET', path: `/link?token=${link}`, headers, body: Buffer.of() })
      assert.equal(status, 303)
      assert.ok(location?.startsWith(`${landing}#linklatch=`))
    }), withRuns())
  })
})
