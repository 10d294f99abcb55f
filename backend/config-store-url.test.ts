import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shownAddress, storeUrl } from './config-store-url.ts'

const local = { kind: 'single', hosts: [{ host: 'localhost', port: 6379 }], tls: false, database: 0 }

describe('LINKLATCH_STORE_URL', () => {
  it('names one server, with its database and credentials', () => {
    assert.deepEqual(storeUrl('redis://localhost'), local)
    assert.deepEqual(storeUrl('redis://localhost/'), local)
    assert.deepEqual(storeUrl('REDISS://anna:p%40ss:word@[::1]:6380/7'), { kind: 'single', hosts: [{ host: '::1', port: 6380 }], tls: true, username: 'anna', password: 'p@ss:word', database: 7 })
    assert.deepEqual(storeUrl('redis://:secret@localhost:6379/0'), { ...local, password: 'secret' })
  })

  it('names the sentinels and what they call the master', () => {
    assert.deepEqual(storeUrl('redis+sentinel://:secret@one:26380,two/mymaster/2'), {
      kind: 'sentinel', hosts: [{ host: 'one', port: 26_380 }, { host: 'two', port: 26_379 }], tls: false, password: 'secret', master: 'mymaster', database: 2,
    })
    assert.equal(storeUrl('rediss+sentinel://one/mymaster').tls, true)
  })

  it('names some nodes of a cluster', () => {
    assert.deepEqual(storeUrl('redis+cluster://one:7000,two'), { kind: 'cluster', hosts: [{ host: 'one', port: 7000 }, { host: 'two', port: 6379 }], tls: false, database: 0 })
  })

  for (const [text, why] of [
    ['postgres://localhost', 'another scheme'], ['redis+other://localhost', 'another kind'], ['redis://', 'no host'], ['redis://one,two', 'two servers'], ['redis://localhost:0', 'no port'],
    ['redis://localhost:99999', 'no port'], ['redis://localhost/x', 'no database'], ['redis://localhost/0/1', 'a longer path'], ['redis+sentinel://one', 'no master'],
    ['redis+sentinel:///x', 'no host'], ['redis+cluster://one/1', 'a database in a cluster'], ['redis://localhost?tls=false', 'a query'], ['redis://a:%zz@localhost', 'a broken password'], ['redis://a b@localhost', 'a space'],
  ] as const)
    it(`refuses ${why}: ${text}`, () => assert.throws(() => storeUrl(text), /it takes redis:\/\//))

  it('is shown without credentials', () => {
    assert.equal(shownAddress(storeUrl('rediss://anna:secret@[::1]:6380/7')), 'rediss://[::1]:6380/7')
    assert.equal(shownAddress(storeUrl('redis+sentinel://:secret@one,two/mymaster')), 'redis+sentinel://one:26379,two:26379/mymaster')
  })
})
