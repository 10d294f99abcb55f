import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hostOrigin, landing, testBackend, type TestBackend } from '../testing/backend.ts'
import { createSite } from '../sites/manage-sites.ts'
import { begun, call, mailTo, open, press, visitor } from '../testing/visitor.ts'

describe('opening a mailed link', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  it('leads to the landing URL with an arrival token in the fragment', async () => {
    const { mail } = await begun(backend, { return_to: `${hostOrigin}/basket` })
    const opened = await open(backend, mail.token)
    assert.equal(opened.status, 303)
    assert.ok(opened.location.startsWith(`${landing}#linklatch=`))
    assert.match(opened.arrival, /^[\w-]+\.[\w-]+\.[\w-]+$/)
    assert.equal(opened.headers.get('set-cookie'), null)
    assert.equal(opened.headers.get('referrer-policy'), 'no-referrer')
  })

  it('changes nothing, however often and with whatever it is visited', async () => {
    const { browser, mail, started } = await begun(backend)
    const before = await backend.services.store.signIns.get(started.id)
    for (let visits = 0; visits < 20; visits += 1) await open(backend, mail.token)
    await open(backend, mail.token, 'HEAD')
    await call(backend, 'GET', `/link?token=${mail.token}`, { headers: { 'Sec-Purpose': 'prefetch' } })
    await call(backend, 'GET', `/approve?token=${mail.token}`)
    assert.deepEqual(await backend.services.store.signIns.get(started.id), before)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier })).status, 401)
  })

  it('shows the approve page to a browser without V, with no script and no frame around it', async () => {
    const { mail, email } = await begun(backend)
    const { arrival } = await open(backend, mail.token)
    const page = await call(backend, 'GET', `/approve?token=${arrival}`)
    assert.equal(page.status, 200)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /form-action 'self' https:\/\/shop\.example/)
    assert.doesNotMatch(policy, /script-src|unsafe/)
    assert.match(page.text, /name="number"/)
    assert.match(page.text, /value="there"/)
    assert.match(page.text, /value="here"/)
    assert.match(page.text, /value="reject"/)
    assert.ok(page.text.includes(email))
  })

  it('says that it was used, cancelled, rejected, moved or has expired', async () => {
    const used = await begun(backend)
    await used.browser.claimed({ sign_in: used.started.id, verifier: used.browser.verifier, code: used.mail.code })
    const cancelled = await begun(backend)
    await cancelled.browser.bridgePost(`/v1/sign-ins/${cancelled.started.id}/cancel`, { verifier: cancelled.browser.verifier })
    const rejected = await begun(backend)
    await press(backend, rejected.mail.token, 'reject')
    const moved = await begun(backend)
    await press(backend, moved.mail.token, 'here')
    const expired = await begun(backend)
    for (const { mail } of [used, cancelled, rejected, moved]) assert.equal((await open(backend, mail.token)).status, 410)
    backend.clock.forward(601)
    assert.equal((await open(backend, expired.mail.token)).status, 410)
    backend.clock.forward(-601)
  })

  it('answers 400 for what was never signed here, even long past its end', async () => {
    const { mail } = await begun(backend)
    const [head = '', payload = '', signature = ''] = mail.token.split('.')
    const longGone = Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), exp: 1 })).toString('base64url')
    for (const token of ['', 'x', `${head}.${payload}.`, `${head}.${payload}.${[...signature].reverse().join('')}`, `${head}.${longGone}.${signature}`]) {
      const opened = await open(backend, token)
      assert.equal(opened.status, 400, token)
      assert.equal(opened.location, '')
    }
  })

  it('finds nothing at another site than the one that the sign-in was begun at', async () => {
    const { started } = await begun(backend)
    const signIn = (await backend.services.store.signIns.get(started.id)) ?? assert.fail('gone')
    const other = await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    const { linkTokens } = backend.services
    assert.equal((await open(backend, linkTokens.link({ ...signIn, siteId: other.id }))).status, 410)
    assert.equal((await open(backend, linkTokens.link(signIn))).status, 303)
  })

  it('refuses an arrival token where a mailed link is due', async () => {
    const { mail } = await begun(backend)
    const { arrival } = await open(backend, mail.token)
    assert.equal((await open(backend, arrival)).status, 400)
  })

  it('goes nowhere but to the configured landing URL: without one it shows the approve page', async () => {
    const other = await testBackend({ site: { landing_urls: [] } })
    try {
      await visitor(other).started('anna@example.com')
      const mail = await mailTo(other, 'anna@example.com')
      const opened = await open(other, mail.token)
      assert.equal(opened.status, 200)
      assert.doesNotMatch(opened.text, /value="here"/)
    } finally {
      await other.dispose()
    }
  })

  it('is refused inside a frame', async () => {
    const { mail } = await begun(backend)
    const answer = await call(backend, 'GET', `/approve?token=${mail.token}`, { headers: { 'Sec-Fetch-Dest': 'iframe' } })
    assert.equal(answer.status, 403)
  })
})
