import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import { aSession, aSignIn, aUser } from '../store/samples.ts'
import type { Store } from '../store/store.ts'
import { testBackend } from '../testing/backend.ts'
import { eraseUser } from './erase-user.ts'

/** Where one call fails, once. */
function failingOnce(store: Store, port: 'users' | 'sessions' | 'signIns', method: string): Store {
  let failed = false
  const refuse = () => {
    failed = true
    return Promise.reject(new Problem('store_unavailable'))
  }
  const broken = new Proxy(store[port], { get: (target, name) => (name === method && !failed ? refuse : (Reflect.get(target, name) as unknown)) })
  return new Proxy(store, { get: (target, name) => (name === port ? broken : (Reflect.get(target, name) as unknown)) })
}

describe('an erasure', () => {
  for (const [port, method] of [['signIns', 'ofAddress'], ['signIns', 'change'], ['sessions', 'removeOfUser'], ['users', 'change']] as const) {
    it(`that fails at ${port}.${method} can be asked for again, and leaves nothing then`, async () => {
      const backend = await testBackend()
      try {
        const { services, site, events } = backend
        const user = aUser({ siteId: site.id })
        await services.store.users.insert(user)
        await services.store.signIns.insert(aSignIn({ siteId: site.id, address: user.address }))
        await services.store.sessions.change(site.id, 'session-1', () => ({ next: aSession({ siteId: site.id }), result: undefined }))
        await assert.rejects(eraseUser({ ...services, store: failingOnce(services.store, port, method) }, user), { code: 'store_unavailable' })
        const there = await services.store.users.get(site.id, user.id)
        assert.ok(there)
        await eraseUser(services, there)
        const { users, signIns, sessions } = services.store
        assert.deepEqual([await users.get(site.id, user.id), await signIns.ofAddress(site.id, user.address), await sessions.ofUser(site.id, user.id)], [undefined, [], []])
        assert.equal(events.filter(({ event }) => event === 'user.erased').length, 1)
      } finally {
        await backend.dispose()
      }
    })
  }
})
