/** Failovers that Sentinel and a Cluster make by themselves, to a replica that had not heard of everything. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { Problem } from '../../problems.ts'
import { complete } from '../../sign-in/sign-in.ts'
import { addReplica, formCluster } from '../../testing/redis-cluster.ts'
import { cutOff, follow, startSentinel } from '../../testing/redis-sentinel.ts'
import { noRedis, startRedis, untilRedis, type RedisServer } from '../../testing/redis-server.ts'
import { aSession, aSignIn, aSite, aUser, bornAt } from '../samples.ts'
import { clusterShards, shardOf } from './keys.ts'
import { openRedisStore, type RedisStore } from './store.ts'

const whole = process.env.LINKLATCH_WHOLE ? false : 'npm run test:redis runs it'
const over = { code: 'sign_in_over' }

/** What was made, or the refusal that is not of a Redis out of reach: those are tried again. */
async function answered<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'store_unavailable') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return ask()
}

const claim = (store: RedisStore, signInId: string, sessionId: string, siteId = aSite().id) =>
  store.signIns.complete(signInId, ({ signIn, user }) => {
    if (!signIn) throw new Error('no sign-in')
    return { next: { signIn: complete(signIn, 'arrival', sessionId, bornAt + 1), user: user ?? aUser({ siteId }), session: aSession({ id: sessionId, siteId }) }, result: sessionId }
  })

/** The last change before the master died reached nobody else; both stores find the replica, and nothing that was used works again. */
async function failsOver(stores: [RedisStore, RedisStore], { master, replica, siteId = aSite().id }: { master: RedisServer; replica: RedisServer; siteId?: string }): Promise<void> {
  const [store, other] = stores
  await answered(() => store.signIns.insert(aSignIn({ siteId })))
  await answered(() => store.signIns.insert(aSignIn({ id: 'waiting', siteId })))
  await store.sessions.change(siteId, 'kept', () => ({ next: aSession({ id: 'kept', siteId }), result: 0 }))
  const heard: string[] = []
  other.signIns.watch('waiting', ({ state }) => heard.push(state))
  await untilRedis(async () => (await replica.ask('DBSIZE')) === (await master.ask('DBSIZE')))
  await cutOff(replica, master)
  assert.equal(await claim(store, 'sign-in-1', 'session-1', siteId), 'session-1')
  await master.kill()
  const claims = await Promise.allSettled([store, other].flatMap((each, index) => [1, 2].map((nth) => answered(() => claim(each, 'sign-in-1', `again-${index}-${nth}`, siteId)))))
  for (const each of claims) assert.deepEqual(each.status === 'rejected' && (each.reason as Problem).code, over.code)
  assert.equal((await answered(() => other.sessions.find(siteId, 'kept'))).session?.id, 'kept')
  await untilRedis(async () => heard.at(-1) === 'cancelled')
  await answered(() => store.signIns.insert(aSignIn({ id: 'new', siteId })))
  assert.equal(await answered(() => claim(other, 'new', 'session-new', siteId)), 'session-new')
}

describe('Sentinel', { skip: noRedis || whole }, () => {
  it('leads all processes to the replica that it promotes, and back', async () => {
    const [master, replica] = [await startRedis(), await startRedis()]
    await follow(replica, master)
    const sentinel = await startSentinel(master)
    const address = storeUrl(`redis+sentinel://127.0.0.1:${sentinel.port}/it`)
    await untilRedis(async () => (await master.ask('INFO', 'replication')).includes('connected_slaves:1'))
    const stores: [RedisStore, RedisStore] = [await openRedisStore({ address }), await openRedisStore({ address })]
    try {
      await untilRedis(() => sentinel.hasReplica())
      await failsOver(stores, { master, replica })
      assert.equal(await sentinel.master(), replica.port)
      // Back again, while the other lives.
      await master.start()
      await untilRedis(async () => (await master.ask('INFO', 'replication')).includes('master_link_status:up'))
      await stores[0].signIns.insert(aSignIn({ id: 'used' }))
      assert.equal(await claim(stores[0], 'used', 'session-used'), 'session-used')
      await untilRedis(async () => (await sentinel.failOver()) && (await sentinel.master()) === master.port)
      await Promise.all(stores.map((store) => assert.rejects(answered(() => claim(store, 'used', 'session-again')), over)))
      await answered(() => stores[0].signIns.insert(aSignIn({ id: 'newest' })))
      assert.equal(await answered(() => claim(stores[1], 'newest', 'session-newest')), 'session-newest')
    } finally {
      for (const store of stores) await store.close()
      await sentinel.stop()
      await master.dispose()
      await replica.dispose()
    }
  })

  it('takes a password, asks for none that it does not need, and is named where it knows no such master', async () => {
    const master = await startRedis(['--requirepass', 'word'])
    const sentinel = await startSentinel(master, ['sentinel auth-pass it word'])
    try {
      await (await openRedisStore({ address: storeUrl(`redis+sentinel://:word@127.0.0.1:${sentinel.port}/it`) })).close()
      await assert.rejects(openRedisStore({ address: storeUrl(`redis+sentinel://:word@127.0.0.1:${sentinel.port}/other`) }), /knows no master of that name/)
      await assert.rejects(openRedisStore({ address: storeUrl(`redis+sentinel://127.0.0.1:${sentinel.port}/it`) }), /asks for a password/)
    } finally {
      await sentinel.stop()
      await master.dispose()
    }
  })
})

describe('a Cluster', { skip: noRedis || whole }, () => {
  it('loses one of its masters, and finds the replica that took its place', async () => {
    const settings = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-node-timeout', '1000', '--cluster-replica-validity-factor', '0', '--cluster-require-full-coverage', 'no']
    const servers = await Promise.all([0, 1, 2, 3].map(() => startRedis(settings)))
    const [first, second, third, replica] = servers
    assert.ok(first && second && third && replica)
    const masters: [RedisServer, RedisServer, RedisServer] = [first, second, third]
    await formCluster(masters)
    const siteId = aSite().id
    const master = await holderOf(masters, siteId)
    await addReplica(replica, master, masters)
    const address = storeUrl(`redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join()}`)
    const stores: [RedisStore, RedisStore] = [await openRedisStore({ address }), await openRedisStore({ address })]
    try {
      const elsewhere = await siteOfAnother(masters, master)
      await stores[0].sites.insert(aSite({ id: elsewhere }))
      await failsOver(stores, { master, replica, siteId })
      assert.equal((await answered(() => stores[1].sites.get(elsewhere)))?.id, elsewhere)
      await Promise.all(stores.map((store) => answered(() => store.ready())))
    } finally {
      for (const store of stores) await store.close()
      for (const server of servers) await server.dispose()
    }
  })
})

async function holderOf(masters: [RedisServer, ...RedisServer[]], siteId: string): Promise<RedisServer> {
  const key = `{linklatch${shardOf(siteId, clusterShards)}}:x`
  for (const master of masters) if (!(await master.ask('GET', key)).startsWith('-MOVED')) return master
  return masters[0]
}

async function siteOfAnother(masters: [RedisServer, ...RedisServer[]], master: RedisServer): Promise<string> {
  for (let number = 0; ; number += 1) {
    const siteId = number.toString(16).padStart(16, '0')
    if ((await holderOf(masters, siteId)) !== master) return siteId
  }
}
