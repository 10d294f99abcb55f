import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { adminToken, hostOrigin, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, open, press, visitor } from '../testing/visitor.ts'

describe('a strict site', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend({ site: { strict: true } })))
  after(() => backend.dispose())
  const admin = (method: string, path: string, body?: object) => call(backend, method, `/admin/v1/sites${path}`, { body, headers: { Authorization: `Bearer ${adminToken}` } })

  it('signs the browser that asked in by its link, and by the code', async () => {
    const byLink = await begun(backend)
    const { status, arrival } = await open(backend, byLink.mail.token)
    assert.equal(status, 303)
    assert.equal((await byLink.browser.claim({ arrival, verifier: byLink.browser.verifier })).status, 200)
    const byCode = await begun(backend)
    assert.equal((await byCode.browser.claim({ sign_in: byCode.started.id, verifier: byCode.browser.verifier, code: byCode.mail.code })).status, 200)
  })

  it('has no number and no “here” on the page behind the link, but the way out', async () => {
    const { mail, started } = await begun(backend)
    const { arrival } = await open(backend, mail.token)
    for (const token of [mail.token, arrival]) {
      const page = await call(backend, 'GET', `/approve?token=${token}`)
      assert.equal(page.status, 200)
      assert.match(page.text, /signs you in only where you asked/)
      assert.doesNotMatch(page.text, /name="number"|value="there"|value="here"/)
      assert.match(page.text, /value="reject"/)
    }
    assert.equal((await press(backend, mail.token, 'reject')).status, 200)
    assert.equal((await backend.services.store.signIns.get(started.id))?.state, 'rejected')
  })

  it('takes neither press from elsewhere, with the right number neither, and loses nothing by it', async () => {
    const { browser, mail, started } = await begun(backend)
    const before = await backend.services.store.signIns.get(started.id)
    for (const pressed of [await press(backend, mail.token, 'there', started.number), await press(backend, mail.token, 'there', 'no'), await press(backend, mail.token, 'here')]) {
      assert.equal(pressed.status, 409)
      assert.equal(pressed.location, '')
      assert.match(pressed.text, /signs you in only where you asked/)
    }
    assert.deepEqual(await backend.services.store.signIns.get(started.id), before)
    assert.equal((await visitor(backend).claim({ sign_in: started.id, verifier: browser.verifier })).status, 401)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code })).status, 200)
  })

  it('says so in the mail, and to the page that asked', async () => {
    const { mail, started } = await begun(backend)
    assert.match(mail.text, /works only in the browser in which you asked/)
    assert.doesNotMatch(mail.text, /two-digit number/)
    assert.equal(started.strict, true)
    const letter = backend.inbox.letters()[0]
    assert.match(letter?.html ?? '', /works only in the browser in which you asked/)
  })

  it('has a landing URL for each origin, or is refused', async () => {
    const refused = { field: 'strict', code: 'landing_url_required' }
    const origins = [hostOrigin, 'https://www.shop.example']
    const landing = `${hostOrigin}/account`
    for (const landing_urls of [[], [landing]]) {
      const made = await admin('POST', '', { name: 'Half', origins, landing_urls, strict: true })
      assert.deepEqual([made.status, made.json.errors], [400, [refused]])
    }
    const made = await admin('POST', '', { name: 'Whole', origins, landing_urls: [landing, 'https://www.shop.example/in'], strict: true })
    assert.deepEqual([made.status, made.json.strict], [201, true])
    const path = `/${String(made.json.id)}`
    assert.deepEqual((await admin('PATCH', path, { landing_urls: [landing] })).json.errors, [refused])
    assert.equal((await admin('PATCH', path, { landing_urls: [landing], strict: false })).json.strict, false)
    assert.equal((await admin('PATCH', path, { strict: 'yes' })).status, 400)
  })
})

describe('a site that is not', () => {
  it('says nothing of it, and takes the number', async () => {
    const backend = await testBackend()
    try {
      const { mail, started } = await begun(backend)
      assert.equal('strict' in started, false)
      assert.equal((await press(backend, mail.token, 'there', started.number)).status, 200)
    } finally {
      await backend.dispose()
    }
  })
})
