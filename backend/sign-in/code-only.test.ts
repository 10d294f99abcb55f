import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, mailTo, visitor, type Visitor } from '../testing/visitor.ts'

const limits = 'start.address=1000/600,start.address_ip=1000/600,start.ip=1000/600,start.site=10000/600,code.address=6/86400'

describe('a site whose mails hold no link', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend({ env: { LINKLATCH_LIMITS: limits }, site: { code_only: true, landing_urls: [] } })))
  after(() => backend.dispose())
  const admin = (method: string, path: string, body?: object) => call(backend, method, `/admin/v1/sites${path}`, { body, headers: { Authorization: `Bearer ${adminToken}` } })
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  const guess = async (browser: Visitor, id: string, code: string) => (await browser.claim({ sign_in: id, verifier: browser.verifier, code })).status

  it('mails a code, says so to the page that asked, and the code signs in', async () => {
    const { mail, started, browser } = await begun(backend)
    assert.equal(started.code_only, true)
    const { html = '' } = backend.inbox.letters()[0] ?? {}
    for (const text of [mail.text, html]) {
      assert.match(text, /Type this code/)
      assert.match(text, new RegExp(mail.code))
      assert.doesNotMatch(text, /href=|the link|\/link|\/approve|token=|[Pp]ress |two-digit/)
    }
    assert.match(html, /No password needed\./)
    assert.equal(await guess(browser, started.id, mail.code), 200)
  })

  it('ends a sign-in with the fifth wrong code, since there is no link that could finish it', async () => {
    const { mail, started, browser } = await begun(backend)
    for (let times = 0; times < 4; times += 1) assert.equal(await guess(browser, started.id, wrong(mail.code)), 401)
    assert.equal((await backend.services.store.signIns.get(started.id))?.state, 'pending')
    assert.equal(await guess(browser, started.id, wrong(mail.code)), 401)
    assert.equal((await backend.services.store.signIns.get(started.id))?.state, 'rejected')
    assert.deepEqual(backend.events.slice(-2).map(({ event }) => event), ['sign_in.wrong_code', 'sign_in.rejected'])
    assert.equal(await guess(browser, started.id, mail.code), 401)
  })

  it('keeps the code for a browser in which the person has signed in, whoever guesses elsewhere', async () => {
    const { email, mail, started, browser } = await begun(backend)
    assert.equal(await guess(browser, started.id, mail.code), 200)
    const askAgain = async (by: Visitor, nth: number) => {
      const { id } = await by.started(email)
      return { id, code: (await mailTo(backend, email, nth)).code }
    }
    const stranger = visitor(backend)
    for (const nth of [2, 3]) {
      const { id, code } = await askAgain(stranger, nth)
      for (let times = 0; times < 3; times += 1) assert.equal(await guess(stranger, id, wrong(code)), 401)
    }
    const unknown = await askAgain(visitor(backend), 4)
    const elsewhere = visitor(backend)
    assert.equal(await guess(elsewhere, unknown.id, unknown.code), 401)
    const known = await askAgain(browser, 5)
    assert.equal(await guess(browser, known.id, known.code), 200)
    // The person's own browsers have a budget too.
    for (const nth of [6, 7]) {
      const { id, code } = await askAgain(browser, nth)
      for (let times = 0; times < 3; times += 1) assert.equal(await guess(browser, id, wrong(code)), 401)
    }
    const late = await askAgain(browser, 8)
    assert.equal(await guess(browser, late.id, late.code), 401)
  })

  it('does not take another person’s mark for that', async () => {
    const one = await begun(backend)
    assert.equal(await guess(one.browser, one.started.id, one.mail.code), 200)
    const other = await begun(backend)
    assert.equal(await guess(other.browser, other.started.id, other.mail.code), 200)
    const stranger = visitor(backend)
    for (const [name, value] of one.browser.jar) stranger.jar.set(name, value)
    for (const nth of [2, 3]) {
      const { id } = await stranger.started(other.email)
      const { code } = await mailTo(backend, other.email, nth)
      for (let times = 0; times < 3; times += 1) assert.equal(await guess(stranger, id, wrong(code)), 401)
    }
    const { id } = await other.browser.started(other.email)
    const { code } = await mailTo(backend, other.email, 4)
    assert.equal(await guess(other.browser, id, code), 200)
  })

  it('is said by the admin API and the snippet, takes no landing URL, and may be changed', async () => {
    const path = `/${backend.site.id}`
    const { json } = await admin('GET', path)
    assert.equal(json.code_only, true)
    assert.match(String(json.snippet), / code-only><\/linklatch-sign-in>$/)
    assert.equal((await admin('POST', '', { name: 'x', origins: ['https://x.example'], code_only: true, strict: true })).status, 201)
    assert.equal((await admin('PATCH', path, { code_only: 'yes' })).status, 400)
    const before = await begun(backend)
    const { json: changed } = await admin('PATCH', path, { code_only: false })
    assert.equal(changed.code_only, false)
    assert.doesNotMatch(String(changed.snippet), /code-only/)
    const { mail, started } = await begun(backend)
    assert.match(mail.link, /^https:/)
    assert.equal('code_only' in started, false)
    // What was begun without a link stays so, however often it is mailed.
    backend.clock.forward(31)
    assert.equal((await before.browser.bridgePost(`/v1/sign-ins/${before.started.id}/resend`, { verifier: before.browser.verifier })).status, 202)
    assert.equal((await mailTo(backend, before.email, 2)).link, '')
  })

  it('invites without speaking of links', async () => {
    await admin('PATCH', `/${backend.site.id}`, { code_only: true })
    const { status } = await admin('POST', `/${backend.site.id}/users`, { email: 'invited@example.com', mail: true })
    assert.equal(status, 201)
    const { text } = await mailTo(backend, 'invited@example.com')
    assert.match(text, /you get a code by mail each time/)
  })
})
