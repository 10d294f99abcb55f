/** R92: whoever uses up the mails of an address keeps none from a browser in which that person has signed in. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSite } from '../sites/manage-sites.ts'
import { observeStore } from '../store/observed.ts'
import { markSeconds } from '../tokens/browser-mark.ts'
import { adminToken, hostOrigin, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, visitor } from '../testing/visitor.ts'

const limits = 'start.address=5/600,start.address_ip=3/600,start.ip=1000/600,start.site=10000/600'
type Browser = ReturnType<typeof visitor>

describe('a browser in which the person has signed in', () => {
  let backend: TestBackend
  let people = 0
  before(async () => void (backend = await testBackend({ env: { LINKLATCH_LIMITS: limits, LINKLATCH_PROXY_HOPS: '1' } })))
  after(() => backend.dispose())

  let networks = 0
  const network = () => ({ 'X-Forwarded-For': `2001:db8:${(networks += 1).toString(16)}::1` })
  const startAt = async (site: { id: string }, origin: string, browser: Browser, email: string, from = network()) => {
    const answer = await call(backend, 'POST', '/v1/sign-ins', { body: { site: site.id, email, challenge: browser.challenge }, headers: { Origin: origin, ...from } })
    assert.equal(answer.status, 202)
    return String(answer.json.id)
  }
  const start = (browser: Browser, email: string, from = network()) => startAt(backend.site, hostOrigin, browser, email, from)
  const vouch = (browser: Browser, id: string, headers: Record<string, string> = {}) => browser.bridgePost(`/v1/sign-ins/${id}/vouch`, { verifier: browser.verifier }, headers)
  const statusOf = async (id: string) => (await backend.services.store.signIns.get(id))?.delivery.status
  const mailsTo = (email: string) => backend.inbox.letters().filter(({ to }) => to === email).length
  const nameOfMark = () => `__Host-mark-linklatch-${backend.site.id}`
  const markIn = (browser: Browser) => browser.jar.get(nameOfMark()) ?? assert.fail('no mark')
  const holding = (mark: string): Browser => {
    const browser = visitor(backend)
    browser.jar.set(nameOfMark(), mark)
    return browser
  }
  const signIn = async (browser: Browser, email = `anna${(people += 1)}@example.com`) => {
    const had = mailsTo(email)
    const id = await start(browser, email)
    const { code } = await mailTo(backend, email, had + 1)
    const { user, access_token } = await browser.claimed({ sign_in: id, verifier: browser.verifier, code })
    return { email, userId: user.id, token: access_token }
  }
  /** From two networks, three mails and two, until nothing is left. */
  const useUp = async (email: string) => {
    backend.clock.forward(601)
    const had = mailsTo(email)
    const [one, other] = [network(), network()]
    for (const from of [one, one, one, other, other]) await start(visitor(backend), email, from)
    await mailTo(backend, email, had + 5)
    const id = await start(visitor(backend), email)
    assert.equal(await statusOf(id), 'deferred')
  }
  /** What becomes of a start by `browser` when strangers have used up the budget. */
  const putOffThenVouched = async (browser: Browser, email: string, headers: Record<string, string> = {}) => {
    const id = await start(browser, email)
    assert.equal(await statusOf(id), 'deferred')
    const answer = await vouch(browser, id, headers)
    return { id, status: answer.status, text: answer.text, delivery: await statusOf(id) }
  }
  const isOwed = (delivery: string | undefined) => delivery === 'queued' || delivery === 'sent'

  it('gets its mail when two networks have used up the address’s, and a new one does not', async () => {
    const browser = visitor(backend)
    const { email } = await signIn(browser)
    await useUp(email)
    const had = mailsTo(email)
    const mine = await putOffThenVouched(browser, email)
    assert.deepEqual([mine.status, mine.text, isOwed(mine.delivery)], [204, '', true])
    const { code } = await mailTo(backend, email, had + 1)
    assert.equal((await browser.claim({ sign_in: mine.id, verifier: browser.verifier, code })).status, 200)
    const fresh = await putOffThenVouched(visitor(backend), email)
    assert.deepEqual([fresh.status, fresh.text, fresh.delivery], [204, '', 'deferred'])
  })

  it('gets a cookie for it that no script reads, from a claim and from nothing else', async () => {
    const browser = visitor(backend)
    const { email, token } = await signIn(browser)
    assert.match(markIn(browser), /^[\w-]{22}\.\d+\.[\w-]{43}$/)
    const id = await start(browser, email)
    for (const answer of [await vouch(browser, id), await browser.refresh(), await browser.current(), await browser.end()]) {
      assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith(nameOfMark())))
    }
    const { code } = await mailTo(backend, email, 2)
    const claim = await browser.claim({ sign_in: id, verifier: browser.verifier, code })
    const [line = ''] = claim.headers.getSetCookie().filter((each) => each.startsWith(nameOfMark()))
    assert.match(line, new RegExp(`; Max-Age=${markSeconds}; Path=/; HttpOnly; Secure; (Partitioned; SameSite=None|SameSite=None; Partitioned)$`))
    const repeat = await browser.claim({ sign_in: id, verifier: browser.verifier, code })
    assert.deepEqual(repeat.headers.getSetCookie(), claim.headers.getSetCookie())
    assert.notEqual(token, '')
  })

  it('gets it after signing out too, but not after signing out everywhere', async () => {
    const browser = visitor(backend)
    const { email } = await signIn(browser)
    await browser.end()
    await useUp(email)
    assert.ok(isOwed((await putOffThenVouched(browser, email)).delivery))
    backend.clock.forward(601)
    await signIn(browser, email)
    await browser.end({ everywhere: true })
    await useUp(email)
    assert.equal((await putOffThenVouched(browser, email)).delivery, 'deferred')
  })

  it('gets three an hour, all such browsers six, and each of these mails is one in that mailbox', async () => {
    const browsers = [visitor(backend), visitor(backend), visitor(backend)]
    const email = `anna${(people += 1)}@example.com`
    for (const browser of browsers) await signIn(browser, email)
    await useUp(email)
    const had = mailsTo(email)
    const [one, two, late] = browsers as [Browser, Browser, Browser]
    const fiveTries = async (browser: Browser) => {
      const fates: string[] = []
      for (let tries = 0; tries < 5; tries += 1) fates.push(isOwed((await putOffThenVouched(browser, email)).delivery) ? 'mail' : 'none')
      return fates
    }
    for (const browser of [one, two]) assert.deepEqual(await fiveTries(browser), ['mail', 'mail', 'mail', 'none', 'none'])
    await mailTo(backend, email, had + 6)
    backend.clock.forward(2000)
    await useUp(email)
    assert.deepEqual(await fiveTries(late), ['none', 'none', 'none', 'none', 'none'])
    backend.clock.forward(500)
    await useUp(email)
    assert.deepEqual(await fiveTries(late), ['mail', 'mail', 'mail', 'none', 'none'], 'what the others used up cost it none of its own')
  })

  it('does nothing for a mail that is not put off, and nothing twice', async () => {
    const browser = visitor(backend)
    const { email } = await signIn(browser)
    const id = await start(browser, email)
    await mailTo(backend, email, 2)
    await vouch(browser, id)
    await useUp(email)
    const had = mailsTo(email)
    const late = await start(browser, email)
    const answers = await Promise.all(Array.from({ length: 6 }, () => vouch(browser, late)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [204])
    await mailTo(backend, email, had + 1)
    for (let tries = 0; tries < 2; tries += 1) assert.ok(isOwed((await putOffThenVouched(browser, email)).delivery), 'what six at once took is given back but for one')
    assert.equal((await putOffThenVouched(browser, email)).delivery, 'deferred')
    await mailTo(backend, email, had + 3)
  })

  it('gains nothing by a mark that is forged, another person’s, another site’s, expired or revoked', async () => {
    const browser = visitor(backend)
    const { email, userId } = await signIn(browser)
    const mark = markIn(browser)
    const stranger = visitor(backend)
    await signIn(stranger)
    const other = await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    const elsewhere = visitor({ url: backend.url, site: other })
    const there = await startAt(other, 'https://other.example', elsewhere, email)
    await elsewhere.claimed({ sign_in: there, verifier: elsewhere.verifier, code: (await mailTo(backend, email, 2)).code })
    const foreign = elsewhere.jar.get(`__Host-mark-linklatch-${other.id}`) ?? assert.fail('no mark there')
    const [id, issuedAt, mac = ''] = mark.split('.')
    const forged = [`${id}.${Number(issuedAt) + 9}.${mac}`, `${id?.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}.${issuedAt}.${mac}`, `${id}.${issuedAt}.${mac.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`]
    await useUp(email)
    for (const held of [...forged, markIn(stranger), foreign, browser.secret() ?? '', '', '~~~', 'x'.repeat(4000)]) {
      const { status, text, delivery } = await putOffThenVouched(holding(held), email)
      assert.deepEqual([status, text, delivery], [204, '', 'deferred'], held)
    }
    assert.ok(isOwed((await putOffThenVouched(holding(mark), email)).delivery), 'its nearest neighbour')
    const admin = (path: string) => call(backend, 'POST', `/admin/v1/sites/${backend.site.id}/users/${userId}${path}`, { headers: { Authorization: `Bearer ${adminToken}` } })
    assert.equal((await admin('/revoke')).status, 204)
    await useUp(email)
    assert.equal((await putOffThenVouched(browser, email)).delivery, 'deferred')
    await signIn(browser, (backend.clock.forward(601), email))
    backend.clock.forward(markSeconds)
    await useUp(email)
    assert.equal((await putOffThenVouched(browser, email)).delivery, 'deferred')
  })

  it('gets nothing for somebody who was blocked, also later, nor for somebody erased who comes again', async () => {
    const admin = (method: string, path: string, body?: object) => call(backend, method, `/admin/v1/sites/${backend.site.id}/users/${path}`, { ...(body && { body }), headers: { Authorization: `Bearer ${adminToken}` } })
    const browser = visitor(backend)
    const { email, userId } = await signIn(browser)
    await admin('PATCH', userId, { blocked: true })
    const starts = async () => {
      for (let tries = 0; tries < 5; tries += 1) await start(visitor(backend), email)
      return (await putOffThenVouched(browser, email)).delivery
    }
    assert.equal(await starts(), 'deferred')
    await admin('PATCH', userId, { blocked: false })
    backend.clock.forward(601)
    assert.equal(await starts(), 'deferred')
    const again = visitor(backend)
    const erased = await signIn(again)
    await admin('DELETE', erased.userId)
    await signIn(visitor(backend), erased.email)
    await useUp(erased.email)
    assert.equal((await putOffThenVouched(again, erased.email)).delivery, 'deferred')
  })

  it('keeps the marks of three people, and only the newest of each', async () => {
    const browser = visitor(backend)
    const emails = []
    for (let nth = 0; nth < 4; nth += 1) emails.push((await signIn(browser)).email)
    await signIn(browser, emails[3])
    assert.equal(markIn(browser).split('~').length, 3)
    for (const [nth, email] of emails.entries()) {
      await useUp(email)
      assert.equal(isOwed((await putOffThenVouched(browser, email)).delivery), nth > 0, email)
    }
  })

  it('is no session: its mark opens nothing else', async () => {
    const browser = visitor(backend)
    await signIn(browser)
    const thief = visitor(backend)
    thief.jar.set(`__Host-linklatch-${backend.site.id}`, markIn(browser))
    assert.deepEqual([(await thief.current()).status, (await thief.refresh()).status], [401, 401])
    assert.equal((await browser.current()).status, 200)
  })

  it('is asked only by the bridge, and only with V', async () => {
    const browser = visitor(backend)
    const { email } = await signIn(browser)
    await useUp(email)
    const id = await start(browser, email)
    const path = `/v1/sign-ins/${id}/vouch`
    assert.equal((await browser.bridgePost(path, { verifier: browser.verifier }, { 'Sec-Fetch-Site': 'cross-site' })).status, 403)
    assert.equal((await browser.bridgePost(path, { verifier: visitor(backend).verifier })).status, 401)
    assert.equal((await browser.bridgePost('/v1/sign-ins/nobody/vouch', { verifier: browser.verifier })).status, 401)
    assert.equal((await browser.bridgePost(path, { verifier: browser.verifier, mark: 'x' })).status, 400)
    assert.equal(await statusOf(id), 'deferred')
    await browser.bridgePost(`/v1/sign-ins/${id}/cancel`, { verifier: browser.verifier })
    assert.equal((await vouch(browser, id)).status, 401)
  })

  it('is answered alike for everybody: status, bytes, header fields, calls to the store', async () => {
    const real = backend.services.store
    const calls: string[] = []
    const holder = visitor(backend)
    const { email } = await signIn(holder)
    const blocked = (await signIn(visitor(backend))).email
    await backend.services.store.users.findByAddress(backend.site.id, blocked).then((user) => user && real.users.change(user.siteId, user.id, (found) => ({ ...(found && { next: { ...found, blocked: true as const } }), result: undefined })))
    const overBudget = (await signIn(visitor(backend))).email
    await useUp(overBudget)
    const seen: [string, unknown][] = []
    for (const [who, address] of Object.entries({ known: email, unknown: 'nobody-at-all@example.com', blocked, overBudget })) {
      // A stranger with a mark of his own, which is what he can have.
      const stranger = holding(markIn(holder).replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')))
      const id = await start(stranger, address)
      while (((await real.signIns.get(id))?.delivery.settled ?? 0) < 1) await new Promise((resolve) => setTimeout(resolve, 5))
      backend.services.store = observeStore(real, ({ operation }) => calls.push(operation))
      calls.length = 0
      const { status, text, headers } = await vouch(stranger, id)
      seen.push([who, { status, text, headers: [...headers].filter(([name]) => name !== 'date'), calls: calls.filter((operation) => operation !== 'sweep') }])
      backend.services.store = real
    }
    for (const [who, each] of seen) assert.deepEqual(each, seen[0]?.[1], who)
    assert.deepEqual((seen[0]?.[1] as { calls: string[] }).calls, ['signIns.get', 'users.findByAddress'])
  })
})
