/** Several tabs of one host: one stream for all, one renewal for all, and what happens when one of them sleeps or goes. */
import { assert } from '@open-wc/testing'
import type { FromBridge } from './bridge-messages.ts'
import { bridge, called, FakeSource, forgetStored, freshServer, hasType, realServer, server, settle, signedIn, user, watching } from './fake-bridge-server.ts'

beforeEach(freshServer)
afterEach(realServer)

const open = (): FakeSource[] => FakeSource.all.filter(({ readyState }) => readyState !== FakeSource.CLOSED)
const until = async (test: () => boolean): Promise<void> => {
  while (!test()) await settle()
}
const token = (accessToken: string) => (message: FromBridge): boolean => message.type === 'session' && message.session?.accessToken === accessToken
const answer = (more: object) => [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user, ...more }] as [number, object]
const refused = (): never => { throw new DOMException('no', 'SecurityError') }

describe('the stream of several tabs', () => {
  it('is one, also where they wait for different sign-ins', async () => {
    await watching('s1')
    await watching('s2')
    assert.deepEqual(open().map(({ url }) => url), ['/v1/sign-ins/s1,s2/events'])
  })

  it('tells each tab of its own sign-in, and the tab that shows it claims it', async () => {
    const one = await watching('s1')
    const two = await watching('s2')
    open()[0]?.say('state', { state: 'approved', id: 's2' })
    const said = await two.until(signedIn)
    assert.propertyVal(said, 'returnTo', 'https://h.example/account')
    assert.notProperty(await one.until(signedIn), 'returnTo')
    assert.isFalse(one.said.some(hasType('state')))
    assert.deepEqual(called('/v1/sessions').map(({ body }) => body.sign_in), ['s2'])
  })

  it('goes on with what still waits when one of them is over', async () => {
    const one = await watching('s1')
    await watching('s2')
    open()[0]?.say('state', { state: 'rejected', id: 's1' })
    await one.until((message) => message.type === 'state' && message.state === 'rejected')
    assert.deepEqual(open().map(({ url }) => url), ['/v1/sign-ins/s2/events'])
  })

  it('is taken over by another tab when the one that has it goes to sleep, and given back to nobody', async () => {
    const one = await watching('s1')
    const two = await watching('s2')
    one.bridge.rest()
    await until(() => open().length === 1)
    open()[0]?.say('state', { state: 'approved', id: 's2' })
    await two.until(signedIn)
  })

  it('is opened again when a page that slept is seen again and still waits', async () => {
    const one = await watching('s1')
    one.bridge.rest()
    assert.lengthOf(open(), 0)
    one.bridge.wake(true)
    await until(() => open().length === 1)
  })

  it('is opened anew when the person comes back to a page that waits, whichever tab has it: it may have gone silent', async () => {
    const one = await watching('s1')
    const two = await watching('s2')
    const first = open()[0]
    one.bridge.wake(false)
    await until(() => first?.readyState === FakeSource.CLOSED)
    const second = open()[0]
    two.bridge.wake(false)
    await until(() => second?.readyState === FakeSource.CLOSED)
    assert.deepEqual(open().map(({ url }) => url), ['/v1/sign-ins/s1,s2/events'])
  })

  it('tells a page that slept how its sign-in ended, though another tab has dropped it', async () => {
    const one = await watching('s1')
    one.bridge.rest()
    forgetStored()
    one.bridge.wake(true)
    await until(() => open().length === 1)
    open()[0]?.say('state', { state: 'moved' })
    await one.until((message) => message.type === 'state' && message.state === 'moved')
    assert.lengthOf(open(), 0)
  })
})

describe('the session of several tabs', () => {
  it('is looked for again by a page that slept: it may be over, or have begun', async () => {
    const one = await watching('s1')
    one.bridge.handle({ type: 'claim', code: '123456' })
    await one.until(signedIn)
    one.bridge.wake(false)
    await settle()
    assert.lengthOf(called('/v1/sessions/refresh'), 0)
    one.bridge.wake(true)
    await one.until((message) => message.type === 'session' && message.session === null)
    server.answers['/v1/sessions/refresh'] = answer({ access_token: 'at2' })
    one.bridge.wake(true)
    await one.until(token('at2'))
  })

  it('is renewed with the newest key-bound token, which another tab may have got', async () => {
    server.cookie = false
    server.answers['/v1/sessions'] = answer({ expires_in: 1, refresh_token: 'secret.one' })
    const one = await watching('s1')
    const two = bridge()
    one.bridge.handle({ type: 'claim', code: '123456' })
    await two.until(signedIn)
    server.answers['/v1/sessions/refresh'] = answer({ access_token: 'at2', expires_in: 1, refresh_token: 'secret.two' })
    two.bridge.handle({ type: 'refresh' })
    await one.until(token('at2'))
    server.answers['/v1/sessions/refresh'] = answer({ access_token: 'at3', refresh_token: 'secret.three' })
    one.bridge.handle({ type: 'refresh' })
    await one.until(token('at3'))
    assert.deepEqual(called('/v1/sessions/refresh').map(({ body }) => body.refresh_token), ['secret.one', 'secret.two'])
  })

  it('is renewed once for five tabs that ask at once', async () => {
    server.answers['/v1/sessions'] = answer({ expires_in: 1 })
    const one = await watching('s1')
    const others = Array.from({ length: 4 }, bridge)
    one.bridge.handle({ type: 'claim', code: '123456' })
    const all = [one, ...others]
    await Promise.all(all.map((tab) => tab.until(signedIn)))
    server.answers['/v1/sessions/refresh'] = answer({ access_token: 'at2' })
    for (const tab of all) tab.bridge.handle({ type: 'refresh' })
    await Promise.all(all.map((tab) => tab.until(token('at2'))))
    assert.lengthOf(called('/v1/sessions/refresh'), 1)
  })

  describe('where nothing can be stored', () => {
    const { open: realOpen } = IDBFactory.prototype
    beforeEach(() => {
      server.cookie = false
      IDBFactory.prototype.open = refused
      server.answers['/v1/sessions'] = answer({ expires_in: 1, refresh_token: 'secret.one' })
      server.answers['/v1/sessions/refresh'] = () => (called('/v1/sessions/refresh').at(-1)?.body.refresh_token ? answer({ access_token: 'at2', refresh_token: 'secret.two' }) : [401, { code: 'signed_out' }])
    })
    afterEach(() => { IDBFactory.prototype.open = realOpen })

    it('is renewed for every tab by the one that holds the key', async () => {
      const one = await watching('s1')
      const two = bridge()
      one.bridge.handle({ type: 'claim', code: '123456' })
      await two.until(signedIn)
      two.bridge.handle({ type: 'refresh' })
      await two.until(token('at2'))
      assert.isFalse(two.said.some((message) => message.type === 'session' && message.session === null))
      assert.deepEqual(called('/v1/sessions/refresh').map(({ body }) => body.refresh_token), ['secret.one'])
      assert.notInclude(JSON.stringify(two.said), 'secret.')
    })

    it('comes to a tab that is opened later, from the one that holds the key', async () => {
      const one = await watching('s1')
      one.bridge.handle({ type: 'claim', code: '123456' })
      await one.until(signedIn)
      const late = bridge()
      late.bridge.start()
      await late.until(token('at2'))
    })
  })
})
