import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { noRedis, startRedis } from '../../testing/redis-server.ts'
import { aSignIn } from '../samples.ts'
import { openRedisStore } from './store.ts'

const state = async (url: string) => {
  const store = await openRedisStore({ address: storeUrl(url) })
  return store.signIns.get('sign-in-1').then((signIn) => signIn?.state).finally(() => store.close())
}

describe('an epoch', { skip: noRedis }, () => {
  it('goes on through restarts of backends, a first replica and its loss; it ends with the life of the server', async () => {
    const [server, replica] = [await startRedis(), await startRedis()]
    try {
      const store = await openRedisStore({ address: storeUrl(server.url) })
      await store.signIns.insert(aSignIn())
      await store.close()
      assert.equal(await state(server.url), 'pending')
      await replica.ask('REPLICAOF', '127.0.0.1', String(server.port))
      for (let tries = 0; tries < 600 && (await replica.ask('DBSIZE')) === ':0'; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal(await state(server.url), 'pending')
      await replica.kill()
      assert.equal(await state(server.url), 'pending')
      await server.kill()
      await server.start()
      assert.equal(await state(server.url), 'cancelled')
    } finally {
      await server.dispose()
      await replica.dispose()
    }
  })

  it('does not let time go back when the server’s clock did', { skip: noRedis }, async () => {
    const server = await startRedis()
    try {
      const store = await openRedisStore({ address: storeUrl(server.url) })
      const future = Math.floor(store.clock.now()) + 5000
      await server.ask('SET', '{linklatch0}:clock', String(future))
      await store.ready()
      assert.ok(store.clock.now() >= future)
      assert.ok(store.clock.wall() < future)
      await store.close()
      const again = await openRedisStore({ address: storeUrl(server.url) })
      assert.ok(again.clock.now() >= future)
      await again.close()
    } finally {
      await server.dispose()
    }
  })
})
