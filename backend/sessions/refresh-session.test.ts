import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hostOrigin, movedClock, testBackend, type TestBackend } from '../testing/backend.ts'
import { dpopKey } from '../testing/dpop.ts'
import { begun, call, mailTo, visitor, type Visitor } from '../testing/visitor.ts'
import { endSession } from './end-session.ts'

describe('a session that goes on', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const signedIn = async (body: object = {}, headers: Record<string, string> = {}) => {
    const { browser, started, mail } = await begun(backend)
    const answer = await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code, ...body }, headers)
    assert.equal(answer.status, 200, answer.text)
    return { browser, answer, bearer: { Authorization: `Bearer ${String(answer.json.access_token)}` } }
  }
  const withSecret = (browser: Visitor, secret: string) => {
    browser.jar.set(`__Host-linklatch-${backend.site.id}`, secret)
    return browser
  }

  it('rotates at each refresh and keeps its absolute end', async () => {
    const { browser } = await signedIn()
    const first = browser.secret()
    const answer = await browser.refresh()
    assert.equal(answer.status, 200)
    assert.notEqual(browser.secret(), first)
    assert.equal((await browser.current()).status, 200)
  })

  it('gives the parent of the newest cookie the same successor again, for 60 seconds', async () => {
    const { browser } = await signedIn()
    const parent = browser.secret() ?? ''
    await browser.refresh()
    const successor = browser.secret()
    assert.equal((await withSecret(browser, parent).refresh()).status, 200)
    assert.equal(browser.secret(), successor)
  })

  it('ends the whole session when a spent cookie is shown', async () => {
    const { browser } = await signedIn()
    const spent = browser.secret() ?? ''
    await browser.refresh()
    await browser.refresh()
    const newest = browser.secret() ?? ''
    assert.equal((await withSecret(browser, spent).refresh()).status, 401)
    assert.equal((await withSecret(browser, newest).refresh()).status, 401)
    assert.ok(backend.events.some(({ event }) => event === 'session.reuse'))
  })

  it('ends a session whose record is older than the secret that is shown, and calls nobody a thief for it', async () => {
    const { browser } = await signedIn()
    await browser.refresh()
    const [sessionId = ''] = (browser.secret() ?? '').split('.')
    await backend.services.store.sessions.change(backend.site.id, sessionId, (session) => ({ next: session ? { ...session, generation: 0 } : null, result: undefined }))
    const before = backend.events.length
    assert.equal((await browser.refresh()).status, 401)
    assert.deepEqual(backend.events.slice(before).map(({ event, why }) => [event, why]), [['session.ended', 'record_lost']])
    assert.equal((await backend.services.store.sessions.find(backend.site.id, sessionId)).session, undefined)
  })

  it('takes the parent for reuse after its 60 seconds', async () => {
    const { browser } = await signedIn()
    const parent = browser.secret() ?? ''
    await browser.refresh()
    const newest = browser.secret() ?? ''
    backend.clock.forward(61)
    assert.equal((await withSecret(browser, parent).refresh()).status, 401)
    assert.equal((await withSecret(browser, newest).refresh()).status, 401)
  })

  it('never signs five tabs out that refresh at once', async () => {
    const { browser } = await signedIn()
    const secret = browser.secret() ?? ''
    const tabs = Array.from({ length: 5 }, () => withSecret(visitor(backend), secret))
    const answers = await Promise.all(tabs.map((tab) => tab.refresh()))
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200])
    assert.equal(new Set(tabs.map((tab) => tab.secret())).size, 1)
  })

  it('is nobody’s by a made-up or changed secret', async () => {
    const { browser } = await signedIn()
    const secret = browser.secret() ?? ''
    const [id = '', generation = '', mac = ''] = secret.split('.')
    for (const forged of ['', 'x', `${id}.1.${mac}`, `${id}.${generation}.${'A'.repeat(43)}`, `${'A'.repeat(22)}.${generation}.${mac}`]) {
      assert.equal((await withSecret(visitor(backend), forged).refresh()).status, 401, forged)
    }
    assert.equal((await browser.refresh()).status, 200)
  })

  it('shows the current user without setting a cookie, and 401 without one', async () => {
    const { browser } = await signedIn()
    const answer = await browser.current()
    assert.equal(answer.status, 200)
    assert.ok(Number(answer.json.expires_in) > 1_209_000)
    assert.deepEqual(answer.headers.getSetCookie(), [])
    assert.equal((await visitor(backend).current()).status, 401)
  })

  it('ends: the cookie is cleared, refresh and the token’s calls are refused', async () => {
    const { browser, bearer } = await signedIn()
    const secret = browser.secret() ?? ''
    assert.equal((await call(backend, 'GET', '/v1/me', { headers: bearer })).status, 200)
    assert.equal((await browser.end()).status, 204)
    assert.equal(browser.secret(), undefined)
    assert.equal((await withSecret(browser, secret).refresh()).status, 401)
    assert.equal((await call(backend, 'GET', '/v1/me', { headers: bearer })).status, 401)
    assert.equal((await visitor(backend).end()).status, 204)
  })

  it('ends everywhere when asked to, and alone when not; other people’s go on', async () => {
    const [here, other] = [await signedIn(), await signedIn()]
    const email = String((here.answer.json.user as { email: string }).email)
    const elsewhere = async () => {
      const browser = visitor(backend)
      const mails = backend.inbox.letters().filter(({ to }) => to === email).length
      const { id } = await browser.started(email)
      await browser.claimed({ sign_in: id, verifier: browser.verifier, code: (await mailTo(backend, email, mails + 1)).code })
      return browser
    }
    const [phone, tablet] = [await elsewhere(), await elsewhere()]
    assert.equal((await tablet.end()).status, 204)
    assert.equal((await phone.refresh()).status, 200)
    assert.equal((await here.browser.end({ everywhere: true })).status, 204)
    assert.equal((await phone.refresh()).status, 401)
    assert.equal((await other.browser.refresh()).status, 200)
  })

  it('ends once: of many that ask at the same moment, one is told of', async () => {
    for (const everywhere of [false, true]) {
      const { browser } = await signedIn()
      const shown = { siteId: backend.site.id, refreshToken: browser.secret(), everywhere }
      await Promise.all(Array.from({ length: 10 }, () => endSession(backend.services, shown)))
      const sessionId = shown.refreshToken?.split('.')[0]
      assert.equal(backend.events.filter((each) => each.event === 'session.ended' && each.sessionId === sessionId).length, 1)
    }
  })

  it('ends by its idle and its absolute end', async () => {
    const { store } = backend.services
    await store.sites.change(backend.site.id, (site) => ({ ...(site && { next: { ...site, idleSeconds: 100, absoluteSeconds: 250 } }), result: undefined }))
    const idle = await signedIn()
    const absolute = await signedIn()
    backend.clock.forward(90)
    await absolute.browser.refresh()
    backend.clock.forward(90)
    assert.equal((await idle.browser.refresh()).status, 401)
    const answer = await absolute.browser.refresh()
    assert.equal(answer.status, 200)
    assert.match(answer.headers.getSetCookie()[0] ?? '', /Max-Age=(6\d|70)\b/)
    backend.clock.forward(71)
    assert.equal((await absolute.browser.refresh()).status, 401)
    await store.sites.change(backend.site.id, (site) => ({ ...(site && { next: { ...site, idleSeconds: 1_209_600, absoluteSeconds: 2_592_000 } }), result: undefined }))
  })

  it('binds to the key of its proof: every refresh needs it, and another key’s changes nothing', async () => {
    const key = await dpopKey(backend)
    const { browser, answer } = await signedIn({ keep: 'token' }, { DPoP: await key.proof('POST', '/v1/sessions') })
    assert.deepEqual(answer.headers.getSetCookie(), [])
    const refreshToken = String(answer.json.refresh_token)
    const claims = JSON.parse(Buffer.from(String(answer.json.access_token).split('.')[1] ?? '', 'base64url').toString()) as { cnf: { jkt: string } }
    assert.equal(claims.cnf.jkt, key.jkt)
    const path = '/v1/sessions/refresh'
    const body = { refresh_token: refreshToken }
    const other = await dpopKey(backend)
    const refusals = [{}, { DPoP: await other.proof('POST', path) }, { DPoP: 'rubbish' }, { DPoP: await key.proof('GET', path) }, { DPoP: await key.proof('POST', '/v1/sessions') }, { DPoP: await key.proof('POST', path, { iat: backend.clock.wall() - 120 }) }]
    for (const headers of refusals as Record<string, string>[]) {
      const refused = await browser.refresh(body, headers)
      assert.equal(refused.status, 401)
      assert.equal(refused.json.code, 'invalid_dpop_proof')
    }
    const proof = await key.proof('POST', path)
    const good = await browser.refresh(body, { DPoP: proof })
    assert.equal(good.status, 200)
    assert.notEqual(good.json.refresh_token, refreshToken)
    assert.equal((await browser.refresh({ refresh_token: good.json.refresh_token }, { DPoP: proof })).status, 401, 'a proof is good once')
  })

  it('is not carried in a body when it is not bound to a key', async () => {
    const { browser } = await signedIn()
    const secret = browser.secret() ?? ''
    assert.equal((await visitor(backend).refresh({ refresh_token: secret })).status, 401)
  })

  it('ends at once when its user is blocked or its site is gone', async () => {
    const { browser, bearer, answer } = await signedIn()
    const user = answer.json.user as { id: string }
    await backend.services.store.users.change(backend.site.id, user.id, (found) => ({ ...(found && { next: { ...found, blocked: true } }), result: undefined }))
    assert.equal((await browser.refresh()).status, 401)
    assert.equal((await call(backend, 'GET', '/v1/me', { headers: bearer })).status, 401)
  })

  it('is nobody else’s to end, at the same site either', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()]
    const sidOf = async ({ bearer }: typeof mine) => ((await call(backend, 'GET', '/v1/me', { headers: bearer })).json.sessions as { sid: string }[])[0]?.sid ?? ''
    assert.equal((await call(backend, 'DELETE', `/v1/me/sessions/${await sidOf(theirs)}`, { headers: mine.bearer })).status, 404)
    assert.equal((await theirs.browser.refresh()).status, 200)
    assert.equal((await call(backend, 'DELETE', `/v1/me/sessions/${await sidOf(mine)}`, { headers: mine.bearer })).status, 204)
  })

  it('lists, ends and exports a person’s own things, and erases them after a fresh sign-in', async () => {
    const { answer, bearer, browser } = await signedIn()
    const me = await call(backend, 'GET', '/v1/me', { headers: { ...bearer, Origin: hostOrigin } })
    assert.equal(me.headers.get('access-control-allow-origin'), hostOrigin)
    assert.deepEqual(me.json.user, answer.json.user)
    assert.equal((me.json.sessions as { current: boolean }[])[0]?.current, true)
    const exported = await call(backend, 'GET', '/v1/me/export', { headers: bearer })
    assert.equal(exported.status, 200)
    assert.doesNotMatch(exported.text, /seed|challenge|verifier/)
    assert.equal((await call(backend, 'DELETE', '/v1/me/sessions/nosuch', { headers: bearer })).status, 404)
    assert.equal((await call(backend, 'GET', '/v1/me', { headers: { ...bearer, Origin: 'https://evil.example' } })).status, 403)
    assert.equal((await call(backend, 'DELETE', '/v1/me', { headers: bearer })).status, 204)
    assert.equal((await browser.refresh()).status, 401)
    assert.equal((await call(backend, 'GET', '/v1/me')).status, 401)
  })

  it('is as old as it is for an erasure, where the wall clock is set back too', async () => {
    const clock = movedClock()
    let setBack = 0
    const other = await testBackend({ clock: { ...clock, wall: () => clock.now() - setBack } })
    try {
      const { browser, started, mail } = await begun(other)
      const { access_token: token } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
      const erase = () => call(other, 'DELETE', '/v1/me', { headers: { Authorization: `Bearer ${token}` } })
      clock.forward(1800)
      setBack = 1790
      const late = await erase()
      assert.deepEqual([late.status, late.json.code], [403, 'fresh_sign_in_required'])
      clock.forward(-1790)
      setBack = 0
      assert.equal((await erase()).status, 204)
    } finally {
      await other.dispose()
    }
  })
})
