/** The contract of the sites' port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSession, aSignIn, aSite, aUser, bornAt } from '../samples.ts'
import type { Store } from '../store.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id
const otherId = 'fedcba9876543210'

export function contractOfSites(withStore: WithStore): void {
  describe('sites', () => {
    it('inserts, changes and lists sites, oldest first, for good', withStore(async (store, reopen) => {
      await store.sites.insert(aSite({ id: 'young', createdAt: bornAt + 1 }))
      await store.sites.insert(aSite())
      await assert.rejects(store.sites.insert(aSite()), { code: 'conflict' })
      await store.sites.change(siteId, () => ({ next: aSite({ name: 'Renamed' }), result: 0 }))
      const again = await reopen()
      assert.deepEqual((await again.sites.list()).map(({ id, name }) => [id, name]), [[siteId, 'Renamed'], ['young', 'Shop']])
      assert.equal(await again.sites.get('nowhere'), undefined)
    }))

    it('finds the sites that list an origin', withStore(async (store, reopen) => {
      const listed = async (from: Store, origin: string) => (await from.sites.listing(origin)).map(({ id }) => id)
      const [shop, preview] = ['https://shop.example', 'https://*--shop.netlify.app']
      await store.sites.insert(aSite({ id: 'young', origins: [shop], createdAt: bornAt + 1 }))
      await store.sites.insert(aSite({ origins: [shop, preview] }))
      assert.deepEqual(await listed(store, shop), [siteId, 'young'])
      assert.deepEqual(await listed(store, 'https://a-1--shop.netlify.app'), [siteId])
      for (const origin of ['https://a.b--shop.netlify.app', 'https://--shop.netlify.app', 'https://a--other.netlify.app', 'https://*.netlify.app', preview, `${shop}:444`, 'http://shop.example', 'null', '', '{}']) {
        assert.deepEqual(await listed(store, origin), [], origin)
      }
      await store.sites.change(siteId, () => ({ next: aSite({ origins: [preview, 'https://new.example'] }), result: 0 }))
      await store.sites.remove('young')
      const assertMoved = async (from: Store) => assert.deepEqual(await Promise.all([shop, 'https://new.example', 'https://a-1--shop.netlify.app'].map((origin) => listed(from, origin))), [[], [siteId], [siteId]])
      await assertMoved(store)
      await assertMoved(await reopen())
    }))

    it('removes a site with all that is its own, and nothing of another', withStore(async (store, reopen) => {
      for (const id of [siteId, otherId]) {
        await store.sites.insert(aSite({ id }))
        await store.users.insert(aUser({ siteId: id }))
        await store.signIns.insert(aSignIn({ id: `of-${id}`, siteId: id }))
        await store.sessions.change(id, 'session-1', () => ({ next: aSession({ siteId: id }), result: 0 }))
        await store.sessions.change(id, 'orphan', () => ({ next: aSession({ id: 'orphan', siteId: id, userId: 'gone' }), result: 0 }))
      }
      assert.equal(await store.sites.remove(siteId), true)
      assert.equal(await store.sites.remove(siteId), false)
      await assertRemoved(store)
      await assertRemoved(await reopen())
    }))
  })
}

async function assertRemoved(store: Store): Promise<void> {
  const left = async (id: string) => [
    await store.sites.get(id),
    await store.users.findByAddress(id, 'user-1@example.org'),
    await store.signIns.get(`of-${id}`),
    (await store.sessions.find(id, 'session-1')).session,
    (await store.sessions.find(id, 'orphan')).session,
  ]
  assert.deepEqual(await left(siteId), [undefined, undefined, undefined, undefined, undefined])
  assert.ok((await left(otherId)).every((record) => record !== undefined))
}
