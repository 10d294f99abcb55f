import { after, before, describe } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { storeContract } from '../store-contract.ts'
import { openRedisStore } from './store.ts'

describe('over one Redis', { skip: noRedis }, () => {
  let server: RedisServer
  before(async () => (server = await startRedis(['--appendonly', 'no'])))
  after(() => server.dispose())

  storeContract('the Redis store', async () => {
    await server.ask('FLUSHALL')
    const open = () => openRedisStore({ address: storeUrl(`${server.url}/3`) })
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
})
