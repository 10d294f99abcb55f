import { assert } from '@open-wc/testing'
import { challengeOf, jwtPart } from './encoding.ts'
import { arrivalOf, bridge, called, FakeSource, freshServer, hasType, host, realServer, server, settle, signedIn, site, user, waitingFor, watching } from './fake-bridge-server.ts'

beforeEach(freshServer)
afterEach(realServer)

describe('the bridge', () => {
  it('says that it lives, then that there is no session', async () => {
    const { bridge: one, said, until } = bridge()
    one.start()
    await until(hasType('session'))
    assert.deepEqual(said, [{ type: 'ready', site: site() }, { type: 'session', session: null }])
  })

  it('makes a verifier that never leaves but in a claim', async () => {
    const { challenge, said, until } = await watching()
    FakeSource.all[0]?.say('state', { state: 'approved' })
    await until(signedIn)
    await settle()
    const verifier = String(called('/v1/sessions')[0]?.body.verifier)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    assert.match(verifier, /^[\w-]{43}$/)
    assert.strictEqual(btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll('+', '-').replaceAll('/', '_').replace('=', ''), challenge)
    assert.notInclude(JSON.stringify(said), verifier)
    assert.notInclude(JSON.stringify({ ...localStorage }), verifier)
  })

  it('ties the right verifier where two starts overlap, and makes a new one for the next', async () => {
    const { bridge: one, said, until } = bridge()
    const challenges = (): string[] => said.flatMap((message) => (message.type === 'challenge' ? message.challenge : []))
    one.handle({ type: 'prepare' })
    one.handle({ type: 'prepare' })
    await until(() => challenges().length === 2)
    one.handle({ type: 'watch', waiting: waitingFor('s1') })
    one.handle({ type: 'claim', code: '123456' })
    await until(signedIn)
    const [first, second] = challenges()
    assert.strictEqual(first, second)
    assert.strictEqual(first, await challengeOf(String(called('/v1/sessions')[0]?.body.verifier)))
    one.handle({ type: 'prepare' })
    await until(() => challenges().length === 3)
    assert.notStrictEqual(challenges()[2], first)
  })

  it('claims when the sign-in is approved, and says where the person was going', async () => {
    const { until } = await watching()
    FakeSource.all[0]?.say('state', { state: 'approved' })
    const said = await until(signedIn)
    await settle()
    assert.include(said, { type: 'session', kept: 'cookie', returnTo: `${host}/account` })
    assert.hasAllKeys(called('/v1/sessions')[0]?.body ?? {}, ['sign_in', 'verifier'])
    assert.strictEqual(FakeSource.all[0]?.readyState, 2)
  })

  it('claims with the typed code', async () => {
    const { bridge: one, until } = await watching()
    one.handle({ type: 'claim', code: '123 456' })
    await until(signedIn)
    assert.include(called('/v1/sessions')[0]?.body ?? {}, { sign_in: 's1', code: '123 456' })
  })

  it('keeps V after a wrong code', async () => {
    const { bridge: one, until } = await watching()
    server.answers['/v1/sessions'] = [401, { code: 'invalid_grant' }]
    one.handle({ type: 'claim', code: '000000' })
    assert.deepEqual(await until(hasType('error')), { type: 'error', on: 'claim', code: 'invalid_grant' })
    assert.isNotNull(localStorage.getItem(`linklatch ${host} ${site()} pending`))
  })

  it('knows an arrival of its own by the sign-in’s id, in another tab too', async () => {
    await watching('s7')
    const other = bridge()
    other.bridge.handle({ type: 'claim', arrival: arrivalOf('s7') })
    await other.until(signedIn)
    assert.hasAllKeys(called('/v1/sessions')[0]?.body ?? {}, ['arrival', 'verifier'])
  })

  for (const arrival of [arrivalOf('other'), 'a.b.c', '']) {
    it(`sends the arrival ${arrival.slice(0, 12) || 'of nothing'} elsewhere, without asking A`, async () => {
      const { bridge: one, until } = await watching()
      one.handle({ type: 'claim', arrival })
      assert.deepEqual(await until(hasType('error')), { type: 'error', on: 'claim', code: 'elsewhere' })
      assert.lengthOf(called('/v1/sessions'), 0)
    })
  }

  it('tries a claim once more when its answer was lost', async () => {
    let tries = 0
    const { bridge: one, until } = await watching()
    server.answers['/v1/sessions'] = () => (tries++ ? [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user }] : Promise.reject(new TypeError('lost')))
    one.handle({ type: 'claim', code: '123456' })
    await until(signedIn)
    assert.strictEqual(tries, 2)
  })

  it('tries a claim again that A was too busy for, and tells nobody of a failure that passed', async () => {
    let tries = 0
    const { said, until } = await watching()
    server.answers['/v1/sessions'] = () => (tries++ ? [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user }] : [503, { code: 'store_unavailable' }])
    FakeSource.all[0]?.say('state', { state: 'approved' })
    FakeSource.all[0]?.say('state', { state: 'approved' })
    await until(signedIn)
    assert.strictEqual(tries, 2)
    assert.isFalse(said.some(hasType('error')))
  })

  it('claims no more, and says nothing of it, when the person has given up meanwhile', async () => {
    server.answers['/v1/sessions'] = [503, { code: 'store_unavailable' }]
    server.answers['/v1/sign-ins/s1/cancel'] = [204]
    const one = await watching()
    one.bridge.handle({ type: 'claim', code: '123456' })
    while (!called('/v1/sessions').length) await settle()
    one.bridge.handle({ type: 'cancel' })
    await one.until(hasType('state'))
    await new Promise((resolve) => setTimeout(resolve, 1200))
    assert.lengthOf(called('/v1/sessions'), 1)
    assert.isFalse(one.said.some((message) => message.type === 'error' || (message.type === 'state' && message.state === 'completed')))
  })

  it('asks for the lost answer again, with V, when a sign-in is completed and no session came of it', async () => {
    const { until, said } = await watching()
    FakeSource.all[0]?.say('state', { state: 'completed' })
    FakeSource.all[0]?.say('state', { state: 'completed' })
    await until(signedIn)
    await settle()
    assert.deepEqual(called('/v1/sessions').map(({ body }) => Object.keys(body)), [['sign_in', 'verifier']])
    assert.isNull(localStorage.getItem(`linklatch ${host} ${site()} pending`))
    assert.isFalse(said.some(hasType('error')))
  })

  it('forgets V where a completed sign-in gives nothing any more, and says so', async () => {
    server.answers['/v1/sessions'] = [401, { code: 'invalid_grant' }]
    const { until } = await watching()
    FakeSource.all[0]?.say('state', { state: 'completed' })
    assert.deepEqual(await until(hasType('error')), { type: 'error', on: 'claim', code: 'invalid_grant' })
    assert.isNull(localStorage.getItem(`linklatch ${host} ${site()} pending`))
  })

  it('leaves V to the tab that shows the sign-in', async () => {
    const one = await watching()
    const other = await watching('s2')
    FakeSource.all.at(-1)?.say('state', { state: 'completed', id: 's1' })
    await one.until(signedIn)
    assert.lengthOf(called('/v1/sessions'), 1)
    assert.notProperty(await other.until(signedIn), 'returnTo')
  })

  it('opens one stream for all tabs, and the other tabs hear it', async () => {
    const first = await watching()
    const second = bridge()
    second.bridge.start()
    FakeSource.all[0]?.say('delivery', { status: 'deferred' })
    await second.until(hasType('delivery'))
    assert.lengthOf(FakeSource.all, 1)
    assert.isTrue(first.said.some((message) => message.type === 'delivery' && message.status === 'deferred'))
  })

  it('writes nothing of a sign-in that another tab shows, which may just have dropped it', async () => {
    await watching()
    const second = await watching('s2')
    second.bridge.rest()
    const waitsOf = (id: string): unknown => JSON.parse(localStorage.getItem(key) ?? '[]').find(({ waiting }: { waiting: { id: string } }) => waiting.id === id)?.waiting.delivery
    const key = `linklatch ${host} ${site()} pending`
    localStorage.setItem(key, JSON.stringify([...JSON.parse(localStorage.getItem(key) ?? '[]'), { verifier: 'v', waiting: waitingFor('s3') }]))
    const written: unknown[] = []
    const write = Storage.prototype.setItem
    Storage.prototype.setItem = function (name, value) {
      if (name === key) written.push(value)
      write.call(this, name, value)
    }
    try {
      FakeSource.all.at(-1)?.say('delivery', { status: 'deferred', id: 's3' })
      FakeSource.all.at(-1)?.say('delivery', { status: 'deferred', id: 's2' })
      await second.until(hasType('delivery'))
    } finally {
      Storage.prototype.setItem = write
    }
    assert.deepEqual([written.length, waitsOf('s2'), waitsOf('s3')], [1, 'deferred', 'queued'])
  })

  it('goes on after a reload with what was under way', async () => {
    const { waiting } = await watching()
    const again = bridge()
    again.bridge.start()
    const ready = await again.until(hasType('ready'))
    assert.deepEqual(ready, { type: 'ready', site: site(), waiting })
  })

  for (const state of ['expired', 'rejected', 'cancelled', 'moved']) {
    it(`forgets V and closes the stream when the sign-in is ${state}`, async () => {
      const { until } = await watching()
      // To all that are there: the bridge of a test before may have opened its own late.
      for (const source of FakeSource.all) source.say('state', { state })
      await until((message) => message.type === 'state' && message.state === state)
      assert.isNull(localStorage.getItem(`linklatch ${host} ${site()} pending`))
      assert.deepEqual(FakeSource.all.filter(({ readyState }) => readyState !== 2), [])
    })
  }

  it('ignores a stream that speaks nonsense', async () => {
    const { said } = await watching()
    const before = said.length
    for (const data of ['', '{', 'null', '{"state":"won"}', '{"state":1}']) FakeSource.all[0]?.say('state', data)
    assert.lengthOf(said, before)
  })

  it('says that a stream is lost for good, and listens again when asked', async () => {
    const { bridge: one, until } = await watching()
    const source = FakeSource.all[0]
    source?.onerror?.()
    source?.close()
    source?.onerror?.()
    assert.deepEqual(await until(hasType('error')), { type: 'error', on: 'stream', code: 'stream_lost' })
    one.handle({ type: 'watch', waiting: waitingFor('s1') })
    while (FakeSource.all.length < 2) await settle()
  })

  it('cancels with V, and everybody hears of it', async () => {
    server.answers['/v1/sign-ins/s1/cancel'] = [204]
    const { bridge: one, until } = await watching()
    one.handle({ type: 'cancel' })
    await until((message) => message.type === 'state' && message.state === 'cancelled')
    assert.hasAllKeys(called('/v1/sign-ins/s1/cancel')[0]?.body ?? {}, ['verifier'])
  })

  it('goes on with nothing that was cancelled, though A was too busy to hear of it', async () => {
    let tries = 0
    server.answers['/v1/sign-ins/s1/cancel'] = () => (tries++ ? [204] : [503, { code: 'store_unavailable' }])
    const { bridge: one } = await watching()
    one.handle({ type: 'cancel' })
    await settle()
    const again = bridge()
    again.bridge.start()
    assert.deepEqual(await again.until(hasType('ready')), { type: 'ready', site: site() })
    while (tries < 2) await settle()
  })

  it('asks A about a token that still is fresh only where it has to, and says that its session is over', async () => {
    server.answers['/v1/sessions/refresh'] = [401, { code: 'invalid_grant' }]
    const { bridge: one, until, said } = await watching()
    one.handle({ type: 'claim', code: '123456' })
    await until(signedIn)
    one.handle({ type: 'refresh' })
    while (said.filter(signedIn).length < 2) await settle()
    assert.lengthOf(called('/v1/sessions/refresh'), 0)
    one.handle({ type: 'refresh', anew: true })
    assert.deepEqual(await until((message) => message.type === 'session' && !message.session), { type: 'session', session: null })
    assert.lengthOf(called('/v1/sessions/refresh'), 1)
  })

  it('looks for a session again when A could not say at first, and says each time that it could not', async () => {
    let tries = 0
    server.answers['/v1/sessions/refresh'] = () => (tries++ ? [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user }] : [503, { code: 'store_unavailable' }])
    const { bridge: one, until, said } = bridge()
    one.start()
    await until(signedIn)
    assert.deepEqual(said.filter(hasType('error')), [{ type: 'error', on: 'refresh', code: 'temporarily_unavailable' }])
  })

  it('asks with V for a mail that was put off, once each time, and says nothing of the answer', async () => {
    const { said } = await watching()
    FakeSource.all[0]?.say('delivery', { status: 'queued' })
    await settle()
    assert.lengthOf(called('/v1/sign-ins/s1/vouch'), 0)
    FakeSource.all[0]?.say('delivery', { status: 'deferred' })
    await settle()
    const asked = called('/v1/sign-ins/s1/vouch')
    assert.lengthOf(asked, 1)
    assert.hasAllKeys(asked[0]?.body ?? {}, ['verifier'])
    await settle()
    assert.isFalse(said.some(({ type }) => type === 'error'))
  })

  it('resends with V, and says when it may be asked again', async () => {
    server.answers['/v1/sign-ins/s1/resend'] = [202, { resend_in: 30 }]
    const { bridge: one, until } = await watching()
    one.handle({ type: 'resend' })
    assert.include(await until(hasType('delivery')), { id: 's1', resendIn: 30 })
  })
})

describe('the ladder', () => {
  it('proves the same key when it asks for a lost answer again', async () => {
    server.cookie = false
    let tries = 0
    server.answers['/v1/sessions'] = () => (tries++ ? [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user, refresh_token: 'secret.one' }] : [503, { code: 'store_unavailable' }])
    const one = await watching()
    one.bridge.handle({ type: 'claim', code: '123456' })
    await one.until(signedIn)
    const keys = called('/v1/sessions').map(({ dpop }) => atob((dpop ?? '').split('.')[0] ?? ''))
    assert.lengthOf(keys, 2)
    assert.strictEqual(keys[0], keys[1])
  })

  it('ends with a key where the cookie does not stick: a bound token that no message carries', async () => {
    server.cookie = false
    server.answers['/v1/sessions'] = [200, { access_token: 'at', token_type: 'Bearer', expires_in: 1, user, refresh_token: 'secret.one' }]
    server.answers['/v1/sessions/refresh'] = [200, { access_token: 'at2', token_type: 'Bearer', expires_in: 300, user, refresh_token: 'secret.two' }]
    const one = await watching()
    one.bridge.handle({ type: 'claim', code: '123456' })
    assert.include(await one.until(signedIn), { kept: 'key' })
    assert.strictEqual(called('/v1/sessions')[0]?.body.keep, 'token')
    const reloaded = bridge()
    reloaded.bridge.start()
    await reloaded.until(signedIn)
    const refresh = called('/v1/sessions/refresh')[0]
    assert.deepEqual(refresh?.body, { site: site(), refresh_token: 'secret.one' })
    assert.strictEqual(jwtPart(refresh?.dpop ?? '', 0, 'typ'), 'dpop+jwt')
    assert.strictEqual(jwtPart(refresh?.dpop ?? '', 1, 'htu'), `${location.origin}/v1/sessions/refresh`)
    assert.notInclude(JSON.stringify([one.said, reloaded.said]), 'secret.')
  })

  it('ends in memory where IndexedDB is refused too, and still refreshes', async () => {
    server.cookie = false
    server.answers['/v1/sessions'] = [200, { access_token: 'at', token_type: 'Bearer', expires_in: 1, user, refresh_token: 'secret.one' }]
    server.answers['/v1/sessions/refresh'] = [200, { access_token: 'at2', token_type: 'Bearer', expires_in: 300, user, refresh_token: 'secret.two' }]
    const { open: realOpen } = IDBFactory.prototype
    IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }
    const one = await watching()
    one.bridge.handle({ type: 'claim', code: '123456' })
    assert.include(await one.until(signedIn), { kept: 'memory' })
    one.bridge.handle({ type: 'refresh' })
    await one.until((message) => message.type === 'session' && message.session?.accessToken === 'at2')
    IDBFactory.prototype.open = realOpen
    assert.strictEqual(called('/v1/sessions/refresh')[0]?.body.refresh_token, 'secret.one')
  })

  it('stays signed in after an approval where cookies, storage and locks are all refused', async () => {
    server.cookie = false
    let claimed = (): void => {}
    const slow = new Promise<void>((resolve) => { claimed = resolve })
    server.answers['/v1/sessions'] = async () => slow.then(() => [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user, refresh_token: 'secret.one' }])
    const { open: realOpen } = IDBFactory.prototype
    const { request: realRequest } = LockManager.prototype
    IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }
    LockManager.prototype.request = () => Promise.reject(new DOMException('no', 'SecurityError'))
    const one = await watching()
    FakeSource.all[0]?.say('state', { state: 'approved' })
    FakeSource.all[0]?.say('state', { state: 'completed' })
    while (!called('/v1/sessions').length) await settle()
    claimed()
    await one.until(signedIn)
    await settle()
    IDBFactory.prototype.open = realOpen
    LockManager.prototype.request = realRequest
    assert.deepEqual(one.said.filter(hasType('session')).map((message) => message.type === 'session' && message.kept), ['memory'])
    assert.lengthOf(called('/v1/sessions/refresh'), 0)
  })

  it('keeps the session when A cannot say', async () => {
    server.answers['/v1/sessions'] = [200, { access_token: 'at', token_type: 'Bearer', expires_in: 1, user }]
    server.answers['/v1/sessions/refresh'] = [503, { code: 'store_unavailable' }]
    const one = await watching()
    one.bridge.handle({ type: 'claim', code: '123456' })
    await one.until(signedIn)
    one.bridge.handle({ type: 'refresh' })
    assert.deepEqual(await one.until(hasType('error')), { type: 'error', on: 'refresh', code: 'temporarily_unavailable' })
    assert.isFalse(one.said.some((message) => message.type === 'session' && message.session === null))
  })

  it('signs all tabs in and out together', async () => {
    const one = await watching()
    const other = bridge()
    one.bridge.handle({ type: 'claim', code: '123456' })
    const heard = await other.until(signedIn)
    assert.notProperty(heard, 'returnTo')
    one.bridge.handle({ type: 'end', everywhere: true })
    await other.until((message) => message.type === 'session' && message.session === null)
    assert.deepEqual(called('/v1/sessions/end')[0]?.body, { site: site(), everywhere: true })
  })

  it('stays signed out where another tab tells late that it had renewed before', async () => {
    const one = await watching()
    const other = bridge()
    one.bridge.handle({ type: 'claim', code: '123456' })
    const renewed = await other.until(signedIn)
    const at = Date.now() - 1
    one.bridge.handle({ type: 'end' })
    await other.until((message) => message.type === 'session' && message.session === null)
    const channel = new BroadcastChannel(`linklatch ${host} ${site()}`)
    const said = one.said.length
    channel.postMessage({ ...renewed, linklatch: 1, at })
    channel.postMessage({ linklatch: 1, at, type: 'state', id: 's9', state: 'expired' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.lengthOf(one.said, said)
    channel.postMessage({ ...renewed, linklatch: 1, at: Date.now() })
    await one.until(() => one.said.length > said)
    channel.close()
    assert.isTrue(signedIn(one.said.at(-1) ?? { type: 'session', session: null }))
  })

  it('does not ask A again for a token that another tab has just renewed', async () => {
    const one = await watching()
    const other = bridge()
    one.bridge.handle({ type: 'claim', code: '123456' })
    await other.until(signedIn)
    const before = called('/v1/sessions/refresh').length
    other.bridge.handle({ type: 'refresh' })
    await other.until((message) => message.type === 'session' && other.said.filter(signedIn).length > 1)
    assert.lengthOf(called('/v1/sessions/refresh'), before)
  })
})
