import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { listen } from '../testing/event-source.ts'
import { call, mailTo, open, press, visitor, type Answer } from '../testing/visitor.ts'

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

let people = 0

/** Each is one way out; `site` is what the site is before. */
const waysOut = [
  { name: 'they are blocked', act: (admin: Admin, { uid }: Who) => admin('PATCH', `/users/${uid}`, { blocked: true }) },
  { name: 'their invitation is taken back', site: { mode: 'invite' }, act: (admin: Admin, { uid }: Who) => admin('PATCH', `/users/${uid}`, { invited: false }) },
  { name: 'they are removed from a site for the invited', site: { mode: 'invite' }, act: (admin: Admin, { uid }: Who) => admin('DELETE', `/users/${uid}`) },
  { name: 'the site leaves their domain out', act: (admin: Admin) => admin('PATCH', '', { allowed_domains: ['else.example'] }) },
  { name: 'the site is for the invited now', act: (admin: Admin) => admin('PATCH', '', { mode: 'invite' }) },
  { name: 'the site is removed', act: (admin: Admin) => admin('DELETE', '') },
  { name: 'only the record says so, and nothing was ended', act: 'in the store' },
] as const

type Admin = (method: string, path: string, body?: object) => Promise<Answer>
type Who = { uid: string; email: string }

describe('somebody who may not sign in any more', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())

  /** A site of its own, and a person there who is signed in. */
  const member = async (name: string, site: object = {}) => {
    const origin = `https://h${Math.random().toString(36).slice(2)}.example`
    const made = await call(backend, 'POST', '/admin/v1/sites', { body: { name, origins: [origin], landing_urls: [`${origin}/in`], ...site }, headers: bearer(adminToken) })
    const siteId = String(made.json.id)
    const admin: Admin = (method, path, body) => call(backend, method, `/admin/v1/sites/${siteId}${path}`, { body, headers: bearer(adminToken) })
    const email = `anna${(people += 1)}@example.com`
    if ('mode' in site) assert.equal((await admin('POST', '/users', { email })).status, 201)
    const begin = async () => {
      const browser = visitor({ url: backend.url, site: { id: siteId } })
      const had = backend.inbox.letters().filter(({ to }) => to === email).length
      const start = await call(backend, 'POST', '/v1/sign-ins', { body: { site: siteId, email, challenge: browser.challenge }, headers: { Origin: origin } })
      assert.equal(start.status, 202)
      return { browser, id: String(start.json.id), number: String(start.json.number), ...(await mailTo(backend, email, had + 1)) }
    }
    const first = await begin()
    const { access_token, user } = await first.browser.claimed({ sign_in: first.id, verifier: first.browser.verifier, code: first.code })
    return { siteId, origin, admin, begin, browser: first.browser, token: access_token, who: { uid: user.id, email } }
  }

  for (const { name, act, ...more } of waysOut) {
    it(`is out at once when ${name}, whichever way they had begun`, async () => {
      const { siteId, admin, begin, browser, token, who } = await member(name, 'site' in more ? more.site : {})
      const byCode = await begin()
      const byArrival = await begin()
      const arrival = (await open(backend, byArrival.token)).arrival
      const byApproval = await begin()
      assert.equal((await press(backend, byApproval.token, 'there', byApproval.number)).status, 200)
      const byHandoff = await begin()
      const { handoff } = await press(backend, byHandoff.token, 'here')
      assert.notEqual(handoff, '')
      const stream = await listen(backend, byCode.id)

      if (act === 'in the store') {
        await backend.services.store.users.change(siteId, who.uid, (user) => ({ ...(user && { next: { ...user, blocked: true } }), result: undefined }))
        stream.close()
      } else {
        const { status } = await act(admin, who)
        assert.ok(status === 200 || status === 204, String(status))
        await stream.until('state', 'cancelled')
        await stream.ended
      }
      const signInOf = async ({ id }: { id: string }) => (await backend.services.store.signIns.get(id)) ?? assert.fail('gone')
      const refused = async (answer: Promise<Answer>, what: string) => assert.equal((await answer).status, 401, what)
      await refused(browser.refresh(), 'refresh')
      await refused(call(backend, 'GET', '/v1/me', { headers: bearer(token) }), 'me')
      await refused(byCode.browser.claim({ sign_in: byCode.id, verifier: byCode.browser.verifier, code: byCode.code }), 'code')
      await refused(byArrival.browser.claim({ arrival, verifier: byArrival.browser.verifier }), 'arrival')
      await refused(byApproval.browser.claim({ sign_in: byApproval.id, verifier: byApproval.browser.verifier }), 'approval')
      await refused(byHandoff.browser.claim({ handoff }), 'handoff')
      if (act === 'in the store') {
        assert.deepEqual((await Promise.all([byArrival, byApproval, byHandoff].map(signInOf))).map(({ completed }) => completed), [undefined, undefined, undefined], 'nothing was completed, not even for a moment')
        assert.equal((await signInOf(byCode)).codeTriesLeft, 4, 'the right code costs them what a wrong one costs')
      }
      if (act !== 'in the store') await refused(byCode.browser.bridgePost(`/v1/sign-ins/${byCode.id}/resend`, { verifier: byCode.browser.verifier }), 'resend')
      await refused(browser.current(), 'current')
      assert.equal((await open(backend, byArrival.token)).status, 410, 'link')
      assert.equal((await call(backend, 'GET', `/approve?token=${arrival}`)).status, 410, 'approve page')
      assert.equal((await press(backend, byArrival.token, 'there', byArrival.number)).status, 410, 'approve')
    })
  }

  it('gets the same answer as everybody when they ask again, and no mail', async () => {
    const { admin, who, siteId, origin } = await member('again')
    await admin('PATCH', `/users/${who.uid}`, { blocked: true })
    const start = (email: string) => call(backend, 'POST', '/v1/sign-ins', { body: { site: siteId, email, challenge: visitor({ url: backend.url, site: { id: siteId } }).challenge }, headers: { Origin: origin } })
    const had = () => backend.inbox.letters().filter(({ to }) => to === who.email).length
    const before = had()
    const [theirs, anybody] = [await start(who.email), await start('anybody@example.com')]
    assert.deepEqual([theirs.status, Object.keys(theirs.json)], [anybody.status, Object.keys(anybody.json)])
    await mailTo(backend, 'anybody@example.com')
    assert.equal(had(), before)
  })

  it('is refused where a step and the end of their access meet: what was begun as a member ends as nobody’s', async () => {
    const { admin, begin, who } = await member('meeting')
    const { browser, id, code } = await begin()
    const [claimed] = await Promise.all([browser.claim({ sign_in: id, verifier: browser.verifier, code }), admin('PATCH', '', { mode: 'invite' }), admin('PATCH', `/users/${who.uid}`, { blocked: true })])
    assert.ok([200, 401].includes(claimed.status))
    assert.equal((await browser.refresh()).status, 401)
    assert.deepEqual((await admin('GET', `/users/${who.uid}/sessions`)).json.items, [])
  })

  it('is out after the same change again where the store failed in the middle of the first one', async () => {
    const { admin, browser, siteId: narrowed } = await member('failed between')
    const { users } = backend.services.store
    const { list } = users
    users.list = () => {
      users.list = list
      return Promise.reject(new Problem('store_unavailable'))
    }
    assert.equal((await admin('PATCH', '', { mode: 'invite' })).status, 503)
    assert.equal((await admin('PATCH', '', { mode: 'invite' })).status, 200)
    assert.equal((await admin('PATCH', '', { mode: 'open' })).status, 200)
    assert.equal((await browser.refresh()).status, 401, 'a session that was ended stays so')
    assert.equal(backend.events.filter(({ event, siteId }) => event === 'user.shut_out' && siteId === narrowed).length, 1)
  })

  it('leaves everybody else as they were: the unblocked, the invited, the other domain', async () => {
    const { admin, browser, who, begin } = await member('others', { allowed_domains: ['example.com', 'gone.example'] })
    await admin('PATCH', '', { allowed_domains: ['example.com'] })
    assert.equal((await browser.refresh()).status, 200, 'a domain that is still allowed')
    assert.equal((await admin('POST', '/users', { email: who.email })).status, 200)
    await admin('PATCH', '', { mode: 'invite' })
    assert.equal((await browser.refresh()).status, 200, 'invited before the site was closed')
    await admin('PATCH', `/users/${who.uid}`, { blocked: true })
    await admin('PATCH', `/users/${who.uid}`, { blocked: false })
    assert.equal((await browser.refresh()).status, 401, 'a session that was ended stays so')
    const { browser: anew, id, code } = await begin()
    await anew.claimed({ sign_in: id, verifier: anew.verifier, code })
    assert.equal((await anew.refresh()).status, 200)
  })

  it('is not mistaken for another site’s', async () => {
    const here = await member('here')
    const there = await member('there')
    await here.admin('PATCH', `/users/${here.who.uid}`, { blocked: true })
    assert.equal((await there.browser.refresh()).status, 200)
    assert.equal((await there.admin('PATCH', `/users/${here.who.uid}`, { blocked: false })).status, 404)
  })
})
