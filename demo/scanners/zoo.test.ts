/**
 * The scanner zoo, over HTTP. Each scanner acts on the real mail of a real backend. Afterwards the browser that asked is not signed in,
 * nobody has a session, and the person's own way still works or the first screen says at once why not.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../../backend/testing/backend.ts'
import { call, open, press } from '../../backend/testing/visitor.ts'
import { mailed, nobodyIsIn, remains, ways, type Scene } from './mailed.ts'
import { gateways, scanners } from './zoo.ts'

const limits = 'start.address=1000/600,start.address_ip=1000/600,start.ip=100000/600,start.site=100000/600,streams.ip=1000'
const browserHeaders = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

let backend: TestBackend
const scenes: Scene[] = []
before(async () => {
  backend = await testBackend({ env: { LINKLATCH_LIMITS: limits } })
})
after(async () => {
  for (const { screen } of scenes) screen.close()
  await backend.dispose()
})

async function scene(): Promise<Scene> {
  const made = await mailed(backend)
  scenes.push(made)
  return made
}

for (const [name, does, leaves] of scanners) {
  const { says, goesOn, check } = remains[leaves]
  describe(name, () => {
    it(says, async () => {
      const found = await scene()
      await does(found.mail, found)
      await nobodyIsIn(found)
      await check(found)
    })

    for (const [way, take] of goesOn ? Object.entries(ways) : []) {
      it(`does not stand in the way of the person who ${way}`, async () => {
        const found = await scene()
        await does(found.mail, found)
        await take(found)
        assert.equal((await found.person.browser.current()).status, 200)
      })
    }
  })
}

describe('a mail gateway that rewrites the link', () => {
  for (const [what, rewrite, leads] of gateways) {
    it(`and ${what} ${leads ? 'still leads on' : 'leads to a page that says what to do'}; nothing is burnt`, async () => {
      const found = await scene()
      const { link, token } = found.mail
      const answer = await found.mail.visit(rewrite(link, token), { headers: browserHeaders })
      if (leads) assert.equal(answer.status, 303)
      else assertHelpfulPage(answer)
      await nobodyIsIn(found)
      await remains.everything.check(found)
      await ways['opens the link in the browser that asked'](found)
    })
  }

  it('and asks through a proxy, by the whole address, still leads on', async () => {
    const found = await scene()
    assert.equal((await found.mail.ask({ path: found.mail.link })).status, 303)
    assert.equal((await found.mail.ask({ path: found.mail.link, headers: { Host: 'AUTH.EXAMPLE.COM:443' } })).status, 303)
    await remains.everything.check(found)
  })
})

function assertHelpfulPage({ status, headers, text }: { status: number; headers: object; text: string }): void {
  assert.ok([400, 404, 410].includes(status), String(status))
  const { 'content-type': type, 'content-security-policy': policy } = headers as Record<string, string>
  assert.match(type ?? '', /^text\/html/)
  assert.match(policy ?? '', /frame-ancestors 'none'/)
  assert.match(text, /open the (?:whole )?link (?:from|in) the mail/)
}

describe('a proxy that replays every request it saw', () => {
  it('on the way to the first screen gets no second session, and ends none', async () => {
    const { person, screen } = await scene()
    const { browser, started, mail, email } = person
    const form = (number: string) => press(backend, mail.token, 'there', number)
    assert.equal((await form(started.number)).status, 200)
    await screen.until('state', 'approved')
    const claim = { sign_in: started.id, verifier: browser.verifier }
    await browser.claimed(claim)
    const replays = [
      await open(backend, mail.token),
      await call(backend, 'GET', `/approve?token=${mail.token}`),
      await form(started.number),
      await press(backend, mail.token, 'here'),
      await press(backend, mail.token, 'reject'),
    ]
    assert.deepEqual(replays.map(({ status }) => status), [410, 410, 410, 410, 410])
    assert.ok(replays.every(({ headers }) => headers.getSetCookie().length === 0))
    // What carries V is answered again, with the same session, for a minute: the first answer may have been lost.
    assert.equal((await browser.claim(claim)).status, 200)
    assert.equal(await sessionsOf(email), 1)
    backend.clock.forward(61)
    assert.equal((await browser.claim(claim)).status, 401)
    assert.equal((await browser.current()).status, 200)
  })

  it('on the way to the link’s browser gets no second session by its handoff', async () => {
    const { person: { mail, email, browser } } = await scene()
    const { handoff } = await press(backend, mail.token, 'here')
    await browser.claimed({ handoff })
    const replays = [await browser.claim({ handoff }), await press(backend, mail.token, 'here'), await open(backend, mail.token)]
    assert.deepEqual(replays.map(({ status }) => status), [401, 410, 410])
    assert.equal(await sessionsOf(email), 1)
  })

  it('of what a scanner was answered, before anybody pressed, gets nothing', async () => {
    const found = await scene()
    const { arrival } = await open(backend, found.mail.token)
    for (const token of [arrival, found.mail.token]) {
      for (const headers of [{}, browserHeaders]) await found.mail.visit(`/approve?token=${token}`, { headers })
    }
    await nobodyIsIn(found)
    await remains.everything.check(found)
  })

  async function sessionsOf(email: string): Promise<number> {
    const { users, sessions } = backend.services.store
    const user = await users.findByAddress(backend.site.id, email)
    return user ? (await sessions.ofUser(backend.site.id, user.id)).length : 0
  }
})

describe('the nearest neighbours of scanners', () => {
  it('a person who presses “here” has the session there, and the first screen has none', async () => {
    const { person, screen } = await scene()
    const { handoff } = await press(backend, person.mail.token, 'here')
    await screen.until('state', 'moved')
    const phone = (await scene()).person.browser
    await phone.claimed({ handoff })
    assert.equal((await phone.current()).status, 200)
    assert.equal((await person.browser.current()).status, 401)
  })

  it('a person who types the number with spaces around it is taken at their word', async () => {
    const { person, screen } = await scene()
    assert.equal((await press(backend, person.mail.token, 'there', ` ${person.started.number} `)).status, 200)
    await screen.until('state', 'approved')
  })
})
