import { after, before, describe } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { storeContract } from '../store-contract.ts'
import { aclRule } from './check.ts'
import { openRedisStore } from './store.ts'

/** One node with all slots refuses a step over two slots as well as many nodes do. */
describe('over a cluster', { skip: noRedis }, () => {
  let server: RedisServer
  before(async () => {
    server = await startRedis(['--appendonly', 'no', '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'])
    await server.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    for (let tries = 0; tries < 600 && !/cluster_state:ok/.test(await server.ask('CLUSTER', 'INFO')); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50))
  })
  before(async () => void (await server.ask('ACL', 'SETUSER', 'linklatch', 'on', '>word', ...aclRule(true).split(' '))))
  after(() => server.dispose())

  storeContract('the Redis store', async () => {
    await server.ask('FLUSHALL')
    const open = () => openRedisStore({ address: storeUrl(`redis+cluster://linklatch:word@127.0.0.1:${server.port}`) })
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
