import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, mailTo, open, visitor } from '../testing/visitor.ts'

const bearer = (token = adminToken) => ({ Authorization: `Bearer ${token}` })

describe('an account’s new address', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())

  const admin = (method: string, path: string, body?: object) => call(backend, method, `/admin/v1/sites/${backend.site.id}${path}`, { body, headers: bearer() })
  const signedIn = async () => {
    const { email, browser, started, mail } = await begun(backend)
    const { access_token: token, user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    return { email, browser, token, uid: user.id }
  }
  const signsInAs = async (email: string) => {
    const browser = visitor(backend)
    const had = backend.inbox.letters().filter(({ to }) => to === email).length
    const started = await browser.started(email)
    const { code } = await mailTo(backend, email, had + 1)
    return (await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code })).user
  }
  const toldTo = async (email: string, had = 0) => {
    for (let tries = 0; tries < 4000; tries += 1) {
      const [letter, ...before] = backend.inbox.letters().filter(({ to, text }) => to === email && !text.includes('/link?token='))
      if (letter && before.length >= had) return letter
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('nobody was told')
  }

  it('opens the same account, which the old one does not any more', async () => {
    const { email, uid } = await signedIn()
    await admin('PATCH', `/users/${uid}`, { roles: ['editor'] })
    const changed = await admin('PATCH', `/users/${uid}`, { email: `New.${email.toUpperCase()}` })
    assert.deepEqual([changed.status, changed.json.id, changed.json.email, changed.json.roles], [200, uid, `new.${email}`, ['editor']])
    assert.equal((await signsInAs(`new.${email}`)).id, uid)
    assert.notEqual((await signsInAs(email)).id, uid)
    assert.deepEqual(backend.events.filter(({ event, userId }) => event === 'user.changed' && userId === uid).length, 2)
  })

  it('ends every session and every sign-in that was under way, so that it begins with a fresh one', async () => {
    const { email, browser, token, uid } = await signedIn()
    const pending = visitor(backend)
    const started = await pending.started(email)
    const mail = await mailTo(backend, email, 2)
    assert.equal((await admin('PATCH', `/users/${uid}`, { email: `fresh.${email}` })).status, 200)
    assert.equal((await browser.refresh()).status, 401)
    assert.equal((await call(backend, 'GET', '/v1/me', { headers: bearer(token) })).status, 401)
    assert.equal((await open(backend, mail.token)).status, 410)
    assert.equal((await pending.claim({ sign_in: started.id, verifier: pending.verifier, code: mail.code })).status, 401)
  })

  it('is told to the old one, without a secret and without the new one', async () => {
    const { email, uid } = await signedIn()
    await admin('PATCH', `/users/${uid}`, { email: `told.${email}` })
    const { subject, text, html } = await toldTo(email)
    assert.equal(subject, 'The address of your account at Shop was changed')
    assert.match(text, /https:\/\/shop\.example\/account/)
    assert.doesNotMatch(`${text} ${html}`, /token|told\.|\d{6}/)
    assert.equal(backend.inbox.letters().some(({ to }) => to === `told.${email}`), false)
    const [record] = (await backend.services.store.signIns.ofAddress(backend.site.id, email)).filter(({ farewell }) => farewell)
    assert.ok(record)
  })

  it('changes nothing where it is the one that is there', async () => {
    const { email, browser, uid } = await signedIn()
    assert.equal((await admin('PATCH', `/users/${uid}`, { email, metadata: { plan: 'pro' } })).status, 200)
    assert.equal((await browser.refresh()).status, 200)
  })

  it('is refused where it is somebody else’s, none, or none that the site takes; then nothing is changed', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    await admin('PATCH', '', { allowed_domains: ['example.com'] })
    for (const [body, status, fault] of [
      [{ email: other.email }, 409, { field: 'email', code: 'taken' }],
      [{ email: 'no address' }, 422, undefined],
      [{ email: 'anna@else.example' }, 400, { field: 'email', code: 'domain_not_allowed' }],
      [{ phone: '+15550100200' }, 400, { field: 'phone', code: 'channel_off' }],
      [{ email: 'a@example.com', phone: '+15550100200' }, 400, { field: 'email', code: 'one_of' }],
    ] as const) {
      const answer = await admin('PATCH', `/users/${one.uid}`, { ...body, roles: ['owner'] })
      assert.equal(answer.status, status, answer.text)
      if (fault) assert.deepEqual(answer.json.errors, [fault])
    }
    await admin('PATCH', '', { allowed_domains: [] })
    const { json } = await admin('GET', `/users/${one.uid}`)
    assert.deepEqual([json.email, json.roles], [one.email, []])
    assert.equal((await one.browser.refresh()).status, 200)
    assert.equal((await admin('PATCH', '/users/nosuch', { email: 'a@example.com' })).status, 404)
  })

  it('is given to one of two who ask for the same at once', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    const answers = await Promise.all([one, other].map(({ uid }) => admin('PATCH', `/users/${uid}`, { email: 'both@example.com' })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  })

  it('ends what the old one had also where the store failed in the middle and the same is asked for again', async () => {
    const { email, browser, uid } = await signedIn()
    const { sessions } = backend.services.store
    const removeOfUser = sessions.removeOfUser.bind(sessions)
    sessions.removeOfUser = () => {
      sessions.removeOfUser = removeOfUser
      return Promise.reject(new Problem('store_unavailable'))
    }
    const change = () => admin('PATCH', `/users/${uid}`, { email: `again.${email}` })
    assert.equal((await change()).status, 503)
    assert.equal((await change()).status, 200)
    assert.equal((await browser.refresh()).status, 401)
    assert.match((await toldTo(email)).subject, /was changed/)
    const user = await backend.services.store.users.get(backend.site.id, uid)
    assert.equal(user?.movedFrom, undefined)
  })

  it('goes with an erasure that comes before all of that is over, and the old one with it', async () => {
    const { email, uid } = await signedIn()
    await visitor(backend).started(email)
    const { sessions, signIns } = backend.services.store
    const removeOfUser = sessions.removeOfUser.bind(sessions)
    sessions.removeOfUser = () => {
      sessions.removeOfUser = removeOfUser
      return Promise.reject(new Problem('store_unavailable'))
    }
    assert.equal((await admin('PATCH', `/users/${uid}`, { email: `gone.${email}` })).status, 503)
    assert.equal((await admin('DELETE', `/users/${uid}`)).status, 204)
    assert.deepEqual(await signIns.ofAddress(backend.site.id, email), [])
  })
})
