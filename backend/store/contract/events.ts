/** The contract of the audit log's port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSite, anEvent, bornAt } from '../samples.ts'
import { eventsKeptSeconds, type KeptEvent, type ListedEvent, type Store } from '../store.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id
const other = 'fedcba9876543210'
const day = 86_400
const all = (store: Store, site: string | undefined = siteId) => store.events.list(site, { limit: 999 })
const kept = (listed: ListedEvent[]): KeptEvent[] => listed.map(({ id: _id, ...event }) => event)

export function contractOfEvents(withStore: WithStore): void {
  describe('events', () => {
    it('lists what was taken in, oldest first, also after a restart', withStore(async (store, reopen) => {
      const events = Array.from({ length: 30 }, (_, i) => anEvent({ at: bornAt + i, signInId: `s${i}` }))
      for (const event of events) store.events.append(siteId, event)
      assert.deepEqual(kept(await all(store)), events)
      const again = await reopen()
      again.events.append(siteId, anEvent({ event: 'session.claimed', userId: 'user-1', sessionId: 'session-1' }))
      assert.deepEqual(kept(await all(again)), [...events, anEvent({ event: 'session.claimed', userId: 'user-1', sessionId: 'session-1' })])
    }))

    it('keeps one log for each site and one of the server’s own', withStore(async (store) => {
      store.events.append(siteId, anEvent())
      store.events.append(other, anEvent({ siteId: other, signInId: 'theirs' }))
      store.events.append(undefined, { at: bornAt, event: 'admin.refused', network: '192.0.2.1' })
      assert.deepEqual((await all(store)).map(({ signInId }) => signInId), ['sign-in-1'])
      assert.deepEqual((await all(store, other)).map(({ signInId }) => signInId), ['theirs'])
      assert.deepEqual((await store.events.list(undefined, { limit: 9 })).map(({ event }) => event), ['admin.refused'])
      assert.deepEqual(await all(store, '0000000000000000'), [])
    }))

    it('goes on after the last one seen, page by page, with what came meanwhile', withStore(async (store, reopen) => {
      for (let i = 0; i < 7; i += 1) store.events.append(siteId, anEvent({ signInId: `s${i}` }))
      const first = await store.events.list(siteId, { limit: 5 })
      const again = await reopen()
      again.events.append(siteId, anEvent({ signInId: 's7' }))
      const rest = await again.events.list(siteId, { limit: 5, after: first.at(-1)?.id ?? '' })
      assert.deepEqual([...first, ...rest].map(({ signInId }) => signInId), ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'])
      const ids = [...first, ...rest].map(({ id }) => id)
      assert.deepEqual([...ids].sort(), ids)
      assert.deepEqual(await again.events.list(siteId, { limit: 5, after: ids.at(-1) ?? '' }), [])
    }))

    it('finds what is about one of some ids, and nothing that only looks like it', withStore(async (store) => {
      store.events.append(siteId, anEvent({ signInId: 'a', userId: 'anna' }))
      store.events.append(siteId, anEvent({ signInId: 'b', userId: 'anna2' }))
      store.events.append(siteId, anEvent({ signInId: 'c', sessionId: 'd' }))
      const about = async (...ids: string[]) => (await store.events.list(siteId, { about: ids, limit: 9 })).map(({ signInId }) => signInId)
      assert.deepEqual(await about('anna'), ['a'])
      assert.deepEqual(await about('anna2', 'd'), ['b', 'c'])
      assert.deepEqual(await about('sign_in.started'), [])
      assert.deepEqual(await about(), [])
    }))

    it('refuses an `after` that is no id', withStore(async (store) => {
      store.events.append(siteId, anEvent())
      for (const after of ['', 'x', '../1', '1 2']) await assert.rejects(store.events.list(siteId, { after, limit: 9 }), { code: 'invalid_request' }, after)
    }))

    it('makes all that was taken in so far durable, and has nothing to do where there is nothing', withStore(async (store) => {
      await store.events.flush()
      store.events.append(siteId, anEvent())
      await store.events.flush()
      assert.equal((await all(store)).length, 1)
    }))

    it('forgets them with their site, which leaves the others', withStore(async (store, reopen) => {
      for (const id of [siteId, other]) {
        await store.sites.insert(aSite({ id }))
        store.events.append(id, anEvent({ siteId: id }))
      }
      await store.events.flush()
      store.events.append(siteId, anEvent())
      await store.sites.remove(siteId)
      const again = await reopen()
      assert.deepEqual(await all(again), [])
      assert.equal((await all(again, other)).length, 1)
    }))

    it('keeps them for their time, and a day more at the most', withStore(async (store, reopen) => {
      await store.sites.insert(aSite())
      store.events.append(siteId, anEvent())
      await store.sweep(bornAt + eventsKeptSeconds - 1)
      assert.equal((await all(store)).length, 1)
      const again = await reopen()
      again.events.append(siteId, anEvent({ at: bornAt + 2 * day, signInId: 'younger' }))
      await again.sweep(bornAt + eventsKeptSeconds + day)
      assert.deepEqual((await all(again)).map(({ signInId }) => signInId), ['younger'])
    }))

    it('takes nothing in and shows nothing once it is closed', withStore(async (store) => {
      await store.close()
      store.events.append(siteId, anEvent())
      await assert.rejects(store.events.flush(), { code: 'store_unavailable' })
      await assert.rejects(all(store), { code: 'store_unavailable' })
    }))
  })
}
