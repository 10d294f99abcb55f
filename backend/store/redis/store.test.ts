import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { storeContract } from '../store-contract.ts'
import { aclRule } from './check.ts'
import { openRedisStore } from './store.ts'

describe('over one Redis', { skip: noRedis }, () => {
  let server: RedisServer
  before(async () => {
    server = await startRedis(['--appendonly', 'no'])
    // As a user who may do what the documentation lists, and no more.
    await server.ask('ACL', 'SETUSER', 'linklatch', 'on', '>word', ...aclRule().split(' '))
  })
  after(() => server.dispose())

  storeContract('the Redis store', async () => {
    await server.ask('FLUSHALL')
    const open = () => openRedisStore({ address: storeUrl(`redis://linklatch:word@127.0.0.1:${server.port}/3`) })
    let store = await open()
    return {
      store,
      async reopen() {
        await store.close()
        return (store = await open())
      },
      dispose: () => store.close(),
    }
  })

  it('gives counters of any number of keys an end, so that none stays for good', async () => {
    await server.ask('FLUSHALL')
    const store = await openRedisStore({ address: storeUrl(`${server.url}/3`) })
    const count = (which: string) => server.ask('EVAL', `redis.call('SELECT', 3) local n = 0 for _, key in ipairs(redis.call('KEYS', '*')) do if ${which} then n = n + 1 end end return n`, '0')
    const lasting = await count("redis.call('PTTL', key) < 0")
    const before = Number((await count('true')).slice(1))
    await Promise.all(Array.from({ length: 300 }, (_, i) => store.counters.take(`of-somebody-${i}`, { max: 3, seconds: 60 }, 1000)))
    await Promise.all(Array.from({ length: 300 }, (_, i) => store.counters.take(`of-somebody-${i}`, { max: 3, seconds: 60 }, 1001)))
    assert.equal(Number((await count('true')).slice(1)), before + 300)
    assert.equal(await count("redis.call('PTTL', key) < 0"), lasting)
    assert.equal(await count("redis.call('PTTL', key) > 120000"), ':0')
    await store.close()
  })
})
