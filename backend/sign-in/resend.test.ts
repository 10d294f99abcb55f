import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { mailTo, open, visitor } from '../testing/visitor.ts'

describe('sending it again, and calling it off', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const call = (browser: ReturnType<typeof visitor>, id: string, what: 'resend' | 'cancel', verifier = browser.verifier) =>
    browser.bridgePost(`/v1/sign-ins/${id}/${what}`, { verifier })

  it('mails the same link and code again after 30 seconds, and not before', async () => {
    const browser = visitor(backend)
    const { id } = await browser.started('anna@example.com')
    const first = await mailTo(backend, 'anna@example.com')
    const early = await call(browser, id, 'resend')
    assert.equal(early.status, 429)
    assert.ok(Number(early.headers.get('retry-after')) <= 30)
    backend.clock.forward(31)
    const answer = await call(browser, id, 'resend')
    assert.equal(answer.status, 202)
    assert.deepEqual(answer.json, { resend_in: 30 })
    const second = await mailTo(backend, 'anna@example.com', 2)
    assert.equal(second.token, first.token)
    assert.equal(second.code, first.code)
    assert.equal((await open(backend, first.token)).status, 303)
  })

  it('takes from the budget of the address for the one that is answered, however many ask at once', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'start.address=2/600' } })
    try {
      const browser = visitor(narrow)
      const { id } = await browser.started('anna@example.com')
      const first = await mailTo(narrow, 'anna@example.com')
      narrow.clock.forward(31)
      const answers = await Promise.all(Array.from({ length: 6 }, () => browser.bridgePost(`/v1/sign-ins/${id}/resend`, { verifier: browser.verifier })))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 429, 429, 429, 429, 429])
      assert.equal((await mailTo(narrow, 'anna@example.com', 2)).token, first.token)
    } finally {
      await narrow.dispose()
    }
  })

  it('does not reset the tries of the code', async () => {
    const browser = visitor(backend)
    const { id } = await browser.started('bob@example.com')
    const { code } = await mailTo(backend, 'bob@example.com')
    const wrong = code === '000000' ? '000001' : '000000'
    for (let tries = 0; tries < 5; tries += 1) await browser.claim({ sign_in: id, verifier: browser.verifier, code: wrong })
    backend.clock.forward(31)
    await call(browser, id, 'resend')
    assert.equal((await browser.claim({ sign_in: id, verifier: browser.verifier, code })).status, 401)
  })

  it('kills the link and the code by a cancel', async () => {
    const browser = visitor(backend)
    const { id } = await browser.started('carl@example.com')
    const mail = await mailTo(backend, 'carl@example.com')
    assert.equal((await call(browser, id, 'cancel')).status, 204)
    assert.equal((await call(browser, id, 'cancel')).status, 204)
    assert.equal((await open(backend, mail.token)).status, 410)
    assert.equal((await browser.claim({ sign_in: id, verifier: browser.verifier, code: mail.code })).status, 401)
    backend.clock.forward(31)
    assert.equal((await call(browser, id, 'resend')).status, 401)
  })

  it('is only for the browser that asked', async () => {
    const browser = visitor(backend)
    const { id } = await browser.started('dora@example.com')
    const stranger = visitor(backend)
    backend.clock.forward(31)
    for (const what of ['resend', 'cancel'] as const) {
      assert.equal((await call(stranger, id, what)).json.code, 'invalid_grant')
      assert.equal((await call(browser, 'nosuchid', what)).status, 401)
      assert.equal((await browser.bridgePost(`/v1/sign-ins/${id}/${what}`, { verifier: [browser.verifier] })).status, 400)
    }
    assert.equal((await backend.services.store.signIns.get(id))?.state, 'pending')
  })
})
