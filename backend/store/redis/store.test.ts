import { after, before, describe } from 'node:test'
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
})
