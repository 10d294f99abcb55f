import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Services } from '../services.ts'
import type { Session } from '../sessions/session.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { createSecrets } from '../tokens/secrets.ts'
import { clearSessionCookie, hasCheckCookie, readSessionCookie, setCheckCookie, setSessionCookie } from './session-cookie.ts'

const now = 1_778_751_660.25
const siteId = '0123456789abcdef'
const name = `__Host-linklatch-${siteId}`
const session: Session = {
  id: 's'.repeat(22), siteId, userId: 'u', generation: 0, seed: 'seed', createdAt: now, lastSeenAt: now, rotatedAt: now,
  idleSeconds: 1_209_600, absoluteEndAt: now + 2_592_000, authTime: now, amr: ['otp'], browser: 'Firefox',
}
const secrets = createSecrets({ linklatch: 'keys', version: 1, signing: [], secrets: [{ signsFrom: 0, secret: 'A'.repeat(43) }] })
const services = { secrets, clock: { now: () => now, wall: () => now } } as unknown as Services

let given: Session = session
let server: TestServer
before(async () => {
  server = await serveWith((ctx) => {
    if (ctx.path === '/set') setSessionCookie(ctx, services, given)
    if (ctx.path === '/clear') clearSessionCookie(ctx, siteId)
    if (ctx.path === '/check') setCheckCookie(ctx)
    ctx.body = { cookie: readSessionCookie(ctx, String(ctx.query.site ?? siteId)) ?? null, kept: hasCheckCookie(ctx) }
  })
})
after(() => server.stop())

async function setBy(path: string, change: Partial<Session> = {}) {
  given = { ...session, ...change }
  const lines = (await server.send({ path })).headers['set-cookie'] ?? []
  assert.equal(lines.length, 1)
  const [pair = '', ...attributes] = String(lines[0]).split('; ')
  return { pair, attributes }
}
const read = async (cookie: string, site = siteId) => (await server.send({ path: `/?site=${encodeURIComponent(site)}`, headers: { Cookie: cookie } })).json

describe('the refresh cookie', () => {
  it('is out of reach for scripts, other hosts, plain http and other partitions', async () => {
    const { pair, attributes } = await setBy('/set')
    assert.equal(pair, `${name}=${secrets.refreshTokenOf(session)}`)
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=1209600', 'Partitioned', 'Path=/', 'SameSite=None', 'Secure'])
  })

  it('lives as long as the nearer end of its session', async () => {
    const maxAge = async (change: Partial<Session>) => (await setBy('/set', change)).attributes.find((each) => each.startsWith('Max-Age'))
    assert.equal(await maxAge({ absoluteEndAt: now + 100 }), 'Max-Age=100')
    assert.equal(await maxAge({ absoluteEndAt: now + 0.9 }), 'Max-Age=1', 'a cookie of 0 s is one that is taken away')
    assert.equal(await maxAge({ lastSeenAt: now - 1_209_590 }), 'Max-Age=10')
    assert.equal(await maxAge({ absoluteEndAt: now - 5 }), 'Max-Age=0')
  })

  it('is taken away under the same attributes, or no browser would', async () => {
    const { pair, attributes } = await setBy('/clear')
    assert.equal(pair, `${name}=`)
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=0', 'Partitioned', 'Path=/', 'SameSite=None', 'Secure'])
  })

  it('is read back for its own site alone', async () => {
    assert.equal((await read(`a=1; ${name}=secret; b=2`)).cookie, 'secret')
    assert.equal((await read(`${name}=secret`, 'fedcba9876543210')).cookie, null)
    for (const cookie of ['', `${name}`, `linklatch-${siteId}=x`, `${name}x=1`, `x${name}=1`]) assert.equal((await read(cookie)).cookie, null, cookie)
  })

  it('is not found where a name means something to the language', async () => {
    for (const site of ['__proto__', 'constructor', '', 'toString']) assert.equal((await read('a=1; __proto__=x; constructor=y', site)).cookie, null)
  })
})

describe('the check cookie', () => {
  it('is like the session’s, and means nothing', async () => {
    const { pair, attributes } = await setBy('/check')
    assert.equal(pair, '__Host-linklatch-check=1')
    assert.deepEqual(attributes.sort(), ['HttpOnly', 'Max-Age=60', 'Partitioned', 'Path=/', 'SameSite=None', 'Secure'])
    assert.equal((await read('__Host-linklatch-check=1')).kept, true)
    for (const cookie of ['', '__Host-linklatch-check=0', '__Host-linklatch-check', 'linklatch-check=1']) assert.equal((await read(cookie)).kept, false)
  })
})

describe('a cookie header', () => {
  it('is never an error of the server, whatever stands in it', async () => {
    const text = fc.string({ unit: fc.constantFrom(...`;=, %"\\aZ0_-\t€ÿ${name}`.replace('€', '')), maxLength: 200 })
    await fc.assert(fc.asyncProperty(text, async (cookie) => {
      assert.equal((await server.send({ headers: { Cookie: cookie } })).status, 200)
    }), { numRuns: 200 })
    for (const cookie of [`${name}=%ff`, `${name}=%`, `${name}="x"`, `${name}=${'x'.repeat(12_000)}`, ';'.repeat(12_000), '='.repeat(12_000)]) {
      const started = performance.now()
      assert.equal((await server.send({ headers: { Cookie: cookie } })).status, 200)
      assert.ok(performance.now() - started < 150)
    }
  })
})
