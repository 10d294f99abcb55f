import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Problem } from '../problems.ts'
import { hostOrigin, publicUrl, testBackend, type TestBackend } from '../testing/backend.ts'
import { dpopKey } from '../testing/dpop.ts'
import { begun, call, mailTo, open, press, visitor, type Visitor } from '../testing/visitor.ts'

describe('claiming a session', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const withCodes = async (more: object = {}) => {
    const begin = await begun(backend, more)
    const wrongCode = String((Number(begin.mail.code) + 1) % 1_000_000).padStart(6, '0')
    return { ...begin, wrongCode, withV: { sign_in: begin.started.id, verifier: begin.browser.verifier } }
  }
  const sessionsOf = async (email: string) => {
    const user = await backend.services.store.users.findByAddress(backend.site.id, email)
    return user ? backend.services.store.sessions.ofUser(backend.site.id, user.id) : []
  }

  it('gives by the code a token that any server verifies from the JWKS, and the cookie', async () => {
    const { email, browser, mail, withV } = await withCodes()
    const answer = await browser.claim({ ...withV, code: ` ${mail.code.slice(0, 3)}-${mail.code.slice(3)} ` })
    assert.equal(answer.status, 200)
    const keys = createRemoteJWKSet(new URL(`${backend.url}/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(String(answer.json.access_token), keys, { issuer: publicUrl, audience: backend.site.id, typ: 'at+jwt', algorithms: ['ES256'] })
    assert.equal(payload.email, email)
    assert.equal(payload.email_verified, true)
    assert.deepEqual(payload.amr, ['otp'])
    assert.deepEqual(payload.roles, [])
    assert.equal(payload.client_id, backend.site.id, 'RFC 9068, section 2.2: strict verifiers ask for it')
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 300)
    assert.ok(protectedHeader.kid)
    const cookie = answer.headers.getSetCookie()[0] ?? ''
    assert.match(cookie, new RegExp(`^__Host-linklatch-${backend.site.id}=`))
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=None', 'Partitioned', 'Path=/', 'Max-Age=1209']) assert.ok(cookie.includes(attribute), attribute)
    assert.doesNotMatch(cookie, /Domain/i)
    assert.equal(answer.json.refresh_token, undefined)
  })

  it('begins each session under an id of its own, that nobody knew before', async () => {
    const sids = []
    for (const { mail, browser, started, withV } of [await withCodes(), await withCodes()]) {
      const { access_token } = await browser.claimed({ ...withV, code: mail.code })
      const { sid } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
      assert.notEqual(sid, started.id)
      assert.match(sid, /^[\w-]{22}$/)
      sids.push(sid)
    }
    assert.notEqual(sids[0], sids[1])
  })

  it('puts nobody into a stranger’s account in place of their own by a handoff, and spends nothing', async () => {
    const anna = await withCodes()
    await anna.browser.claimed({ ...anna.withV, code: anna.mail.code })
    const mallory = await withCodes()
    const { handoff } = await press(backend, mallory.mail.token, 'here')
    assert.equal((await anna.browser.claim({ handoff })).json.code, 'other_session')
    assert.deepEqual(backend.events.slice(-1).map(({ event, why }) => [event, why]), [['session.claim_refused', 'other_session']])
    assert.equal((await anna.browser.refresh()).status, 200)
    assert.equal((await visitor(backend).claim({ handoff })).status, 200)
    const again = await mailTo(backend, (await anna.browser.started(anna.email), anna.email), 2)
    assert.equal((await anna.browser.claim({ handoff: (await press(backend, again.token, 'here')).handoff })).status, 200, 'the same person again')
  })

  it('gives by the arrival in the same browser, with no press at all', async () => {
    const { browser, mail } = await withCodes({ return_to: `${hostOrigin}/basket?x=1` })
    const { arrival } = await open(backend, mail.token)
    const answer = await browser.claim({ arrival, verifier: browser.verifier })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.return_to, `${hostOrigin}/basket?x=1`)
    assert.equal((await open(backend, mail.token)).status, 410)
  })

  it('spends a proof on what it accepts alone, and takes it once', async () => {
    const key = await dpopKey(backend)
    const { browser, mail, wrongCode, withV } = await withCodes()
    const headers = { DPoP: await key.proof('POST', '/v1/sessions') }
    const refusals = [{ ...withV, verifier: 'x'.repeat(43) }, { ...withV }, { ...withV, code: wrongCode }]
    for (const body of refusals) assert.equal((await browser.claim(body, headers)).json.code, 'invalid_grant')
    const right = { ...withV, code: mail.code }
    assert.equal((await browser.claim(right, headers)).status, 200)
    assert.equal((await browser.claim(right, headers)).json.code, 'invalid_dpop_proof')
    assert.equal((await browser.claim(right, { DPoP: await key.proof('POST', '/v1/sessions') })).status, 200)
  })

  it('begins nothing with a proof that was spent', async () => {
    const key = await dpopKey(backend)
    const headers = { DPoP: await key.proof('POST', '/v1/sessions') }
    const first = await withCodes()
    assert.equal((await first.browser.claim({ ...first.withV, code: first.mail.code }, headers)).status, 200)
    const { email, browser, mail, withV } = await withCodes()
    assert.equal((await browser.claim({ ...withV, code: mail.code }, headers)).json.code, 'invalid_dpop_proof')
    assert.deepEqual(await sessionsOf(email), [])
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 200)
  })

  it('takes an empty proof for a bad one, and not for none', async () => {
    const { browser, mail, withV } = await withCodes()
    assert.equal((await browser.claim({ ...withV, code: mail.code }, { DPoP: '' })).json.code, 'invalid_dpop_proof')
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 200)
  })

  it('gives an arrival nothing without V', async () => {
    const { mail, started } = await withCodes()
    const { arrival } = await open(backend, mail.token)
    const stranger = visitor(backend)
    assert.equal((await stranger.claim({ arrival, verifier: stranger.verifier })).status, 401)
    assert.equal((await backend.services.store.signIns.get(started.id))?.state, 'pending')
  })

  it('burns nothing by a wrong verifier, with the right code or a wrong one', async () => {
    const { browser, started, mail, withV, wrongCode } = await withCodes()
    const stranger = visitor(backend)
    for (let tries = 0; tries < 8; tries += 1) {
      assert.equal((await stranger.claim({ sign_in: started.id, verifier: stranger.verifier, code: tries % 2 ? mail.code : wrongCode })).status, 401)
    }
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 200)
  })

  it('turns the code off after five wrong ones; the link still works', async () => {
    const { browser, mail, withV, wrongCode } = await withCodes()
    for (let tries = 0; tries < 5; tries += 1) assert.equal((await browser.claim({ ...withV, code: wrongCode })).status, 401)
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 401)
    const { arrival } = await open(backend, mail.token)
    assert.equal((await browser.claim({ arrival, verifier: browser.verifier })).status, 200)
  })

  it('takes the fifth code when the four before it were wrong', async () => {
    const { browser, mail, withV, wrongCode } = await withCodes()
    for (let tries = 0; tries < 4; tries += 1) await browser.claim({ ...withV, code: wrongCode })
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 200)
  })

  it('gives one session to fifty codes, claims and arrivals at once', async () => {
    const { email, browser, started, mail, withV } = await withCodes()
    const { arrival } = await open(backend, mail.token)
    await press(backend, mail.token, 'there', started.number)
    const bodies = [withV, { ...withV, code: mail.code }, { arrival, verifier: browser.verifier }]
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => call(backend, 'POST', '/v1/sessions', { body: bodies[index % 3], headers: { Origin: publicUrl } })))
    assert.equal((await sessionsOf(email)).length, 1)
    const cookies = new Set(answers.flatMap(({ headers }) => headers.getSetCookie()).map((line) => line.split(';')[0]))
    assert.equal(cookies.size, 2, 'one refresh secret, and one mark of the browser')
  })

  it('gives the one session to each of fifty right codes at once, and gives every try back', async () => {
    const { email, browser, mail, withV, wrongCode } = await withCodes()
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.claim({ ...withV, code: mail.code })))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal((await sessionsOf(email)).length, 1)
    const other = visitor(backend)
    const { id } = await other.started(email)
    const late = await mailTo(backend, email, 2)
    for (let tries = 0; tries < 4; tries += 1) await other.claim({ sign_in: id, verifier: other.verifier, code: wrongCode === late.code ? mail.code : wrongCode })
    assert.equal((await other.claim({ sign_in: id, verifier: other.verifier, code: late.code })).status, 200)
  })

  it('takes nothing from the address’s budget once the code is off', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'code.address=9/86400,start.address=100/600,start.address_ip=100/600' } })
    try {
      const first = await begun(narrow)
      const wrong = first.mail.code === '000000' ? '000001' : '000000'
      for (let tries = 0; tries < 12; tries += 1) await first.browser.claim({ sign_in: first.started.id, verifier: first.browser.verifier, code: wrong })
      const again = visitor(narrow)
      const { id } = await again.started(first.email)
      const { code } = await mailTo(narrow, first.email, 2)
      assert.equal((await again.claim({ sign_in: id, verifier: again.verifier, code })).status, 200)
    } finally {
      await narrow.dispose()
    }
  })

  it('lets parallel guesses of several sign-ins of one address have no more tries than its budget', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'code.address=7/86400,start.address=100/600,start.address_ip=100/600' } })
    try {
      const guesses = Array.from({ length: 3 }, async () => {
        const browser = visitor(narrow)
        const { id } = await browser.started('anna@example.com')
        return Array.from({ length: 20 }, () => browser.claim({ sign_in: id, verifier: browser.verifier, code: '000000' }))
      })
      await Promise.all((await Promise.all(guesses)).flat())
      assert.equal(narrow.events.filter(({ event }) => event === 'sign_in.wrong_code').length, 7)
    } finally {
      await narrow.dispose()
    }
  })

  it('repeats a claim by an arrival that has ended since, and takes an ended one for nothing else', async () => {
    const { email, browser, mail } = await withCodes()
    const { arrival } = await open(backend, mail.token)
    backend.clock.forward(100)
    await browser.claim({ arrival, verifier: browser.verifier })
    const secret = browser.secret()
    backend.clock.forward(40)
    assert.equal((await browser.claim({ arrival, verifier: browser.verifier })).status, 200)
    assert.equal(browser.secret(), secret)
    assert.equal((await sessionsOf(email)).length, 1)
    const other = await withCodes()
    const late = await open(backend, other.mail.token)
    backend.clock.forward(125)
    assert.equal((await other.browser.claim({ arrival: late.arrival, verifier: other.browser.verifier })).status, 401)
  })

  it('repeats the same session and cookie within 60 seconds, never a second one', async () => {
    const { email, browser, mail, withV } = await withCodes()
    await browser.claim({ ...withV, code: mail.code })
    const secret = browser.secret()
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 200)
    assert.equal(browser.secret(), secret)
    assert.equal((await sessionsOf(email)).length, 1)
    backend.clock.forward(61)
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 401)
  })

  it('tells of the session once, however often the claim is repeated', async () => {
    const { browser, started, mail, withV } = await withCodes()
    const { arrival } = await open(backend, mail.token)
    const bodies = [{ ...withV, code: mail.code }, { arrival, verifier: browser.verifier }]
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => browser.claim(bodies[index % 2] ?? {})))
    for (const body of bodies) answers.push(await browser.claim(body))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    const told = backend.events.filter(({ event, signInId }) => event === 'session.claimed' && signInId === started.id)
    assert.equal(told.length, 1)
    assert.equal(backend.events.filter(({ event, userId }) => event === 'user.created' && userId === told[0]?.userId).length, 1)
  })

  it('repeats nothing once the cookie has been rotated', async () => {
    const { browser, mail, withV } = await withCodes()
    await browser.claim({ ...withV, code: mail.code })
    assert.equal((await browser.refresh()).status, 200)
    assert.equal((await browser.claim({ ...withV, code: mail.code })).status, 401)
  })

  it('refuses every unlike request with 400, and counts no try', async () => {
    const { started, withV, browser } = await withCodes()
    for (const body of [{}, [], null, 'text', { ...withV, extra: 1 }, { ...withV, code: 123456 }, { ...withV, code: '12345' }, ...['x'.repeat(42), 'x'.repeat(129), 'é'.repeat(43), `${'x'.repeat(43)}\n`].map((verifier) => ({ ...withV, verifier })), { ...withV, keep: 'token' }, { ...withV, keep: 'cookie' }, { handoff: 'x' }, { handoff: 'a.b.c', verifier: browser.verifier }]) {
      assert.equal((await browser.claim(body as object)).status, 400, JSON.stringify(body))
    }
    assert.equal((await backend.services.store.signIns.get(started.id))?.codeTriesLeft, 5)
  })

  it('is for pages of this server alone', async () => {
    const { mail, withV } = await withCodes()
    const body = { ...withV, code: mail.code }
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site', Origin: hostOrigin }, { 'Sec-Fetch-Site': 'same-site', Origin: publicUrl }, { Origin: hostOrigin }, {}] as Record<string, string>[]) {
      assert.equal((await call(backend, 'POST', '/v1/sessions', { body, headers })).status, 403)
    }
    assert.equal((await call(backend, 'POST', '/v1/sessions', { body: JSON.stringify(body), headers: { 'Content-Type': 'text/plain', 'Sec-Fetch-Site': 'same-origin' } })).status, 415)
  })

  it('closes the code path past the address’s budget, and the link still works', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'code.address=3/86400,start.address=100/600,start.address_ip=100/600' } })
    try {
      const attacker = visitor(narrow)
      const { id } = await attacker.started('anna@example.com')
      for (let tries = 0; tries < 3; tries += 1) await attacker.claim({ sign_in: id, verifier: attacker.verifier, code: '000000' })
      const anna = visitor(narrow)
      const started = await anna.started('anna@example.com')
      const mail = await mailTo(narrow, 'anna@example.com', 2)
      assert.equal((await anna.claim({ sign_in: started.id, verifier: anna.verifier, code: mail.code })).status, 401)
      const { arrival } = await open(narrow, mail.token)
      assert.equal((await anna.claim({ arrival, verifier: anna.verifier })).status, 200)
    } finally {
      await narrow.dispose()
    }
  })

  it('closes the code path of a site past its budget, whoever guesses, and the links still work', async () => {
    const narrow = await testBackend({ env: { LINKLATCH_LIMITS: 'code.site=3/600' } })
    try {
      for (let guesser = 0; guesser < 3; guesser += 1) {
        const { browser, started, mail } = await begun(narrow)
        assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code === '000000' ? '000001' : '000000' })).status, 401)
      }
      const { browser, started, mail } = await begun(narrow)
      const right = { sign_in: started.id, verifier: browser.verifier, code: mail.code }
      assert.equal((await browser.claim(right)).status, 401)
      narrow.clock.forward(590)
      assert.equal((await browser.claim(right)).status, 401)
      const { arrival } = await open(narrow, mail.token)
      assert.equal((await browser.claim({ arrival, verifier: browser.verifier })).status, 200)
      narrow.clock.forward(11)
      const later = await begun(narrow)
      assert.equal((await later.browser.claim({ sign_in: later.started.id, verifier: later.browser.verifier, code: later.mail.code })).status, 200)
    } finally {
      await narrow.dispose()
    }
  })

  it('gives the same person the same user, and another site another one', async () => {
    const first = await withCodes()
    const one = await first.browser.claimed({ ...first.withV, code: first.mail.code })
    const again = visitor(backend)
    const started = await again.started(first.email)
    const mail = await mailTo(backend, first.email, 2)
    const two = await again.claimed({ sign_in: started.id, verifier: again.verifier, code: mail.code })
    assert.equal(two.user.id, one.user.id)
  })

  it('ends the session that its browser had before, whoever’s it was, and no other one', async () => {
    const { email, browser, withV, mail } = await withCodes()
    const elsewhere = visitor(backend)
    const signIn = async (who: Visitor, address: string, nth: number) => {
      const { id } = await who.started(address)
      const { code } = await mailTo(backend, address, nth)
      return { sign_in: id, verifier: who.verifier, code }
    }
    await browser.claimed({ ...withV, code: mail.code })
    const [first, cookie] = [visitor(backend), `__Host-linklatch-${backend.site.id}`]
    first.jar.set(cookie, browser.secret() ?? '')
    await elsewhere.claimed(await signIn(elsewhere, email, 2))
    const other = `other-${email}`
    const claim = await signIn(browser, other, 1)
    await browser.claimed(claim)
    assert.equal((await first.refresh()).status, 401)
    assert.equal((await elsewhere.refresh()).status, 200)
    await browser.claimed(claim)
    assert.equal((await browser.current()).status, 200, 'a repeat ended its own session')
    const { id } = (await backend.services.store.users.findByAddress(backend.site.id, email)) ?? assert.fail()
    assert.deepEqual(backend.events.filter(({ event, userId }) => event === 'session.ended' && userId === id).map(({ why }) => why), ['replaced'])
  })

  it('signs in also where the one before cannot be ended, and the log says so', async (test) => {
    const { browser, withV, mail, email } = await withCodes()
    await browser.claimed({ ...withV, code: mail.code })
    const { id } = await browser.started(email)
    const { code } = await mailTo(backend, email, 2)
    test.mock.method(backend.services.store.sessions, 'find', () => Promise.reject(new Problem('store_unavailable')), { times: 1 })
    assert.equal((await browser.claim({ sign_in: id, verifier: browser.verifier, code })).status, 200)
    assert.ok(backend.logged.some((line) => 'text' in line && line.text === 'the session that a browser had before could not be ended'))
    assert.equal((await sessionsOf(email)).length, 2)
    assert.equal((await browser.refresh()).status, 200)
  })

  it('leaves the session of a refused claim’s browser as it is, and one that a key holds', async () => {
    const { browser, withV, mail } = await withCodes()
    await browser.claimed({ ...withV, code: mail.code })
    assert.equal((await browser.claim({ sign_in: 'nosuch', verifier: browser.verifier })).status, 401)
    assert.equal((await browser.current()).status, 200)
    const bound = await withCodes()
    const key = await dpopKey(backend)
    bound.browser.jar.set(`__Host-linklatch-${backend.site.id}`, browser.secret() ?? '')
    const kept = await bound.browser.claim({ ...bound.withV, code: bound.mail.code, keep: 'token' }, { DPoP: await key.proof('POST', '/v1/sessions') })
    assert.equal(kept.status, 200)
    assert.equal((await browser.refresh()).status, 200)
  })
})
