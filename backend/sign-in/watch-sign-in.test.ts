import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { deleteSite } from '../sites/manage-sites.ts'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { listen } from '../testing/event-source.ts'
import { begun, call, press, visitor } from '../testing/visitor.ts'
import type { SignIn } from './sign-in.ts'
import { watchSignIn } from './watch-sign-in.ts'

describe('the stream of the first screen', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend({ env: { LINKLATCH_LIMITS: 'streams.ip=3,start.address_ip=100/600,start.address=100/600,start.ip=100/600' } })))
  after(() => backend.dispose())
  it('tells the present state and delivery, then each change, and ends after the last', async () => {
    const { browser, started, mail } = await begun(backend)
    const stream = await listen(backend, started.id)
    await stream.until('delivery', 'sent')
    await press(backend, mail.token, 'there', started.number)
    await stream.until('state', 'approved')
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
    await stream.ended
    assert.deepEqual(stream.heard.filter(({ event }) => event === 'state').map(({ value }) => value), ['pending', 'approved', 'completed'])
    assert.equal(stream.contentType, 'text/event-stream; charset=utf-8')
    assert.doesNotMatch(stream.text(), /@|verifier|token|\d{6}/)
  })

  it('tells at once that a sign-in was rejected or moved', async () => {
    for (const [choice, state] of [['reject', 'rejected'], ['here', 'moved']] as const) {
      const { started, mail } = await begun(backend)
      const stream = await listen(backend, started.id)
      await press(backend, mail.token, choice)
      await stream.until('state', state)
      await stream.ended
    }
  })

  it('tells a late listener the final state, and ends', async () => {
    const { started, mail } = await begun(backend)
    await press(backend, mail.token, 'reject')
    const stream = await listen(backend, started.id)
    await stream.ended
    assert.ok(stream.heard.some(({ value }) => value === 'rejected'))
  })

  it('answers 404 for an unknown id', async () => {
    const answer = await call(backend, 'GET', '/v1/sign-ins/nosuchsignin/events')
    assert.equal(answer.status, 404)
    assert.equal(answer.json.code, 'not_found')
  })

  it('is one for several sign-ins: each piece of news names its own, and it ends after the last', async () => {
    const [one, two] = [await begun(backend), await begun(backend)]
    const stream = await listen(backend, `${one.started.id},nosuchsignin,${two.started.id}`)
    await press(backend, one.mail.token, 'reject')
    await stream.until('state', 'rejected')
    await press(backend, two.mail.token, 'here')
    await stream.until('state', 'moved')
    await stream.ended
    assert.match(stream.text(), new RegExp(`"state":"rejected","id":"${one.started.id}"`))
    assert.match(stream.text(), new RegExp(`"state":"moved","id":"${two.started.id}"`))
  })

  it('answers 404 where it knows none of several, and 400 for more than one browser waits for', async () => {
    const { started } = await begun(backend)
    const ask = async (ids: string[]) => (await call(backend, 'GET', `/v1/sign-ins/${ids.join(',')}/events`)).status
    assert.equal(await ask(['nosuchone', 'northisone']), 404)
    assert.equal(await ask(Array.from({ length: 11 }, (_, i) => `${started.id}${i}`)), 400)
    const most = await listen(backend, [started.id, ...Array.from({ length: 9 }, (_, i) => `nosuch${i}`)].join(','))
    most.close()
  })

  it('tells nothing that is older than what it told while it read', async () => {
    const { started } = await begun(backend)
    const { store } = backend.services
    const read = (await store.signIns.get(started.id)) ?? assert.fail()
    const heard: unknown[] = []
    const signIns = {
      ...store.signIns,
      // The change is told of while the answer is on its way.
      watch: (_id: string, tell: (signIn: SignIn) => void) => (tell({ ...read, state: 'approved' }), () => {}),
      get: () => Promise.resolve(read),
    }
    await watchSignIn({ ...backend.services, store: { ...store, signIns } }, started.id, ({ event, ...rest }) => event === 'state' && heard.push(rest))
    assert.deepEqual(heard, [{ data: { state: 'approved' } }])
  })

  it('refuses a stream too many of one network, until one closes', async () => {
    const { started } = await begun(backend)
    const open = await Promise.all([1, 2, 3].map(() => listen(backend, started.id)))
    assert.equal((await call(backend, 'GET', `/v1/sign-ins/${started.id}/events`)).status, 429)
    for (const stream of open) stream.close()
    let again: Awaited<ReturnType<typeof listen>> | undefined
    // The backend hears of the close when it hears of it.
    for (let tries = 0; tries < 400 && !again; tries += 1) again = await listen(backend, started.id).catch(() => sleep(25, undefined))
    assert.ok(again)
    again.close()
  })

  it('says cancelled when its site or its person is removed meanwhile', async () => {
    const other = await testBackend()
    try {
      const { id } = await visitor(other).started('anna@example.com')
      const stream = await listen(other, id)
      await deleteSite(other.services, other.site.id)
      await stream.until('state', 'cancelled')
      await stream.ended
    } finally {
      await other.dispose()
    }
  })

  it('says expired when the link’s time is over', async () => {
    const { started } = await begun(backend)
    const stream = await listen(backend, started.id)
    backend.clock.forward(601)
    await stream.until('state', 'expired')
    await stream.ended
  })
})
