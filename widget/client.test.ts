import { assert } from '@open-wc/testing'
import type { BridgeEars, BridgePlace, openBridge } from './bridge-client.ts'
import type { FromBridge, PageSession, ToBridge, Waiting } from './bridge-messages.ts'
import { Client } from './client.ts'
import { takeLanding } from './landing.ts'
import type { Page } from './page.ts'
import { Refusal } from './refusal.ts'

const server = 'https://auth.example.com'
const now = (): number => Math.floor(Date.now() / 1000)
const session = (seconds = 300): PageSession => ({ accessToken: `at${seconds}`, expiresAt: now() + seconds, user: { id: 'u1', email: 'ann@example.com', created_at: 1 } })
const waiting: Waiting = { id: 's1', address: 'ann@example.com', number: '07', expiresAt: now() + 600, resendAt: now() + 30, state: 'pending', delivery: 'sent' }
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

let posted: ToBridge[] = []
let closed = 0
let places: BridgePlace[] = []
let ears: BridgeEars
let attached = true
const open: typeof openBridge = (place, given) => {
  places.push(place)
  ears = given
  return { post: (message) => void posted.push(message), isAttached: () => attached, close: () => void closed++ }
}
const say = async (...messages: FromBridge[]): Promise<void> => {
  for (const message of messages) ears.heard(message)
  await settle()
}

let went: string[] = []
let comeBack = (): void => {}
let hint = false
function pageAt(href: string): Page {
  const url = new URL(href)
  return {
    location: { origin: url.origin, href: url.href },
    base: `${url.origin}/app/`,
    hint: () => hint,
    onReturn: (then) => { comeBack = then },
    remember: (signedIn) => { hint = signedIn },
    assign: (to) => void went.push(`goes to ${to}`),
    replace: (to) => void went.push(`leaves for ${to}`),
  }
}
function start(href = 'https://h.example/in'): Client {
  const client = new Client({ server }, pageAt(href), open)
  const history = { state: null, replaceState: () => {} }
  client.start(takeLanding({ location: new URL(href), history, performance: { getEntriesByType: () => [] } }))
  return client
}

const realFetch = window.fetch
let requests: { body: unknown; init: RequestInit }[] = []
function answer(status: number, body: object, headers = {}): void {
  window.fetch = (_, init = {}) => {
    requests.push({ init, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined })
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }))
  }
}
const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (thrown: unknown) => (thrown instanceof Refusal ? thrown.code : 'other'))

beforeEach(() => {
  posted = []
  closed = 0
  places = []
  went = []
  requests = []
  hint = false
  attached = true
  answer(202, { id: 's1', expires_in: 600, resend_in: 30, number: '07' })
})
afterEach(() => { window.fetch = realFetch })

describe('a page without a session', () => {
  it('shows the form at once, without waiting for the server', () => assert.strictEqual(start().state.phase.name, 'ask'))

  it('knows so when the bridge has said it', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: null })
    assert.isNull(await client.ready)
    assert.isNull(await client.getToken())
  })

  it('has no number to show where the site is strict', async () => {
    answer(202, { id: 's1', expires_in: 600, resend_in: 30, number: '07', strict: true })
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = client.signIn({ email: 'ann@example.com' })
    await settle()
    await say({ type: 'challenge', challenge: 'C' })
    assert.strictEqual((await asked).number, '')
    client.cancel()
  })

  it('starts a sign-in with the challenge of the bridge, without credentials, and lets the bridge listen', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = client.signIn({ email: ' ann@example.com ', redirectTo: '/account', locale: 'de-CH' })
    await settle()
    assert.deepEqual(posted, [{ type: 'prepare' }])
    await say({ type: 'challenge', challenge: 'C' })
    assert.include(await asked, { id: 's1', number: '07', address: 'ann@example.com' })
    assert.deepEqual(requests[0]?.body, { email: 'ann@example.com', return_to: 'https://h.example/account', locale: 'de-CH', challenge: 'C' })
    assert.strictEqual(requests[0]?.init.credentials, 'omit')
    assert.strictEqual(posted[1]?.type, 'watch')
    assert.strictEqual(client.state.phase.name, 'waiting')
    client.cancel()
  })

  it('asks again where the bridge has nothing that the link is tied to: the page threw its frame away while it was sent', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = client.signIn({ email: 'ann@example.com' })
    await settle()
    await say({ type: 'challenge', challenge: 'C' })
    await asked
    await say({ type: 'error', on: 'watch', code: 'invalid_grant' })
    assert.deepEqual(client.state.phase, { name: 'ask', address: 'ann@example.com' })
    assert.strictEqual(client.state.failure?.code, 'temporarily_unavailable')
  })

  it('goes where a relative address leads by the page’s own <base>, as its links do', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = client.signIn({ email: 'ann@example.com', redirectTo: 'account' })
    await settle()
    await say({ type: 'challenge', challenge: 'C' })
    await asked
    assert.include(requests[0]?.body, { return_to: 'https://h.example/app/account' })
    client.cancel()
  })

  for (const [request, refused] of [
    [{ email: '' }, 'invalid_address'], [{ email: 'nonsense' }, 'invalid_address'], [{ phone: 'x' }, 'invalid_phone'],
    [{ email: 'a@b.example', redirectTo: 'https://evil.example/' }, 'invalid_request'], [{ email: 'a@b.example', redirectTo: 'javascript:1' }, 'invalid_request'],
  ] as const) {
    it(`refuses ${JSON.stringify(request)} as ${refused} and sends nothing`, async () => {
      const client = start()
      assert.strictEqual(await code(client.signIn(request)), refused)
      assert.strictEqual(client.state.failure?.code, refused)
      assert.lengthOf(requests, 0)
    })
  }

  for (const [typed, sent] of [
    [{ email: '\u200eann@example.com\u200b ' }, { email: 'ann@example.com' }],
    [{ email: 'ａｎｎ＋1＠ｅｘａｍｐｌｅ。ｃｏｍ' }, { email: 'ann+1@example.com' }],
    [{ email: 'ann@bücher.example' }, { email: 'ann@bücher.example' }],
    [{ phone: '\u202a+49\u00a030\u2011901820\u202c' }, { phone: '+49 30-901820' }],
    [{ phone: '＋٤٩ ۳۰ ９０１８２０' }, { phone: '+49 30 901820' }],
  ] as const) {
    it(`sends what ${JSON.stringify(typed)} looks like`, async () => {
      const client = start()
      await say({ type: 'ready', site: 's' })
      const asked = client.signIn(typed)
      await settle()
      await say({ type: 'challenge', challenge: 'C' })
      await asked
      assert.deepEqual(requests[0]?.body, { ...sent, challenge: 'C' })
      client.cancel()
    })
  }

  it('leaves out a language that is none', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = client.signIn({ email: 'a@b.example', locale: 'en_US!' })
    await settle()
    await say({ type: 'challenge', challenge: 'C' })
    await asked
    assert.deepEqual(requests[0]?.body, { email: 'a@b.example', challenge: 'C' })
    client.cancel()
  })

  it('passes on a rate limit with the seconds to wait, and keeps the address', async () => {
    answer(429, { code: 'rate_limited' }, { 'retry-after': '42' })
    const client = start()
    await say({ type: 'ready', site: 's' })
    const asked = code(client.signIn({ email: 'a@b.example' }))
    await settle()
    await say({ type: 'challenge', challenge: 'C' })
    assert.strictEqual(await asked, 'rate_limited')
    assert.closeTo(client.state.failure?.retryAt ?? 0, now() + 42, 2)
    assert.deepEqual(client.state.phase, { name: 'ask', address: 'a@b.example' })
  })

  it('goes back to the form when the caller takes it back', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' })
    const taking = new AbortController()
    const asked = code(client.signIn({ email: 'a@b.example', signal: taking.signal }))
    await settle()
    taking.abort()
    await say({ type: 'challenge', challenge: 'C' })
    assert.strictEqual(await asked, 'other')
    assert.deepEqual(client.state.phase, { name: 'ask', address: 'a@b.example' })
    assert.lengthOf(requests, 0)
  })

  it('goes back to the form at once where the bridge is still awaited', async () => {
    const client = start()
    const taking = new AbortController()
    const asked = client.signIn({ email: 'a@b.example', signal: taking.signal }).then(() => 'sent', (reason: unknown) => reason)
    await settle()
    taking.abort('no more')
    assert.strictEqual(await asked, 'no more')
    assert.deepEqual(client.state.phase, { name: 'ask', address: 'a@b.example' })
  })

  it('disturbs nothing when the caller took it back before', async () => {
    const client = start()
    await say({ type: 'ready', site: 's', waiting }, { type: 'session', session: null })
    assert.strictEqual(await code(client.signIn({ email: 'a@b.example', signal: AbortSignal.abort() })), 'other')
    assert.strictEqual(client.state.phase.name, 'waiting')
    assert.lengthOf(posted, 0)
    client.cancel()
  })
})

describe('a sign-in that waits', () => {
  const wait = async (): Promise<Client> => {
    const client = start()
    await say({ type: 'ready', site: 's', waiting }, { type: 'session', session: null })
    return client
  }

  it('is shown again after a reload', async () => {
    const client = await wait()
    assert.strictEqual(client.state.phase.name, 'waiting')
    client.cancel()
    assert.strictEqual(posted.at(-1)?.type, undefined)
    await settle()
    assert.deepEqual(posted.at(-1), { type: 'cancel' })
  })

  for (const refused of ['invalid_grant', 'invalid_request']) {
    it(`says of a code that A refuses with ${refused} that it is wrong, and goes on waiting`, async () => {
      const client = await wait()
      const entered = code(client.enterCode('12'))
      await settle()
      await say({ type: 'error', on: 'claim', code: refused })
      assert.strictEqual(await entered, 'wrong_code')
      assert.include(client.state.phase, { name: 'waiting', checking: false })
      client.cancel()
    })
  }

  it('shows nothing of a code whose answer comes after the person has given up', async () => {
    const client = await wait()
    const entered = code(client.enterCode('12'))
    await settle()
    client.cancel()
    await say({ type: 'error', on: 'claim', code: 'temporarily_unavailable' })
    assert.strictEqual(await entered, 'temporarily_unavailable')
    assert.isUndefined(client.state.failure)
  })

  it('becomes a session, and goes where the person was going', async () => {
    const client = await wait()
    await say({ type: 'state', id: 's1', state: 'approved' }, { type: 'session', session: session(), kept: 'cookie', returnTo: 'https://h.example/account' })
    assert.strictEqual(client.session?.user.email, 'ann@example.com')
    assert.deepEqual(went, ['goes to https://h.example/account'])
    assert.isTrue(hint)
  })

  it('goes nowhere else', async () => {
    await wait()
    for (const returnTo of ['https://evil.example/', 'javascript:alert(1)', 'https://h.example/in']) await say({ type: 'session', session: session(), returnTo })
    assert.deepEqual(went, [])
  })

  it('ignores what is said of another sign-in', async () => {
    const client = await wait()
    await say({ type: 'state', id: 'other', state: 'rejected' })
    assert.strictEqual(client.state.phase.name, 'waiting')
    await say({ type: 'state', id: 's1', state: 'rejected' })
    assert.deepInclude(client.state.phase, { name: 'ended', why: 'rejected', address: 'ann@example.com' })
  })
})

describe('a landing', () => {
  const token = (typ: string): string => `${btoa(JSON.stringify({ typ }))}.e30.x`.replaceAll('=', '')
  const arrive = async (typ = 'arrival+jwt'): Promise<Client> => {
    const client = start(`https://h.example/in#linklatch=${token(typ)}`)
    assert.deepEqual(client.state.phase, { name: 'starting', landing: true })
    await say({ type: 'ready', site: 's', waiting })
    return client
  }

  it('is claimed before anything else', async () => {
    const client = await arrive()
    assert.isTrue(places[0]?.claim)
    assert.deepEqual(posted, [{ type: 'claim', arrival: token('arrival+jwt') }])
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(client.state.phase.name, 'signed-in')
  })

  it('claims a handoff as one', async () => {
    await arrive('handoff+jwt')
    assert.deepEqual(posted, [{ type: 'claim', handoff: token('handoff+jwt') }])
  })

  it('goes on to the approve page where V is not here', async () => {
    await arrive()
    await say({ type: 'error', on: 'claim', code: 'elsewhere' })
    assert.strictEqual(went.at(-1), `leaves for ${server}/approve?token=${token('arrival+jwt')}`)
  })

  it('is claimed by the second bridge where an element names its site before the first has spoken', async () => {
    const client = start(`https://h.example/in#linklatch=${token('arrival+jwt')}`)
    client.use({ site: 's' })
    assert.deepEqual(places.map(({ site, claim }) => [site, claim]), [[undefined, true], ['s', true]])
    await say({ type: 'ready', site: 's' })
    assert.deepEqual(posted, [{ type: 'claim', arrival: token('arrival+jwt') }])
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(await client.getToken(), 'at300')
  })

  it('is not cut off by an element that names the site which the bridge is of already', async () => {
    const client = await arrive()
    client.use({ site: 's' })
    assert.deepEqual([places.length, closed], [1, 0])
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(client.state.phase.name, 'signed-in')
    client.use({ site: 'other' })
    assert.strictEqual(places.at(-1)?.site, 'other')
    client.use({ site: 's' })
    assert.strictEqual(places.at(-1)?.site, 's')
  })

  it('that A could not take for now shows what still waits, says why, and looks for a session', async () => {
    const client = await arrive()
    await say({ type: 'error', on: 'claim', code: 'server_unreachable' })
    assert.strictEqual(client.state.phase.name, 'waiting')
    assert.strictEqual(client.state.failure?.code, 'server_unreachable')
    assert.deepEqual(posted.slice(1), [{ type: 'watch', waiting }, { type: 'refresh' }])
    assert.lengthOf(places, 1)
    client.cancel()
  })

  it('that A could not take for now shows the form where nothing waits', async () => {
    const client = start(`https://h.example/in#linklatch=${token('arrival+jwt')}`)
    await say({ type: 'ready', site: 's' })
    await say({ type: 'error', on: 'claim', code: 'temporarily_unavailable' })
    assert.strictEqual(client.state.phase.name, 'ask')
    assert.deepEqual(posted.slice(1), [{ type: 'refresh' }])
  })

  it('is claimed again where the page throws the frame away meanwhile', async () => {
    const client = await arrive()
    attached = false
    client.revive()
    attached = true
    await settle()
    posted = []
    await say({ type: 'ready', site: 's' })
    assert.deepEqual(posted, [{ type: 'claim', arrival: token('arrival+jwt') }])
  })

  it('is still claimed when the bridge comes too late for it', async () => {
    const client = start(`https://h.example/in#linklatch=${token('arrival+jwt')}`)
    ears.failed('frame_refused')
    await settle()
    posted = []
    await say({ type: 'ready', site: 's' })
    assert.deepEqual(posted, [{ type: 'claim', arrival: token('arrival+jwt') }])
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(client.state.phase.name, 'signed-in')
  })

  it('says after whose session it shows that somebody else is signed in here', async () => {
    const client = await arrive('handoff+jwt')
    await say({ type: 'error', on: 'claim', code: 'other_session' })
    assert.deepEqual(posted.at(-1), { type: 'refresh' })
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.deepEqual([client.state.phase.name, client.state.failure?.code], ['signed-in', 'other_session'])
    await say({ type: 'session', session: null })
    assert.deepEqual([client.state.phase.name, client.state.failure], ['ask', undefined])
  })

  it('says that a link is used up, and looks for the session that may be there', async () => {
    const client = await arrive()
    await say({ type: 'error', on: 'claim', code: 'invalid_grant' })
    assert.strictEqual(client.state.failure?.code, 'invalid_grant')
    assert.deepEqual(posted.at(-1), { type: 'refresh' })
  })
})

describe('a session', () => {
  it('is awaited in quiet where somebody was signed in last time', async () => {
    hint = true
    const client = start()
    assert.strictEqual(client.state.phase.name, 'starting')
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(client.state.phase.name, 'signed-in')
  })

  it('gives its token while that has 30 s left', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(31) })
    assert.strictEqual(await client.getToken(), 'at31')
    assert.lengthOf(posted, 0)
  })

  it('is renewed where the clock was set back: no token is good for more than five minutes', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(3900) })
    const token = client.getToken()
    await settle()
    assert.deepEqual(posted, [{ type: 'refresh' }])
    await say({ type: 'session', session: session(300) })
    assert.strictEqual(await token, 'at300')
  })

  it('is asked for anew where A refused it, and the page shows that the session is over', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(300) })
    const known = client.getToken(true)
    await settle()
    assert.deepEqual(posted, [{ type: 'refresh', anew: true }])
    await say({ type: 'session', session: null })
    assert.isNull(await known)
    assert.deepEqual(client.state.phase, { name: 'ask', address: '' })
    assert.isNull(await client.getToken())
  })

  it('renews it once for all who ask at the same time', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(29) })
    const tokens = Promise.all([client.getToken(), client.getToken()])
    await settle()
    assert.deepEqual(posted, [{ type: 'refresh' }])
    await say({ type: 'session', session: session(300) })
    assert.deepEqual(await tokens, ['at300', 'at300'])
  })

  it('leaves nothing of another tab’s older sign-in to be shown after sign-out', async () => {
    hint = true
    const client = start()
    await say({ type: 'ready', site: 's', waiting }, { type: 'session', session: session() }, { type: 'session', session: null })
    assert.strictEqual(client.state.phase.name, 'ask')
  })

  it('ends in this tab when another has signed out, and the hint goes', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session() }, { type: 'session', session: null })
    assert.strictEqual(client.state.phase.name, 'ask')
    assert.isFalse(hint)
  })

  it('stays when signing out could not reach the server', async () => {
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session() })
    const out = code(client.signOut({ everywhere: true }))
    await settle()
    assert.deepEqual(posted, [{ type: 'end', everywhere: true }])
    await say({ type: 'error', on: 'end', code: 'server_unreachable' })
    assert.strictEqual(await out, 'server_unreachable')
    assert.isNotNull(client.session)
  })
})

describe('a page that nobody could tell whether there is a session', () => {
  const doubtful = async (): Promise<Client> => {
    hint = true
    const client = start()
    await say({ type: 'ready', site: 's' }, { type: 'error', on: 'refresh', code: 'temporarily_unavailable' })
    assert.strictEqual(client.state.phase.name, 'ask')
    return client
  }

  it('asks when a token is wanted', async () => {
    const client = await doubtful()
    const token = client.getToken()
    await settle()
    assert.deepEqual(posted, [{ type: 'refresh' }])
    await say({ type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(await token, 'at300')
    assert.strictEqual(client.state.phase.name, 'signed-in')
  })

  it('refuses a token with a code rather than to say that nobody is signed in, and leaves the form as it is', async () => {
    const client = await doubtful()
    const before = client.state
    const token = code(client.getToken())
    await settle()
    await say({ type: 'error', on: 'refresh', code: 'temporarily_unavailable' })
    assert.strictEqual(await token, 'temporarily_unavailable')
    assert.strictEqual(client.state, before)
  })

  it('looks again when it is seen again, until it knows', async () => {
    await doubtful()
    comeBack()
    await settle()
    assert.deepEqual(posted, [{ type: 'refresh' }])
    await say({ type: 'session', session: null })
    comeBack()
    await settle()
    assert.lengthOf(posted, 1)
  })

  it('opens the bridge again for a token, and when it is seen again', async () => {
    const client = start()
    ears.failed('server_unreachable')
    await client.ready
    comeBack()
    assert.lengthOf(places, 2)
    ears.failed('server_unreachable')
    const token = client.getToken()
    await settle()
    assert.lengthOf(places, 3)
    await say({ type: 'ready', site: 's' })
    await say({ type: 'session', session: null })
    assert.isNull(await token)
  })
})

describe('a page without a bridge', () => {
  it('says why, once in the console, and is ready all the same', async () => {
    const { warn } = console
    const lines: unknown[] = []
    console.warn = (line: unknown) => void lines.push(line)
    const client = start()
    ears.failed('frame_blocked')
    ears.failed('frame_blocked')
    assert.isNull(await client.ready)
    assert.strictEqual(client.state.failure?.code, 'frame_blocked')
    assert.lengthOf(lines, 1)
    assert.include(String(lines[0]), `frame-src ${server}`)
    console.warn = warn
  })

  it('gets over it when the bridge comes late', async () => {
    const client = start()
    ears.failed('frame_refused')
    await say({ type: 'ready', site: 's' }, { type: 'session', session: null })
    assert.isUndefined(client.state.failure)
  })

  it('opens another where the page has thrown the frame away', () => {
    const client = start()
    attached = false
    client.revive()
    assert.lengthOf(places, 2)
  })

  it('opens another where an element names another server', () => {
    const client = start()
    client.use({ server: 'https://other.example' })
    client.use({ server: 'https://other.example' })
    assert.deepEqual(places.map((place) => place.server), [server, 'https://other.example'])
  })

  it('says no more that a server is wanted once an element names one', async () => {
    const client = new Client({ server: '' }, pageAt('https://h.example/in'), open)
    client.start()
    ears.failed('invalid_server')
    assert.strictEqual(client.state.failure?.code, 'invalid_server')
    client.use({ server })
    assert.isUndefined(client.state.failure)
    assert.deepEqual(places.map((place) => place.server), ['', server])
    const token = client.getToken()
    await say({ type: 'ready', site: 's' }, { type: 'session', session: session(), kept: 'cookie' })
    assert.strictEqual(await token, 'at300')
  })
})
