/** The contract of the audit log's port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSite, anEvent, bornAt } from '../samples.ts'
import { eventsKeptSeconds, type EventOrder, type KeptEvent, type ListedEvent, type Store } from '../store.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id
const other = 'fedcba9876543210'
const day = 86_400
const all = (store: Store, site: string | undefined = siteId) => store.events.list(site, { limit: 999 })
const kept = (listed: ListedEvent[]): KeptEvent[] => listed.map(({ id: _id, ...event }) => event)

/** So many, and so far apart, that no adapter keeps or reads them in one piece. The first and the last of each day are about `anna`. */
async function threeDays(store: Store): Promise<string[]> {
  const names: string[] = []
  for (let i = 0; i < 1200; i += 1) {
    const [onDay, number] = [Math.floor(i / 400), i % 400]
    const signInId = `day ${onDay} no. ${number}`
    store.events.append(siteId, anEvent({ at: bornAt + onDay * day, signInId, ...(number % 399 === 0 && { userId: 'anna' }) }))
    names.push(signInId)
    if (number === 399) await store.events.flush()
  }
  return names
}

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

    it('lists the newest first where asked, page by page back to the oldest, without what comes meanwhile', withStore(async (store, reopen) => {
      const names = await threeDays(store)
      const seen = await store.events.list(siteId, { order: 'newest', limit: 250 })
      store.events.append(siteId, anEvent({ at: bornAt + 3 * day, signInId: 'meanwhile' }))
      const again = await reopen()
      for (let page = seen; page.length > 0; seen.push(...page)) {
        page = await again.events.list(siteId, { order: 'newest', limit: 250, after: seen.at(-1)?.id ?? '' })
        again.events.append(siteId, anEvent({ at: bornAt + 3 * day, signInId: 'meanwhile' }))
      }
      assert.deepEqual(seen.map(({ signInId }) => signInId), names.toReversed())
      const ids = seen.map(({ id }) => id)
      assert.deepEqual([...ids].sort(), ids.toReversed())
      const [newest] = await again.events.list(siteId, { order: 'newest', limit: 1 })
      assert.equal(newest?.signInId, 'meanwhile')
    }))

    it('lists both orders alike: the one is the other from its end', withStore(async (store) => {
      await threeDays(store)
      const [oldest, newest] = [await store.events.list(siteId, { order: 'oldest', limit: 2000 }), await store.events.list(siteId, { order: 'newest', limit: 2000 })]
      assert.equal(oldest.length, 1200)
      assert.deepEqual(newest, oldest.toReversed())
      const { id = '' } = oldest[600] ?? {}
      assert.deepEqual(await store.events.list(siteId, { order: 'newest', after: id, limit: 2000 }), oldest.slice(0, 600).reverse())
      assert.deepEqual(await store.events.list(siteId, { order: 'oldest', after: id, limit: 2000 }), oldest.slice(601))
    }))

    it('finds what is about an id newest first too, page by page, however far apart', withStore(async (store) => {
      await threeDays(store)
      const about = async (after?: ListedEvent) => store.events.list(siteId, { order: 'newest', about: ['anna'], limit: 2, ...(after && { after: after.id }) })
      const first = await about()
      assert.deepEqual(first.map(({ signInId }) => signInId), ['day 2 no. 399', 'day 2 no. 0'])
      const second = await about(first.at(-1))
      assert.deepEqual(second.map(({ signInId }) => signInId), ['day 1 no. 399', 'day 1 no. 0'])
      const third = await about(second.at(-1))
      assert.deepEqual(third.map(({ signInId }) => signInId), ['day 0 no. 399', 'day 0 no. 0'])
      assert.deepEqual(await about(third.at(-1)), [])
    }))

    it('goes on after one that has gone meanwhile, in both orders', withStore(async (store) => {
      await store.sites.insert(aSite())
      await threeDays(store)
      const before = await store.events.list(siteId, { limit: 2000 })
      await store.sweep(bornAt + eventsKeptSeconds + day)
      const left = await store.events.list(siteId, { limit: 2000 })
      assert.deepEqual(left, before.slice(400))
      const gone = before[100]?.id ?? ''
      assert.deepEqual(await store.events.list(siteId, { after: gone, limit: 2000 }), left)
      assert.deepEqual(await store.events.list(siteId, { order: 'newest', after: gone, limit: 2000 }), [])
      assert.deepEqual(await store.events.list(siteId, { order: 'newest', after: left[2]?.id ?? '', limit: 2000 }), left.slice(0, 2).reverse())
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
      for (const order of ['oldest', 'newest'] as const)
        for (const after of ['', 'x', '../1', '1 2', '+', '-']) await assert.rejects(store.events.list(siteId, { order, after, limit: 9 }), { code: 'invalid_request' }, after)
    }))

    it('has nothing before the first id that there can be, and nothing behind the last', withStore(async (store) => {
      store.events.append(siteId, anEvent())
      const [one] = await all(store)
      const count = async (order: EventOrder, digit: string) => (await store.events.list(siteId, { order, after: one?.id.replaceAll(/\d/g, digit) ?? '', limit: 9 })).length
      assert.deepEqual([await count('oldest', '0'), await count('newest', '0'), await count('oldest', '9'), await count('newest', '9')], [1, 0, 0, 1])
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
