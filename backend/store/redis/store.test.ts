import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { storeUrl } from '../../config-store-url.ts'
import { noRedis, startRedis, untilRedis, type RedisServer } from '../../testing/redis-server.ts'
import { complete } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite } from '../samples.ts'
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

  it('completes nothing for a site that has changed since the step looked at it', async () => {
    await server.ask('FLUSHALL')
    const store = await openRedisStore({ address: storeUrl(server.url) })
    const narrow = `local kept = redis.call('GET', '{linklatch0}:site:${aSite().id}') redis.call('SET', '{linklatch0}:site:${aSite().id}', '2.other' .. string.gsub(string.sub(kept, string.find(kept, '\\n'), -1), '"open"', '"invite"'))`
    const seen: (string | undefined)[] = []
    await store.sites.insert(aSite({ mode: 'open' }))
    await store.signIns.insert(aSignIn())
    await store.signIns.complete('sign-in-1', ({ site, signIn }) => {
      // At once: between the look and the change nothing else of this process runs.
      if (seen.push(site?.mode) === 1) assert.match(String(execFileSync('redis-cli', ['-p', String(server.port), 'EVAL', narrow, '0'])), /^\s*$/)
      return site?.mode === 'open' && signIn ? { next: { signIn: complete(signIn, 'arrival', 'session-1', 1), session: aSession() }, result: 0 } : { result: 1 }
    })
    assert.deepEqual(seen, ['open', 'invite'])
    assert.deepEqual([(await store.signIns.get('sign-in-1'))?.state, (await store.sessions.find(aSite().id, 'session-1')).session], ['pending', undefined])
    await store.close()
  })

  it('tells a watcher nothing that is older than what was read while it waits', async () => {
    await server.ask('FLUSHALL')
    const store = await openRedisStore({ address: storeUrl(server.url) })
    const [key, channel] = ['{linklatch0}:i:sign-in-1', 'linklatch:0:sign-in-1']
    const copy = (from: string, to: string) => server.ask('EVAL', `redis.call('SET', ARGV[2], redis.call('GET', ARGV[1]))`, '0', from, to)
    const publish = (kept: string) => server.ask('EVAL', `redis.call('PUBLISH', ARGV[1], redis.call('GET', ARGV[2]))`, '0', channel, kept)
    const change = (browser: string) => store.signIns.change('sign-in-1', (signIn) => ({ next: { ...aSignIn(signIn), browser }, result: 0 }))
    const heard: string[] = []
    try {
      await store.signIns.insert(aSignIn({ browser: 'one' }))
      for (const browser of ['two', 'three', 'four']) {
        await copy(key, `before ${browser}`)
        await change(browser)
      }
      await copy('before two', key)
      store.signIns.watch('sign-in-1', ({ browser }) => heard.push(browser))
      await untilRedis(async () => (await server.ask('PUBSUB', 'NUMSUB', channel)).includes(':1'))
      // Another process has changed it twice: it is read here before the messages come.
      await copy('before four', key)
      assert.equal((await store.signIns.get('sign-in-1'))?.browser, 'three')
      await publish('before three')
      await publish('before four')
      await change('last')
    } finally {
      await store.close()
    }
    assert.deepEqual(heard, ['three', 'last'])
  })
})
