import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { freePort, noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { aclRule, refusal, warnings, type Facts } from './check.ts'
import { openRedisStore } from './store.ts'

const good: Facts = { version: '7.0.15', role: 'master', policy: 'noeviction', appendOnly: true, fsync: 'always', snapshots: false, replicas: 0, minReplicas: '0' }

describe('a server', () => {
  it('is taken as it should be, without a word', () => {
    assert.equal(refusal(good, true), undefined)
    assert.deepEqual(warnings(good), [])
  })

  it('is refused when it may throw records away, takes no changes, is too old or, in production, keeps nothing', () => {
    assert.match(refusal({ ...good, policy: 'allkeys-lru' }, false) ?? '', /set maxmemory-policy noeviction/)
    assert.match(refusal({ ...good, role: 'slave' }, false) ?? '', /is a replica/)
    assert.match(refusal({ ...good, version: '6.2.14' }, false) ?? '', /is Redis 6\.2\.14; it takes 7\.0 or newer/)
    assert.match(refusal({ ...good, appendOnly: false }, true) ?? '', /keeps nothing on disk: set appendonly yes/)
    assert.equal(refusal({ ...good, appendOnly: false }, false), undefined)
    assert.equal(refusal({ ...good, version: '10.0.0' }, true), undefined)
  })

  it('is taken with a word about what it may forget', () => {
    assert.match(warnings({ ...good, fsync: 'everysec' }).join(), /forgets up to two seconds of acknowledged sign-ins/)
    assert.match(warnings({ ...good, appendOnly: false, snapshots: true }).join(), /snapshots only/)
    assert.match(warnings({ ...good, appendOnly: false }).join(), /keeps nothing on disk/)
    assert.match(warnings({ ...good, replicas: 1 }).join(), /min-replicas-to-write 1/)
    assert.deepEqual(warnings({ ...good, replicas: 1, minReplicas: '1' }), [])
  })
})

const withServer = (settings: string[], test: (server: RedisServer) => Promise<void>) => async () => {
  const server = await startRedis(settings)
  await test(server).finally(() => server.dispose())
}

const refused = async (url: string, production = false): Promise<string> => {
  const error: unknown = await openRedisStore({ address: storeUrl(url), production }).then((store) => store.close(), (reason: unknown) => reason)
  assert.ok(error instanceof Error, 'it was opened')
  assert.doesNotMatch(error.message, /\n/)
  return error.message
}

describe('the start on a real server', { skip: noRedis }, () => {
  it('is refused over an eviction policy', withServer(['--maxmemory-policy', 'allkeys-lru'], async ({ url, port }) => {
    assert.match(await refused(url), new RegExp(`^redis://127\\.0\\.0\\.1:${port} may throw records away`))
  }))

  it('is refused in production over no persistence', withServer(['--appendonly', 'no'], async ({ url }) => {
    assert.match(await refused(url, true), /keeps nothing on disk/)
  }))

  it('asks for a password, and never repeats one', withServer(['--requirepass', 'secret-word'], async ({ url, port }) => {
    assert.match(await refused(url), /asks for a password/)
    assert.match(await refused(`redis://:wrong-word@127.0.0.1:${port}`), /^(?!.*wrong-word).*refuses the user name or the password/)
    await (await openRedisStore({ address: storeUrl(`redis://:secret-word@127.0.0.1:${port}`) })).close()
  }))

  it('asks for no more than docs/operations.md says', async () => {
    const docs = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
    assert.ok(docs.includes(`user linklatch on >password ${aclRule()}\n`))
    assert.equal(aclRule(true), `${aclRule()} +cluster|slots +cluster|info`)
  })

  it('names the rule that an ACL lacks, and takes a user who has it', withServer([], async ({ port, ask }) => {
    const rule = aclRule().split(' ')
    const url = `redis://anna:word@127.0.0.1:${port}/1`
    const allow = (parts: string[]) => ask('ACL', 'SETUSER', 'anna', 'reset', 'on', '>word', ...parts)
    const mayLack = ['+unsubscribe', '+config|get', '+hello']
    for (const lacking of rule.filter((part) => !mayLack.includes(part))) {
      await allow(rule.filter((part) => part !== lacking))
      assert.match(await refused(url), /its ACL has to be like .*\+evalsha/, lacking)
    }
    await allow(rule)
    await (await openRedisStore({ address: storeUrl(url) })).close()
  }))

  it('says in one line that nobody is there', async () => {
    assert.match(await refused(`redis://anna:secret-word@127.0.0.1:${await freePort()}`), /^(?!.*secret-word)redis:\/\/127.* cannot be reached \(ECONNREFUSED\)$/)
  })

  it('says so too when somebody is there who does not answer', withServer([], async (server) => {
    server.pause()
    assert.match(await refused(server.url), /cannot be reached/)
  }))
})
