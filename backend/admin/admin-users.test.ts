import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, mailTo, press, visitor } from '../testing/visitor.ts'

const bearer = { Authorization: `Bearer ${adminToken}` }
type Item = Record<string, unknown> & { id: string; sid: string; event: string; state: string }

describe('the admin API’s people', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const admin = (method: string, path: string, body?: unknown, site = backend.site.id) => call(backend, method, `/admin/v1/sites/${site}${path}`, { body, headers: bearer })
  const items = async (path: string, site?: string) => {
    const answer = await admin('GET', path, undefined, site)
    assert.equal(answer.status, 200, answer.text)
    return answer.json.items as Item[]
  }
  const otherSite = async () => String((await call(backend, 'POST', '/admin/v1/sites', { body: { name: 'Other', origins: ['https://other.example'] }, headers: bearer })).json.id)
  const signedIn = async () => {
    const { email, browser, started, mail } = await begun(backend)
    const { access_token, user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    return { email, browser, uid: user.id, signIn: started.id, token: access_token }
  }

  it('are listed oldest first, page by page, and found by a part of the address', async () => {
    const site = await otherSite()
    for (const name of ['anna', 'bert', 'carl']) assert.equal((await admin('POST', '/users', { email: `${name}@list.example` }, site)).status, 201)
    const emails = (list: Item[]) => list.map(({ email }) => email)
    const first = await admin('GET', '/users?limit=2', undefined, site)
    assert.deepEqual(emails(first.json.items as Item[]), ['anna@list.example', 'bert@list.example'])
    const rest = await admin('GET', `/users?limit=2&cursor=${String(first.json.next)}`, undefined, site)
    assert.deepEqual(emails(rest.json.items as Item[]), ['carl@list.example'])
    assert.equal('next' in rest.json, false)
    assert.deepEqual(emails(await items('/users?q=BERT', site)), ['bert@list.example'])
    assert.deepEqual(emails(await items('/users?q=&cursor=', site)), ['anna@list.example', 'bert@list.example', 'carl@list.example'])
    assert.deepEqual(await items('/users?q=nobody', site), [])
  })

  it('are invited once, however often and however it is spelled', async () => {
    const first = await admin('POST', '/users', { email: 'Invited@Example.com' })
    assert.equal(first.status, 201)
    const again = await admin('POST', '/users', { email: 'invited@example.com' })
    assert.deepEqual([again.status, again.json.id], [200, first.json.id])
    const shown = await admin('GET', `/users/${String(first.json.id)}`)
    assert.deepEqual([shown.json.email, shown.json.invited, shown.json.blocked, shown.json.roles, shown.json.metadata], ['invited@example.com', true, false, [], {}])
  })

  it('are mailed only when asked, with the way to the site and nothing secret; the mail survives a restart of the queue', async () => {
    await admin('POST', '/users', { email: 'quiet@example.com' })
    await admin('POST', '/users', { email: 'mailed@example.com', mail: true })
    for (let tries = 0; tries < 4000 && !backend.inbox.letters().some(({ to }) => to === 'mailed@example.com'); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5))
    const letter = backend.inbox.letters().find(({ to }) => to === 'mailed@example.com')
    assert.match(letter?.text ?? '', /https:\/\/shop\.example\/account/)
    assert.doesNotMatch(`${letter?.text} ${letter?.html}`, /token|\d{6}/)
    assert.equal(backend.inbox.letters().some(({ to }) => to === 'quiet@example.com'), false)
  })

  it('are one person, also when they are invited many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => admin('POST', '/users', { email: 'at.once@example.com' })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201])
    assert.equal(new Set(answers.map(({ json }) => json.id)).size, 1)
  })

  it('may sign in to a site for the invited alone once they are, and nobody else may', async () => {
    const closed = await testBackend({ site: { mode: 'invite' } })
    try {
      assert.equal((await call(closed, 'POST', `/admin/v1/sites/${closed.site.id}/users`, { body: { email: 'guest@example.com' }, headers: bearer })).status, 201)
      const [guest, stranger] = [visitor(closed), visitor(closed)]
      const { id } = await guest.started('guest@example.com')
      await stranger.started('stranger@example.com')
      const { code } = await mailTo(closed, 'guest@example.com')
      assert.equal((await guest.claim({ sign_in: id, verifier: guest.verifier, code })).status, 200)
      assert.equal(closed.inbox.letters().some(({ to }) => to === 'stranger@example.com'), false)
    } finally {
      await closed.dispose()
    }
  })

  it('are not invited where they are blocked, or where the site leaves their domain out', async () => {
    const { uid, email } = await signedIn()
    await admin('PATCH', `/users/${uid}`, { blocked: true })
    assert.equal((await admin('POST', '/users', { email })).status, 409)
    const site = await otherSite()
    await admin('PATCH', '', { allowed_domains: ['list.example'] }, site)
    assert.equal((await admin('POST', '/users', { email: 'anna@elsewhere.example' }, site)).status, 400)
    assert.equal((await admin('POST', '/users', { email: 'anna@list.example' }, site)).status, 201)
  })

  it('have roles, which their tokens carry, and metadata, each replaced as a whole', async () => {
    const { uid, browser } = await signedIn()
    const changed = await admin('PATCH', `/users/${uid}`, { roles: ['editor', 'team:7', 'editor'], metadata: { plan: 'pro', seats: [1, 2] } })
    assert.deepEqual([changed.json.roles, changed.json.metadata], [['editor', 'team:7'], { plan: 'pro', seats: [1, 2] }])
    const token = String((await browser.refresh()).json.access_token)
    assert.deepEqual((JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { roles: unknown }).roles, ['editor', 'team:7'])
    assert.deepEqual((await admin('PATCH', `/users/${uid}`, { metadata: { plan: 'free' } })).json.metadata, { plan: 'free' })
    assert.deepEqual((await admin('PATCH', `/users/${uid}`, {})).json.roles, ['editor', 'team:7'])
  })

  for (const [what, body] of [
    ['an unknown field', { admin: true }],
    ['a word for a flag', { blocked: 'yes' }],
    ['null', { metadata: null }],
    ['an array of metadata', { metadata: [] }],
    ['metadata that is too large', { metadata: { text: 'x'.repeat(8192) } }],
    ['metadata that is too deep', { metadata: JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as object }],
    ['a name that programs trip over', '{"metadata":{"inner":{"__proto__":{"admin":true}}}}'],
    ['a role with a space', { roles: ['two words'] }],
    ['a role that is too long', { roles: ['x'.repeat(65)] }],
    ['too many roles', { roles: Array.from({ length: 33 }, (_, i) => `r${i}`) }],
  ] as const) {
    it(`are not changed by ${what}: 400`, async () => {
      const { json } = await admin('POST', '/users', { email: 'steady@example.com' })
      assert.equal((await admin('PATCH', `/users/${String(json.id)}`, body)).status, 400)
    })
  }

  it('have each change told of: a role that comes with the end of a block too', async () => {
    const uid = String((await admin('POST', '/users', { email: 'told@example.com' })).json.id)
    const told = async (change: object) => {
      const before = backend.events.length
      assert.equal((await admin('PATCH', `/users/${uid}`, change)).status, 200)
      return backend.events.slice(before).map(({ event }) => event)
    }
    assert.deepEqual(await told({ blocked: true }), ['user.blocked'])
    assert.deepEqual(await told({ blocked: false, roles: ['admin'] }), ['user.unblocked', 'user.changed'])
    assert.deepEqual(await told({ blocked: false }), ['user.changed'])
    assert.deepEqual(await told({ metadata: {} }), ['user.changed'])
  })

  it('have as much metadata as fits, and it comes back as it was', async () => {
    const { uid } = await signedIn()
    const metadata = { text: 'x'.repeat(8000), deep: { er: [{ still: null }] }, '': 'ü' }
    assert.deepEqual((await admin('PATCH', `/users/${uid}`, { metadata })).json.metadata, metadata)
  })

  it('have sessions, of which one ends without the others; revoking ends all and what is pending', async () => {
    const { uid, email, browser } = await signedIn()
    const second = visitor(backend)
    const { id } = await second.started(email)
    const { code } = await mailTo(backend, email, 2)
    await second.claimed({ sign_in: id, verifier: second.verifier, code })
    const sessions = await items(`/users/${uid}/sessions`)
    assert.equal(sessions.length, 2)
    const of = (other: typeof browser) => sessions.find(({ sid }) => other.secret()?.startsWith(sid))?.sid ?? ''
    assert.equal((await admin('DELETE', `/users/${uid}/sessions/${of(browser)}`)).status, 204)
    assert.deepEqual([(await browser.refresh()).status, (await second.refresh()).status], [401, 200])
    assert.equal((await admin('DELETE', `/users/${uid}/sessions/${of(browser)}`)).status, 404)
    const third = visitor(backend)
    const pending = await third.started(email)
    const mail = await mailTo(backend, email, 3)
    assert.equal((await admin('POST', `/users/${uid}/revoke`)).status, 204)
    assert.equal((await second.refresh()).status, 401)
    assert.equal((await third.claim({ sign_in: pending.id, verifier: third.verifier, code: mail.code })).status, 401)
    assert.equal((await admin('GET', `/users/${uid}`)).status, 200, 'the person stays, and may come again')
  })

  it('are revoked by a call without a field, and by none with one', async () => {
    const { browser, uid, signIn } = await signedIn()
    for (const path of [`/users/${uid}/revoke`, `/sign-ins/${signIn}/revoke`]) {
      const refused = await admin('POST', path, { everywhere: true })
      assert.deepEqual([refused.status, refused.json.errors], [400, [{ field: 'everywhere', code: 'unknown_field' }]])
      assert.equal((await call(backend, 'POST', `/admin/v1/sites/${backend.site.id}${path}`, { body: 'now', headers: { ...bearer, 'Content-Type': 'text/plain' } })).status, 415)
    }
    assert.equal((await browser.current()).status, 200, 'nothing was revoked')
    for (const body of [{}, '']) assert.equal((await admin('POST', `/users/${uid}/revoke`, body)).status, 204)
    assert.equal((await browser.current()).status, 401)
  })

  it('are exported whole, by the operator as by themselves, and without a secret', async () => {
    const { uid, email, token } = await signedIn()
    const exported = await admin('GET', `/users/${uid}/export`)
    assert.equal((exported.json.user as Item).email, email)
    assert.deepEqual((exported.json.sign_ins as Item[]).map(({ state }) => state), ['completed'])
    assert.equal((exported.json.sessions as Item[]).length, 1)
    assert.deepEqual((exported.json.events as Item[]).map(({ event }) => event), ['sign_in.started', 'mail.sent', 'user.created', 'session.claimed'])
    assert.doesNotMatch(exported.text, /seed|challenge|verifier|tries/)
    const own = await call(backend, 'GET', '/v1/me/export', { headers: { Authorization: `Bearer ${token}` } })
    assert.deepEqual([own.json.user, own.json.sessions, own.json.sign_ins], [exported.json.user, exported.json.sessions, exported.json.sign_ins])
  })

  it('are erased: no file of the store has their address any more, while the process runs', async () => {
    const { uid, email, browser } = await signedIn()
    await visitor(backend).started(email)
    await mailTo(backend, email, 2)
    const holds = async () => {
      const directory = join(backend.directory, 'data', 'store')
      const names = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      const texts = await Promise.all(names.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8').catch(() => '')))
      return texts.some((text) => text.includes(email))
    }
    assert.equal(await holds(), true)
    assert.equal((await admin('DELETE', `/users/${uid}`)).status, 204)
    assert.equal(await holds(), false)
    assert.equal((await browser.refresh()).status, 401)
    assert.equal((await admin('GET', `/users/${uid}`)).status, 404)
    assert.equal((await admin('DELETE', `/users/${uid}`)).status, 404)
  })

  it('are erased once, however many ask at the same moment', async () => {
    const { uid, token } = await signedIn()
    const mine = () => call(backend, 'DELETE', '/v1/me', { headers: { Authorization: `Bearer ${token}` } })
    const answers = await Promise.all([...Array.from({ length: 8 }, mine), admin('DELETE', `/users/${uid}`)])
    assert.ok(answers.some(({ status }) => status === 204))
    assert.equal(backend.events.filter(({ event, userId }) => event === 'user.erased' && userId === uid).length, 1)
  })

  it('are nobody’s at another site: each call there is 404, and changes nothing', async () => {
    const { uid, browser, signIn } = await signedIn()
    const [sid = ''] = (await items(`/users/${uid}/sessions`)).map((each) => each.sid)
    for (const site of [await otherSite(), '0000000000000000']) {
      for (const [method, path, body] of [
        ['GET', `/users/${uid}`], ['PATCH', `/users/${uid}`, { blocked: true }], ['DELETE', `/users/${uid}`], ['GET', `/users/${uid}/export`], ['POST', `/users/${uid}/revoke`],
        ['GET', `/users/${uid}/sessions`], ['DELETE', `/users/${uid}/sessions/${sid}`], ['POST', `/sign-ins/${signIn}/revoke`],
      ] as const) assert.equal((await admin(method, path, body, site)).status, 404, `${method} ${path}`)
    }
    assert.equal((await admin('GET', '/users', undefined, '0000000000000000')).status, 404)
    assert.equal((await admin('GET', '/events', undefined, '0000000000000000')).status, 404)
    assert.equal((await browser.refresh()).status, 200)
  })

  it('take no query that is not theirs', async () => {
    for (const path of ['/users?page=2', '/users?q=a&q=b', '/users?limit=0', '/users?limit=101', '/users?limit=1e1', '/users?cursor=abc', '/users?cursor=W10', '/sign-ins?state=dead', '/sign-ins?q=a', '/events?after=..', '/events?since=1', '?verbose=1']) {
      assert.equal((await admin('GET', path)).status, 400, path)
    }
    assert.equal((await admin('POST', '/users?mail=true', { email: 'a@example.com' })).status, 400)
    assert.equal((await admin('POST', '/users', { email: 'a@example.com', roles: ['x'] })).status, 400)
    assert.equal((await admin('POST', '/users', { email: 'no address' })).status, 422)
  })

  it('are nobody’s business without the token', async () => {
    const paths = ['/users', '/users/x', '/users/x/export', '/users/x/sessions', '/sign-ins', '/events']
    for (const path of paths) assert.equal((await call(backend, 'GET', `/admin/v1/sites/${backend.site.id}${path}`)).status, 401, path)
  })
})

describe('the admin API’s sign-ins and events', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const admin = (method: string, path: string) => call(backend, method, `/admin/v1/sites/${backend.site.id}${path}`, { headers: bearer })

  it('list what is under way, by its state, and stop one: its link and code are dead, another’s are not', async () => {
    const [one, other] = [await begun(backend), await begun(backend)]
    const pending = (await admin('GET', '/sign-ins?state=pending')).json.items as Item[]
    assert.deepEqual(pending.map(({ id }) => id), [other.started.id, one.started.id])
    assert.equal(pending[0]?.email, other.email)
    assert.equal((await admin('POST', `/sign-ins/${one.started.id}/revoke`)).status, 204)
    assert.equal((await admin('POST', `/sign-ins/${one.started.id}/revoke`)).status, 204, 'again')
    assert.equal((await admin('POST', '/sign-ins/nosuch/revoke')).status, 404)
    const claim = ({ browser, started, mail }: typeof one) => browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    assert.deepEqual([(await claim(one)).status, (await claim(other)).status], [401, 200])
    assert.deepEqual(((await admin('GET', '/sign-ins?state=completed')).json.items as Item[]).map(({ id }) => id), [other.started.id])
  })

  it('stop one that went on by “here”: its handoff is worth nothing any more', async () => {
    const [one, other] = [await begun(backend), await begun(backend)]
    const [stopped, left] = [await press(backend, one.mail.token, 'here'), await press(backend, other.mail.token, 'here')]
    assert.equal((await admin('POST', `/sign-ins/${one.started.id}/revoke`)).status, 204)
    assert.deepEqual([(await visitor(backend).claim({ handoff: stopped.handoff })).status, (await visitor(backend).claim({ handoff: left.handoff })).status], [401, 200])
  })

  it('stop one that was completed, with the session that came of it', async () => {
    const { browser, started, mail } = await begun(backend)
    const { user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    const sessionId = browser.secret()?.split('.')[0]
    for (const when of ['first', 'again']) assert.equal((await admin('POST', `/sign-ins/${started.id}/revoke`)).status, 204, when)
    assert.equal((await browser.refresh()).status, 401)
    const told = backend.events.filter(({ event, userId }) => event === 'session.ended' && userId === user.id)
    assert.deepEqual(told, [{ event: 'session.ended', siteId: backend.site.id, signInId: started.id, userId: user.id, sessionId }], 'told once, as it ended once')
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code })).status, 401)
  })

  it('tell what happened in its order, page by page, without a secret or an address', async () => {
    const { browser, started, mail, email } = await begun(backend)
    const { user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    await admin('POST', `/users/${user.id}/revoke`)
    const all: Item[] = []
    for (let after = ''; ; ) {
      const page = await admin('GET', `/events?limit=3&after=${after}`)
      assert.equal(page.status, 200)
      assert.doesNotMatch(page.text, new RegExp(`${email}|${mail.code}|@`))
      all.push(...(page.json.items as Item[]))
      if (page.json.next === undefined) break
      after = page.json.next as string
    }
    assert.deepEqual(all.slice(-5).map(({ event }) => event), ['sign_in.started', 'mail.sent', 'user.created', 'session.claimed', 'user.revoked'])
    assert.deepEqual([all.at(-2)?.sign_in, all.at(-2)?.user], [started.id, user.id])
    const none = await admin('GET', `/events?after=${all.at(-1)?.id ?? ''}`)
    assert.deepEqual(none.json, { items: [] })
  })

  it('tell the newest first where asked, page by page, what came meanwhile aside', async () => {
    const all = (await admin('GET', '/events?order=oldest&limit=100')).json.items as Item[]
    assert.ok(all.length > 6 && all.length < 100, String(all.length))
    const first = await admin('GET', '/events?order=newest&limit=3')
    await begun(backend)
    const seen = first.json.items as Item[]
    for (let next = first.json.next as string | undefined; next !== undefined; ) {
      const page = await admin('GET', `/events?order=newest&limit=3&after=${next}`)
      seen.push(...(page.json.items as Item[]))
      next = page.json.next as string | undefined
    }
    assert.deepEqual(seen, all.toReversed())
    assert.deepEqual((await admin('GET', '/events?limit=100')).json.items, (await admin('GET', '/events?order=&about=&limit=100')).json.items)
    assert.deepEqual((await admin('GET', `/events?order=newest&after=${String(all[0]?.id)}`)).json, { items: [] })
  })

  it('tell what is about one person, one sign-in or one session, in either order', async () => {
    const [one, other] = [await begun(backend), await begun(backend)]
    const { user } = await one.browser.claimed({ sign_in: one.started.id, verifier: one.browser.verifier, code: one.mail.code })
    await other.browser.claimed({ sign_in: other.started.id, verifier: other.browser.verifier, code: other.mail.code })
    const sid = String(one.browser.secret()?.split('.')[0])
    await admin('POST', `/users/${user.id}/revoke`)
    const names = async (query: string) => ((await admin('GET', `/events?${query}`)).json.items as Item[]).map(({ event }) => event)
    assert.deepEqual(await names(`about=${user.id}`), ['user.created', 'session.claimed', 'user.revoked'])
    assert.deepEqual(await names(`about=${user.id}&order=newest`), ['user.revoked', 'session.claimed', 'user.created'])
    assert.deepEqual(await names(`about=${one.started.id}`), ['sign_in.started', 'mail.sent', 'session.claimed'])
    assert.deepEqual(await names(`about=${sid}`), ['session.claimed'])
    assert.deepEqual(await names('about=nobody'), [])
    const first = await admin('GET', `/events?about=${user.id}&order=newest&limit=2`)
    assert.deepEqual(await names(`about=${user.id}&order=newest&limit=2&after=${String(first.json.next)}`), ['user.created'])
  })

  it('refuse an order, an id or a place that is none, and name it', async () => {
    const places = [`/admin/v1/sites/${backend.site.id}/events`, '/admin/v1/events']
    for (const [query, field, code] of [
      ['order=latest', 'order', 'not_one_of'], ['order=Newest', 'order', 'not_one_of'], ['order=newest&order=oldest', 'order', 'not_one_of'],
      ['about=a%20b', 'about', 'invalid'], [`about=${'a'.repeat(65)}`, 'about', 'invalid'], ['about=a&about=b', 'about', 'wrong_type'],
      ['order=newest&after=..', 'after', 'not_an_id'], ['after=..', 'after', 'not_an_id'],
    ] as const)
      for (const path of places) {
        const { status, json } = await call(backend, 'GET', `${path}?${query}`, { headers: bearer })
        assert.deepEqual([status, json.code, json.errors], [400, 'invalid_request', [{ field, code }]], `${path}?${query}`)
      }
  })

  it('tell of claims that were refused, and of mails that were only pretended', async () => {
    const { browser, started, mail, email } = await begun(backend)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: visitor(backend).verifier, code: mail.code })).status, 401)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier })).status, 401)
    const { user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    await admin('POST', `/users/${user.id}/revoke`)
    await call(backend, 'PATCH', `/admin/v1/sites/${backend.site.id}/users/${user.id}`, { body: { blocked: true }, headers: bearer })
    const silent = await visitor(backend).started(email)
    const about = async (id: string) => {
      const all: Item[] = []
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await admin('GET', `/events?limit=100&after=${after}`)
        all.push(...(page.json.items as Item[]))
        after = page.json.next as string | undefined
      }
      return all.filter(({ sign_in }) => sign_in === id).map(({ event, why }) => (typeof why === 'string' ? `${event} ${why}` : event))
    }
    assert.deepEqual(await about(started.id), ['sign_in.started', 'mail.sent', 'session.claim_refused not_proved', 'session.claimed'])
    for (let tries = 0; tries < 2000 && (await about(silent.id)).length < 2; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual(await about(silent.id), ['sign_in.started', 'mail.silent'])
  })

  it('have on disk what the operator did before it is answered, and wait for nothing where somebody only looks', async () => {
    const { events } = backend.services.store
    const flush = events.flush.bind(events)
    let flushed = 0
    events.flush = () => flush().then(() => void (flushed += 1))
    await call(backend, 'POST', `/admin/v1/sites/${backend.site.id}/users`, { body: { email: 'event@example.com' }, headers: bearer })
    assert.equal(flushed, 1)
    await admin('GET', '/users')
    assert.equal(flushed, 1)
    events.flush = flush
  })

  it('keep what belongs to no site apart: refused tokens, and that a site went', async () => {
    const made = await call(backend, 'POST', '/admin/v1/sites', { body: { name: 'Gone', origins: ['https://gone.example'] }, headers: bearer })
    await call(backend, 'DELETE', `/admin/v1/sites/${String(made.json.id)}`, { headers: bearer })
    await call(backend, 'GET', '/admin/v1/sites', { headers: { Authorization: 'Bearer wrong' } })
    const own = (await call(backend, 'GET', '/admin/v1/events', { headers: bearer })).json.items as Item[]
    assert.deepEqual(own.map(({ event, site }) => [event, site]), [['site.deleted', made.json.id], ['admin.refused', undefined]])
    assert.deepEqual((await call(backend, 'GET', '/admin/v1/events?order=newest', { headers: bearer })).json.items, own.toReversed())
    assert.deepEqual((await call(backend, 'GET', '/admin/v1/events?about=nobody', { headers: bearer })).json.items, [])
  })
})
