import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hostOrigin, landing, publicUrl, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, open, press, pressed, visitor } from '../testing/visitor.ts'

describe('the press on the approve page', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const wrongFor = (number: string) => String((Number(number) + 1) % 100).padStart(2, '0')
  const stateOf = async (id: string) => (await backend.services.store.signIns.get(id))?.state

  it('approves by the right number, and only then does V claim', async () => {
    const { browser, started, mail } = await begun(backend)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier })).status, 401)
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 200)
    const session = await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
    assert.equal(session.token_type, 'Bearer')
  })

  it('takes the number without its leading zero', async () => {
    let begin = await begun(backend)
    while (!begin.started.number.startsWith('0')) begin = await begun(backend)
    assert.equal((await press(backend, begin.mail.token, 'there', begin.started.number.slice(1))).status, 200)
  })

  it('takes the number as keyboards of other scripts write it', async () => {
    for (const zero of ['０', '٠', '۰']) {
      const { started, mail } = await begun(backend)
      const typed = [...started.number].map((digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit))).join('')
      assert.equal((await press(backend, mail.token, 'there', ` ${typed} `)).status, 200, typed)
    }
  })

  it('gives one more try after a wrong number, then rejects', async () => {
    const { browser, started, mail } = await begun(backend)
    const wrong = wrongFor(started.number)
    assert.equal((await press(backend, mail.token, 'there', wrong)).status, 422)
    assert.equal(await stateOf(started.id), 'pending')
    assert.equal((await press(backend, mail.token, 'there', wrong)).status, 410)
    assert.equal(await stateOf(started.id), 'rejected')
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 410)
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code })).status, 401)
  })

  it('shows the form again for a missing or malformed number, and counts no try', async () => {
    const { browser, started, mail } = await begun(backend)
    for (const number of [undefined, '', 'ab', '123', '7 7']) {
      const again = await press(backend, mail.token, 'there', number)
      assert.equal(again.status, 422)
      assert.match(again.text, /id="number-error" role="alert">Type the two digits/)
      assert.match(again.text, /<input id="number"/)
    }
    assert.equal((await backend.services.store.signIns.get(started.id))?.numberTriesLeft, 2)
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 200)
    assert.equal((await press(backend, mail.token, 'there')).status, 409, 'once approved there is nothing to type any more')
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
    assert.equal((await press(backend, mail.token, 'there')).status, 410)
    assert.equal((await press(backend, 'nonsense', 'there')).status, 400)
  })

  it('leaves neither the number nor the page in the record', async () => {
    const { started, mail } = await begun(backend)
    const page = 'p'.repeat(22)
    assert.equal((await pressed(backend, { token: mail.token, page, choice: 'there', number: started.number })).status, 200)
    const { press: kept = '' } = (await backend.services.store.signIns.get(started.id)) ?? {}
    assert.match(kept, /^[\w-]{43}$/)
    assert.ok(!kept.includes(page))
  })

  it('takes no press without a choice', async () => {
    const { started, mail } = await begun(backend)
    for (const choice of ['', 'everywhere', 'there ']) assert.equal((await press(backend, mail.token, choice, started.number)).status, 400, choice)
    assert.equal(await stateOf(started.id), 'pending')
  })

  it('takes no press with a field that its page does not have, and counts no try', async () => {
    const { started, mail } = await begun(backend)
    const wrong = String((Number(started.number) + 1) % 100).padStart(2, '0')
    for (const name of ['x', '__proto__', 'Token', 'token[]']) {
      for (const choice of ['there', 'here', 'reject']) {
        const refused = await pressed(backend, { token: mail.token, choice, number: wrong, [name]: '1' })
        assert.deepEqual([refused.status, refused.json.errors], [400, [{ field: name, code: 'unknown_field' }]])
      }
    }
    assert.equal((await press(backend, mail.token, 'there', wrong)).status, 422)
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 200)
  })

  it('rejects by "this wasn’t me"', async () => {
    const { started, mail } = await begun(backend)
    assert.equal((await press(backend, mail.token, 'reject')).status, 200)
    assert.equal(await stateOf(started.id), 'rejected')
  })

  it('moves here: to the landing URL with a handoff, once; V gets nothing any more', async () => {
    const { browser, started, mail } = await begun(backend, { return_to: `${hostOrigin}/basket` })
    const here = await press(backend, mail.token, 'here')
    assert.equal(here.status, 303)
    assert.ok(here.location.startsWith(`${landing}#linklatch=`))
    assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code })).status, 401)
    const elsewhere = visitor(backend)
    assert.equal((await elsewhere.claim({ handoff: here.handoff })).status, 200)
    assert.equal((await elsewhere.claim({ handoff: here.handoff })).status, 401)
    assert.equal((await press(backend, mail.token, 'here')).status, 410)
  })

  it('lets a handoff live for 60 seconds, past the link’s own end too', async () => {
    const late = await begun(backend)
    backend.clock.forward(595)
    const here = await press(backend, late.mail.token, 'here')
    backend.clock.forward(50)
    assert.equal((await visitor(backend).claim({ handoff: here.handoff })).status, 200)
    const tooLate = await begun(backend)
    const moved = await press(backend, tooLate.mail.token, 'here')
    backend.clock.forward(61)
    assert.equal((await visitor(backend).claim({ handoff: moved.handoff })).status, 401)
  })

  it('does not offer "here" once approved', async () => {
    const { started, mail } = await begun(backend)
    await press(backend, mail.token, 'there', started.number)
    assert.equal((await press(backend, mail.token, 'here')).status, 409)
    assert.doesNotMatch((await call(backend, 'GET', `/approve?token=${mail.token}`)).text, /value="here"/)
    assert.equal((await press(backend, mail.token, 'reject')).status, 200)
  })

  it('works from an arrival token, and goes on working on that page after two minutes', async () => {
    const { started, mail } = await begun(backend)
    const { arrival } = await open(backend, mail.token)
    const page = await call(backend, 'GET', `/approve?token=${arrival}`)
    backend.clock.forward(150)
    const token = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    assert.equal((await press(backend, arrival, 'there', started.number)).status, 410)
    assert.equal((await press(backend, token, 'there', started.number)).status, 200)
  })

  it('takes a press from its own page alone', async () => {
    const { started, mail } = await begun(backend)
    const refused: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'same-site', Origin: publicUrl },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'null' },
      {},
    ]
    for (const headers of refused) assert.equal((await press(backend, mail.token, 'there', started.number, headers)).status, 403)
    assert.equal(await stateOf(started.id), 'pending')
    assert.equal((await press(backend, mail.token, 'there', started.number, { Origin: publicUrl })).status, 200)
  })

  it('approves once, whatever happens at the same moment', async () => {
    const { browser, started, mail } = await begun(backend)
    const presses = await Promise.all(Array.from({ length: 50 }, () => press(backend, mail.token, 'there', started.number)))
    assert.equal(presses.filter(({ status }) => status === 200).length, 1)
    assert.equal(presses.filter(({ status }) => status === 409).length, 49)
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
  })

  it('gives at most one session when approval, "here", code and rejection meet', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { browser, started, mail, email } = await begun(backend)
      const elsewhere = visitor(backend)
      const take = async () => {
        const { handoff } = await press(backend, mail.token, 'here')
        if (handoff) await elsewhere.claim({ handoff })
      }
      await Promise.all([
        take(),
        press(backend, mail.token, 'there', started.number),
        browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code }),
        browser.claim({ sign_in: started.id, verifier: browser.verifier }),
        press(backend, mail.token, 'reject'),
      ])
      const user = await backend.services.store.users.findByAddress(backend.site.id, email)
      const sessions = user ? await backend.services.store.sessions.ofUser(backend.site.id, user.id) : []
      assert.ok(sessions.length <= 1)
    }
  })
})

describe('the very same press once more, by a double click or a reload', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const wrongFor = (number: string) => String((Number(number) + 1) % 100).padStart(2, '0')
  const idIn = (text: string) => /name="page" value="([^"]+)"/.exec(text)?.[1] ?? assert.fail('no page id')

  /** A sign-in with its approve page open: what a form of that page sends. */
  async function opened() {
    const begin = await begun(backend)
    const form = async () => ({ token: begin.mail.token, page: idIn((await call(backend, 'GET', `/approve?token=${begin.mail.token}`)).text) })
    return { ...begin, form, fields: await form(), signIn: async () => (await backend.services.store.signIns.get(begin.started.id)) ?? assert.fail('no sign-in') }
  }
  const twice = async (fields: Record<string, string>) => [await pressed(backend, fields), await pressed(backend, fields)] as const

  it('gives the same handoff again, which is good once', async () => {
    const { fields } = await opened()
    const [one, other] = await twice({ ...fields, choice: 'here' })
    assert.deepEqual([one.status, other.status], [303, 303])
    assert.equal(one.location, other.location)
    assert.deepEqual((await Promise.all([visitor(backend).claim({ handoff: one.handoff }), visitor(backend).claim({ handoff: other.handoff })])).map(({ status }) => status).sort(), [200, 401])
    assert.equal((await pressed(backend, { ...fields, choice: 'here' })).status, 410, 'spent')
  })

  it('gives it to no other page, to none without an id, and after ten seconds to nobody', async () => {
    const { fields, form } = await opened()
    const other = await form()
    const here = await pressed(backend, { ...fields, choice: 'here' })
    assert.equal((await pressed(backend, { ...other, choice: 'here' })).status, 410)
    assert.equal((await press(backend, fields.token, 'here')).status, 410)
    assert.equal((await press(backend, fields.token, 'there', '07')).status, 410)
    backend.clock.forward(9)
    assert.equal((await pressed(backend, { ...fields, choice: 'here' })).location, here.location)
    backend.clock.forward(1)
    assert.equal((await pressed(backend, { ...fields, choice: 'here' })).status, 410)
    assert.equal((await visitor(backend).claim({ handoff: here.handoff })).status, 200)
  })

  it('gives one handoff to all that come at the same moment, and one session', async () => {
    const { fields, started } = await opened()
    const presses = await Promise.all(Array.from({ length: 20 }, () => pressed(backend, { ...fields, choice: 'here' })))
    assert.deepEqual(new Set(presses.map(({ status, handoff }) => `${status} ${handoff}`)).size, 1)
    const claims = await Promise.all(presses.map(({ handoff }) => visitor(backend).claim({ handoff })))
    assert.equal(claims.filter(({ status }) => status === 200).length, 1)
    assert.equal((await backend.services.store.signIns.get(started.id))?.state, 'moved')
  })

  it('is no second try with a wrong number, one after another or at once; on the page that said so it is', async () => {
    const { fields, started, signIn, form } = await opened()
    const wrong = { choice: 'there', number: wrongFor(started.number) }
    const presses = await Promise.all(Array.from({ length: 20 }, () => pressed(backend, { ...fields, ...wrong })))
    for (const answer of [...presses, ...(await twice({ ...fields, ...wrong }))]) {
      assert.equal(answer.status, 422)
      assert.notEqual(idIn(answer.text), fields.page)
    }
    assert.equal((await signIn()).numberTriesLeft, 1)
    assert.equal((await pressed(backend, { ...(await form()), ...wrong })).status, 410)
    assert.equal((await signIn()).state, 'rejected')
  })

  it('says the same of "this wasn’t me", one after another or at once; a wrong number twice is told as what it was', async () => {
    const { fields, form } = await opened()
    const presses = await Promise.all(Array.from({ length: 5 }, () => pressed(backend, { ...fields, choice: 'reject' })))
    const heading = (text: string) => /<h1.*<\/h1>/s.exec(text)?.[0]
    assert.deepEqual(new Set([...presses, ...(await twice({ ...fields, choice: 'reject' }))].map(({ status, text }) => `${status} ${heading(text)}`)).size, 1)
    assert.equal(presses[0]?.status, 200)
    assert.equal((await press(backend, fields.token, 'reject')).status, 410)
    assert.equal((await pressed(backend, { ...fields, choice: 'here' })).status, 410)
    await assert.rejects(form(), /no page id/)
    const other = await opened()
    const wrong = wrongFor(other.started.number)
    await pressed(backend, { ...other.fields, choice: 'there', number: wrong })
    for (const { status } of await twice({ ...other.fields, choice: 'there', number: wrongFor(wrong) })) assert.equal(status, 410)
  })

  it('is a second try with another wrong number, from the same page too', async () => {
    const { fields, started, signIn } = await opened()
    const wrong = wrongFor(started.number)
    assert.equal((await pressed(backend, { ...fields, choice: 'there', number: wrong })).status, 422)
    assert.equal((await pressed(backend, { ...fields, choice: 'there', number: wrongFor(wrong) })).status, 410)
    assert.equal((await signIn()).state, 'rejected')
  })

  it('says that it is approved, also where the first screen has gone on meanwhile', async () => {
    const { fields, started, browser, mail } = await opened()
    const right = { ...fields, choice: 'there', number: started.number }
    const [one, other] = await twice(right)
    assert.deepEqual([one.status, other.status], [200, 200])
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
    const after = await pressed(backend, right)
    assert.equal(after.status, 200)
    assert.equal(/<h1.*<\/h1>/s.exec(after.text)?.[0], /<h1.*<\/h1>/s.exec(one.text)?.[0])
    assert.doesNotMatch(after.text, /value="reject"/, 'there is nothing to stop any more')
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 410)
    backend.clock.forward(10)
    assert.equal((await pressed(backend, right)).status, 410)
  })
})
