/** The contract of the users' port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSite, aUser, bornAt } from '../samples.ts'
import type { Place } from '../store.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id

export function contractOfUsers(withStore: WithStore): void {
  describe('users', () => {
    it('finds a user by id and by address, also after a restart', withStore(async (store, reopen) => {
      await store.users.insert(aUser())
      assert.deepEqual(await store.users.findByAddress(siteId, 'user-1@example.org'), aUser())
      const again = await reopen()
      assert.deepEqual(await again.users.get(siteId, 'user-1'), aUser())
      assert.deepEqual(await again.users.findByAddress(siteId, 'user-1@example.org'), aUser())
    }))

    it('finds nobody under another site, id or address', withStore(async (store) => {
      await store.users.insert(aUser())
      assert.equal(await store.users.get('fedcba9876543210', 'user-1'), undefined)
      assert.equal(await store.users.get(siteId, 'user-2'), undefined)
      assert.equal(await store.users.findByAddress('fedcba9876543210', 'user-1@example.org'), undefined)
      assert.equal(await store.users.findByAddress(siteId, 'user-2@example.org'), undefined)
    }))

    it('lets one of 50 parallel inserts have an address; the others conflict', withStore(async (store) => {
      const tries = Array.from({ length: 50 }, (_, i) => store.users.insert(aUser({ id: `u${i}`, address: 'one@example.org' })))
      const results = await Promise.allSettled(tries)
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const result of results) if (result.status === 'rejected') assert.equal(result.reason.code, 'conflict')
      assert.equal((await store.users.list(siteId, { limit: 99 })).length, 1)
    }))

    it('lets the same address be a user of another site', withStore(async (store) => {
      await store.users.insert(aUser())
      await store.users.insert(aUser({ siteId: 'fedcba9876543210' }))
    }))

    it('frees an address when its user changes it or goes', withStore(async (store, reopen) => {
      await store.users.insert(aUser())
      await store.users.change(siteId, 'user-1', () => ({ next: aUser({ address: 'new@example.org' }), result: 0 }))
      await store.users.insert(aUser({ id: 'user-2', address: 'user-1@example.org' }))
      const toTaken = () => ({ next: aUser({ id: 'user-2', address: 'new@example.org' }), result: 0 })
      await assert.rejects(store.users.change(siteId, 'user-2', toTaken), { code: 'conflict' })
      await store.users.change(siteId, 'user-1', () => ({ next: null, result: 0 }))
      const again = await reopen()
      assert.equal(await again.users.findByAddress(siteId, 'new@example.org'), undefined)
      assert.equal((await again.users.findByAddress(siteId, 'user-1@example.org'))?.id, 'user-2')
    }))

    it('lists oldest first, page by page, and by a part of the address', withStore(async (store) => {
      for (const i of [2, 0, 1]) await store.users.insert(aUser({ id: `u${i}`, createdAt: bornAt + i }))
      const ids = async (query: { q?: string; after?: Place; limit: number }) => (await store.users.list(siteId, query)).map(({ id }) => id)
      assert.deepEqual(await ids({ limit: 9 }), ['u0', 'u1', 'u2'])
      assert.deepEqual(await ids({ limit: 1, after: { createdAt: bornAt, id: 'u0' } }), ['u1'])
      assert.deepEqual(await ids({ limit: 9, q: 'u2@' }), ['u2'])
      assert.deepEqual(await ids({ limit: 9, q: 'zebra' }), [])
      assert.deepEqual(await ids({ limit: 9, after: { createdAt: bornAt + 2, id: 'u2' } }), [])
    }))

    it('goes on where a page ended though its last user is gone, also among users of one moment', withStore(async (store) => {
      for (const id of ['a', 'b', 'c', 'd']) await store.users.insert(aUser({ id }))
      await store.users.change(siteId, 'b', () => ({ next: null, result: 0 }))
      const rest = await store.users.list(siteId, { after: { createdAt: bornAt, id: 'b' }, limit: 9 })
      assert.deepEqual(rest.map(({ id }) => id), ['c', 'd'])
    }))

    it('keeps metadata with keys like __proto__ as plain data', withStore(async (store, reopen) => {
      const metadata: Record<string, unknown> = JSON.parse('{"__proto__":{"admin":true},"lone":"\\ud800"}')
      await store.users.insert(aUser({ metadata }))
      const kept = await (await reopen()).users.get(siteId, 'user-1')
      assert.deepEqual(kept?.metadata, metadata)
      assert.equal('admin' in {}, false)
    }))
  })
}
