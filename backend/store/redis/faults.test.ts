/** Redis killed, stopped, emptied, replaced, full, slow or out of reach: what cannot be done is refused, and nothing succeeds twice. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { Problem } from '../../problems.ts'
import { complete } from '../../sign-in/sign-in.ts'
import { noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { startProxy, type TcpProxy } from '../../testing/tcp-proxy.ts'
import { aSession, aSignIn, aSite, aUser, anEvent, bornAt } from '../samples.ts'
import { openRedisStore, type RedisStore } from './store.ts'

const siteId = aSite().id
const unavailable = { code: 'store_unavailable' }

type Stage = { server: RedisServer; proxy: TcpProxy; store: RedisStore }

/** A durable server, a store that reaches it through a proxy, and a short patience. */
const withRedis = (test: (stage: Stage) => Promise<void>, { commandTimeoutMs = 5000 } = {}) => async () => {
  const server = await startRedis()
  const proxy = await startProxy(server.port)
  const store = await openRedisStore({ address: storeUrl(`redis://127.0.0.1:${proxy.port}`), commandTimeoutMs })
  try {
    await test({ server, proxy, store })
  } finally {
    await store.close()
    await proxy.stop()
    await server.dispose()
  }
}

/** Asks until it is so; a store comes back by itself, but not at once. Only what is `unavailable` is asked again. */
async function eventually<Value>(ask: () => Promise<Value>, isRight: (value: Value) => boolean = () => true): Promise<Value> {
  for (let tries = 0; tries < 1500; tries += 1) {
    const found = await ask().then((value) => ({ value }), (error: unknown) => void (isUnavailable(error) || fail(error)))
    if (found && isRight(found.value)) return found.value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return ask()
}

const isUnavailable = (error: unknown): boolean => error instanceof Problem && error.code === unavailable.code
const fail = (error: unknown): never => {
  throw error
}

/** A session from `sign-in-1`, if it gives one. `between`: after it was read, before anything is written. */
const claim = (store: RedisStore, id: string, between: () => void = () => undefined) =>
  store.signIns.complete('sign-in-1', ({ signIn, user }) => {
    between()
    if (!signIn) throw new Error('no sign-in')
    return { next: { signIn: complete(signIn, 'arrival', id, bornAt + 1), user: user ?? aUser(), session: aSession({ id }) }, result: id }
  })

describe('the removal of a site that Redis is lost for', { skip: noRedis }, () => {
  for (const goOn of ['a sweep', 'the same call again'] as const) {
    it(`is gone on with by ${goOn}, and nothing of the site is served meanwhile`, withRedis(async ({ server, store }) => {
      await store.sites.insert(aSite())
      for (let i = 0; i < 9; i += 1) await store.users.insert(aUser({ id: `user-${i}` }))
      await store.signIns.insert(aSignIn())
      await store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
      await assert.rejects(store.sites.remove(siteId, () => server.pause()), unavailable)
      server.goOn()
      await eventually(() => store.ready())
      assert.equal(await store.sites.get(siteId), undefined)
      assert.deepEqual(await store.sites.list(), [])
      const left = async () => [await store.users.list(siteId, { limit: 9 }), await store.signIns.list(siteId, { limit: 9 }), await store.sessions.ofUser(siteId, 'user-1')].map(({ length }) => length)
      assert.notDeepEqual(await left(), [0, 0, 0])
      if (goOn === 'a sweep') await store.sweep(bornAt)
      else assert.equal(await store.sites.remove(siteId, () => assert.fail('it was gone before')), true)
      assert.deepEqual(await left(), [0, 0, 0])
      assert.equal(await store.sites.remove(siteId), false)
    }, { commandTimeoutMs: 500 }))
  }
})

describe('a Redis that is killed', { skip: noRedis }, () => {
  it('refuses while it is gone, comes back by itself with what it acknowledged, and cancels what was under way', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    await store.signIns.insert(aSignIn({ id: 'used' }))
    await store.signIns.change('used', () => ({ next: complete(aSignIn({ id: 'used' }), 'arrival', 'session-1', bornAt + 1), result: 0 }))
    await store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    const heard: string[] = []
    store.signIns.watch('sign-in-1', ({ state }) => heard.push(state))
    await server.kill()
    await assert.rejects(store.signIns.get('sign-in-1'), unavailable)
    await assert.rejects(claim(store, 'session-2'), unavailable)
    await assert.rejects(store.counters.take('key', { max: 1, seconds: 60 }, bornAt), unavailable)
    await assert.rejects(store.ready(), unavailable)
    await server.start()
    await eventually(() => store.ready())
    assert.deepEqual((await store.sessions.find(siteId, 'session-1')).session, aSession())
    assert.equal((await store.signIns.get('used'))?.state, 'completed')
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'cancelled')
    await assert.rejects(claim(store, 'session-2'), { code: 'sign_in_over' })
    await eventually(async () => heard.at(-1), (state) => state === 'cancelled')
    assert.deepEqual(await store.signIns.mailDue(9), [])
    await store.signIns.insert(aSignIn({ id: 'new' }))
    assert.equal((await store.signIns.get('new'))?.state, 'pending')
  }))

  it('gives every store one session at the most when it is killed among fifty claims', withRedis(async ({ server, store }) => {
    const other = await openRedisStore({ address: storeUrl(server.url) })
    await store.signIns.insert(aSignIn())
    const claims = Array.from({ length: 50 }, (_, index) => claim(index % 2 ? store : other, `session-${index}`))
    const settled = Promise.allSettled(claims)
    await server.kill()
    const before = (await settled).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    await server.start()
    await eventually(() => store.ready())
    await eventually(() => other.ready())
    const after = (await Promise.allSettled([claim(store, 'later'), claim(other, 'last')])).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    assert.ok(before.length + after.length <= 1, `${before.join()} ${after.join()}`)
    assert.ok((await store.sessions.ofUser(siteId, 'user-1')).length <= 1)
    await other.close()
  }))
})

describe('a Redis that is stopped', { skip: noRedis }, () => {
  it('keeps nobody waiting for long, and goes on when it goes on', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    server.pause()
    await assert.rejects(store.signIns.get('sign-in-1'), unavailable)
    await assert.rejects(store.signIns.insert(aSignIn({ id: 'other' })), unavailable)
    server.goOn()
    assert.equal((await eventually(() => store.signIns.get('sign-in-1')))?.state, 'pending')
    assert.equal(await eventually(() => claim(store, 'session-1')), 'session-1')
  }, { commandTimeoutMs: 500 }))
})

describe('a Redis that is slow', { skip: noRedis }, () => {
  it('may do later what was refused for lack of an answer: once, and the next try finds it', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    await assert.rejects(claim(store, 'session-1', () => server.pause()), unavailable)
    server.goOn()
    await assert.rejects(eventually(() => claim(store, 'session-2')), { code: 'sign_in_over' })
    assert.deepEqual((await store.sessions.ofUser(siteId, 'user-1')).map(({ id }) => id), ['session-1'])
  }, { commandTimeoutMs: 1000 }))
})

describe('a Redis that is started again empty', { skip: noRedis }, () => {
  it('knows none of its links any more, and is told of in the log by what is left', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    await claim(store, 'session-1')
    const heard: string[] = []
    await store.signIns.insert(aSignIn({ id: 'waiting' }))
    store.signIns.watch('waiting', ({ state }) => heard.push(state))
    await store.ready()
    await server.kill()
    await server.start({ empty: true })
    await eventually(() => store.ready())
    assert.equal(await store.signIns.get('sign-in-1'), undefined)
    await assert.rejects(claim(store, 'session-2'), /no sign-in/)
    await eventually(async () => heard.at(-1), (state) => state === 'cancelled')
    await store.signIns.insert(aSignIn({ id: 'new' }))
    assert.equal((await store.signIns.get('new'))?.state, 'pending')
  }))
})

describe('a replica that takes over', { skip: noRedis }, () => {
  it('lets nothing succeed a second time that it had not heard of', withRedis(async ({ server, proxy, store }) => {
    const replica = await startRedis()
    try {
      await replica.ask('REPLICAOF', '127.0.0.1', String(server.port))
      await store.signIns.insert(aSignIn())
      await store.sessions.change(siteId, 'kept', () => ({ next: aSession({ id: 'kept' }), result: 0 }))
      await eventually(() => replica.ask('EXISTS', '{linklatch0}:i:sign-in-1', `{linklatch0}:s:${siteId}:kept`), (reply) => reply === ':2')
      // It is promoted without the last change, as one that lags.
      await replica.ask('REPLICAOF', 'NO', 'ONE')
      assert.equal(await claim(store, 'session-1'), 'session-1')
      proxy.target = replica.port
      await server.kill()
      proxy.cut()
      await eventually(() => store.ready())
      await assert.rejects(claim(store, 'session-2'), { code: 'sign_in_over' })
      assert.equal((await store.signIns.get('sign-in-1'))?.state, 'cancelled')
      assert.equal((await store.sessions.find(siteId, 'kept')).session?.id, 'kept')
      await store.signIns.insert(aSignIn({ id: 'new' }))
      assert.equal((await store.signIns.get('new'))?.state, 'pending')
    } finally {
      await replica.dispose()
    }
  }))

  it('does so too where it was the master before, and knows the scripts of that time', withRedis(async ({ server, proxy, store }) => {
    const second = await startRedis()
    try {
      await second.ask('REPLICAOF', '127.0.0.1', String(server.port))
      await store.signIns.insert(aSignIn({ id: 'of-the-first' }))
      await eventually(() => second.ask('EXISTS', '{linklatch0}:i:of-the-first'), (reply) => reply === ':1')
      await second.ask('REPLICAOF', 'NO', 'ONE')
      await server.ask('REPLICAOF', '127.0.0.1', String(second.port))
      proxy.target = second.port
      proxy.cut()
      await eventually(() => store.ready())
      await store.signIns.insert(aSignIn())
      await eventually(() => server.ask('EXISTS', '{linklatch0}:i:sign-in-1'), (reply) => reply === ':1')
      await server.ask('REPLICAOF', 'NO', 'ONE')
      assert.equal(await claim(store, 'session-1'), 'session-1')
      proxy.target = server.port
      await second.kill()
      proxy.cut()
      await assert.rejects(eventually(() => claim(store, 'session-2')), { code: 'sign_in_over' })
      assert.equal((await store.signIns.get('sign-in-1'))?.state, 'cancelled')
    } finally {
      await second.dispose()
    }
  }))

  it('refuses changes as long as it is a replica, and takes them when it is not', withRedis(async ({ server, store }) => {
    const master = await startRedis()
    try {
      await server.ask('REPLICAOF', '127.0.0.1', String(master.port))
      await assert.rejects(store.signIns.insert(aSignIn()), unavailable)
      await server.ask('REPLICAOF', 'NO', 'ONE')
      await eventually(() => store.signIns.insert(aSignIn({ id: 'after' })))
      assert.equal((await store.signIns.get('after'))?.state, 'pending')
    } finally {
      await master.dispose()
    }
  }))
})

describe('a Redis that is full', { skip: noRedis }, () => {
  it('refuses what would need memory and changes nothing; signing out still works', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    await store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    await assert.rejects(claim(store, 'session-2'), unavailable)
    await assert.rejects(store.signIns.insert(aSignIn({ id: 'other' })), unavailable)
    await store.sessions.change(siteId, 'session-1', () => ({ next: null, result: 0 }))
    assert.equal(await store.sessions.removeOfUser(siteId, 'user-1'), 0)
    await assert.rejects(store.ready(), unavailable)
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await store.ready()
    assert.equal(await store.signIns.get('other'), undefined)
    assert.equal(await store.users.findByAddress(siteId, 'user-1@example.org'), undefined)
    assert.equal(await claim(store, 'session-3'), 'session-3')
  }))

  it('lets go of a site with all that is its own, and writes no event of it after', withRedis(async ({ server, store }) => {
    await store.sites.insert(aSite())
    await store.users.insert(aUser())
    store.events.append(siteId, anEvent())
    await store.events.flush()
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    store.events.append(siteId, anEvent())
    assert.equal(await store.sites.remove(siteId), true)
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await store.events.flush()
    assert.deepEqual([await store.users.list(siteId, { limit: 9 }), await store.events.list(siteId, { limit: 9 })], [[], []])
  }))
})

describe('the way to Redis', { skip: noRedis }, () => {
  it('may be slow', withRedis(async ({ proxy, store }) => {
    proxy.delayMs = 60
    await store.signIns.insert(aSignIn())
    const claims = await Promise.allSettled([claim(store, 'session-1'), claim(store, 'session-2')])
    assert.equal(claims.filter(({ status }) => status === 'fulfilled').length, 1)
  }, { commandTimeoutMs: 20_000 }))

  it('may end before the answer came: that is a refusal, and the next try finds what was done', withRedis(async ({ proxy, store }) => {
    await store.signIns.insert(aSignIn())
    const refused = store.signIns.complete('sign-in-1', ({ signIn }) => {
      // From here on, Redis is asked and its answer is lost.
      proxy.losesReplies = true
      if (!signIn) throw new Error('no sign-in')
      return { next: { signIn: complete(signIn, 'arrival', 'session-1', bornAt + 1), user: aUser(), session: aSession() }, result: 'done' }
    })
    await assert.rejects(refused, unavailable)
    proxy.losesReplies = false
    const found = await eventually(() => store.signIns.complete('sign-in-1', (completing) => ({ result: completing })))
    assert.deepEqual([found.signIn?.completed?.sessionId, found.session?.id], ['session-1', 'session-1'])
    await assert.rejects(claim(store, 'session-2'), { code: 'sign_in_over' })
  }))

  it('may end before the answer came: no event stands twice in the audit log', withRedis(async ({ proxy, store }) => {
    for (const id of ['one', 'two']) store.events.append(siteId, anEvent({ signInId: id }))
    proxy.losesReplies = true
    await assert.rejects(store.events.flush(), unavailable)
    store.events.append(siteId, anEvent({ signInId: 'three' }))
    proxy.losesReplies = false
    const listed = await eventually(() => store.events.list(siteId, { limit: 99 }))
    assert.deepEqual(listed.map(({ signInId }) => signInId), ['one', 'two', 'three'])
  }))

  it('does not keep the audit log of one site because another’s is broken, nor writes it again', withRedis(async ({ server, store }) => {
    await server.ask('SET', 'linklatch:e:broken', 'no stream')
    for (const id of ['broken', siteId]) store.events.append(id, anEvent({ signInId: id }))
    await assert.rejects(store.events.flush(), unavailable)
    await assert.rejects(store.events.list('broken', { limit: 9 }), unavailable)
    assert.equal((await store.events.list(siteId, { limit: 9 })).length, 1)
    await server.ask('DEL', 'linklatch:e:broken')
    assert.equal((await store.events.list('broken', { limit: 9 })).length, 1)
    assert.equal((await store.events.list(siteId, { limit: 9 })).length, 1)
  }))

  it('may be cut: watchers hear of what another process changed meanwhile', withRedis(async ({ server, proxy, store }) => {
    const other = await openRedisStore({ address: storeUrl(server.url) })
    await store.signIns.insert(aSignIn())
    const heard: string[] = []
    store.signIns.watch('sign-in-1', ({ state }) => heard.push(state))
    proxy.target = 1
    proxy.cut()
    await other.signIns.change('sign-in-1', (signIn) => ({ next: { ...aSignIn(), ...signIn, state: 'approved' }, result: 0 }))
    proxy.target = server.port
    await eventually(async () => heard, (states) => states.length > 0)
    assert.deepEqual(heard, ['approved'])
    await other.signIns.change('sign-in-1', (signIn) => ({ next: { ...aSignIn(), ...signIn, state: 'rejected' }, result: 0 }))
    await eventually(async () => heard, (states) => states.length > 1)
    assert.deepEqual(heard, ['approved', 'rejected'])
    await other.close()
  }))

  it('may forget the scripts: nothing else is forgotten', withRedis(async ({ server, store }) => {
    await store.signIns.insert(aSignIn())
    await server.ask('SCRIPT', 'FLUSH')
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'pending')
    assert.equal(await claim(store, 'session-1'), 'session-1')
  }))
})
