/** The contract of the sign-ins' port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { approve, type SignIn } from '../../sign-in/sign-in.ts'
import { aSignIn, aSite, bornAt } from '../samples.ts'
import type { Place } from '../store.ts'
import type { WithStore } from '../store-contract.ts'
import { contractOfCompleting, found } from './completing.ts'
import { contractOfWatching } from './watching.ts'

const siteId = aSite().id
const now = bornAt + 1

export function contractOfSignIns(withStore: WithStore): void {
  describe('sign-ins', () => {
    it('gives back what was inserted, also after a restart', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
      assert.deepEqual(await (await reopen()).signIns.get('sign-in-1'), aSignIn())
    }))

    it('knows no sign-in that was never inserted', withStore(async (store) => {
      assert.equal(await store.signIns.get('nobody'), undefined)
      assert.equal(await store.signIns.get('__proto__'), undefined)
      assert.equal(await store.signIns.change('nobody', (signIn) => ({ result: signIn })), undefined)
    }))

    it('refuses a second sign-in of the same id as a conflict, and keeps the first', withStore(async (store) => {
      await store.signIns.insert(aSignIn())
      await assert.rejects(store.signIns.insert(aSignIn({ browser: 'other' })), { code: 'conflict' })
      assert.equal((await store.signIns.get('sign-in-1'))?.browser, 'Firefox on Linux')
    }))

    it('takes from a budget and adds the record for what it found there, as one change, also after a restart', withStore(async (store, reopen) => {
      const counted = { key: 'mails', budget: { max: 2, seconds: 60 }, now }
      const insert = (id: string) => store.signIns.insertCounted(counted, (taken) => aSignIn({ id, browser: taken ? 'within' : 'past' }))
      await Promise.all(['a', 'b', 'c', 'd'].map(insert))
      const kept = await reopen()
      const browsers = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => (await kept.signIns.get(id))?.browser))
      assert.deepEqual(browsers.sort(), ['past', 'past', 'within', 'within'])
      assert.equal((await kept.counters.take('mails', counted.budget, now)).taken, false)
    }))

    it('takes nothing from the budget for an id that is taken', withStore(async (store) => {
      const counted = { key: 'mails', budget: { max: 1, seconds: 60 }, now }
      await store.signIns.insert(aSignIn())
      await assert.rejects(store.signIns.insertCounted(counted, () => aSignIn({ browser: 'other' })), { code: 'conflict' })
      assert.equal((await store.signIns.get('sign-in-1'))?.browser, 'Firefox on Linux')
      assert.equal((await store.counters.take('mails', counted.budget, now)).taken, true)
    }))

    it('takes from a budget for a step that changes the record, and for no other', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      const counted = { key: 'mails', budget: { max: 1, seconds: 60 }, now }
      const run = (browser?: string) => store.signIns.changeCounted('sign-in-1', counted, (signIn, taken) => ({ ...(browser !== undefined && { next: { ...found(signIn), browser } }), result: taken }))
      const failing = () => store.signIns.changeCounted('sign-in-1', counted, () => { throw new Error('no') })
      assert.equal(await run(), true)
      await assert.rejects(failing(), /no/)
      assert.equal(await store.signIns.changeCounted('none', counted, (signIn) => ({ result: signIn })), undefined)
      // Of many at once, those that change nothing keep the last one from nobody.
      const [results] = await Promise.all([Promise.all([run('first'), run('second')]), ...Array.from({ length: 9 }, () => Promise.allSettled([failing(), run()]))])
      assert.deepEqual(results, [true, false])
      const kept = await reopen()
      assert.equal((await kept.signIns.get('sign-in-1'))?.browser, 'second')
      assert.equal((await kept.counters.take('mails', counted.budget, now)).taken, false)
    }))

    it('keeps an id that is a name of Object.prototype like any other', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn({ id: '__proto__' }))
      assert.equal((await (await reopen()).signIns.get('__proto__'))?.id, '__proto__')
    }))

    it('lets one of 50 parallel steps make a transition', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      const tries = Array.from({ length: 50 }, () =>
        store.signIns.change('sign-in-1', (signIn) => ({ next: approve(found(signIn), now), result: true })),
      )
      const results = await Promise.allSettled(tries)
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const result of results) if (result.status === 'rejected') assert.equal(result.reason.code, 'already_approved')
      assert.equal((await (await reopen()).signIns.get('sign-in-1'))?.state, 'approved')
    }))

    it('changes nothing when a step throws, and hands on what it threw', withStore(async (store) => {
      await store.signIns.insert(aSignIn())
      const thrown = new Error('no')
      await assert.rejects(store.signIns.change('sign-in-1', () => { throw thrown }), (error) => error === thrown)
      assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
    }))

    it('removes a record when the step gives null, also after a restart', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      assert.equal(await store.signIns.change('sign-in-1', () => ({ next: null, result: 7 })), 7)
      assert.equal(await store.signIns.get('sign-in-1'), undefined)
      assert.equal(await (await reopen()).signIns.get('sign-in-1'), undefined)
    }))

    it('keeps a copy: what a caller does to a record later is not kept', withStore(async (store) => {
      const mine = aSignIn()
      await store.signIns.insert(mine)
      mine.state = 'completed'
      mine.delivery.asked = 99
      assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
    }))

    it('hands out nothing through which the store could be changed', withStore(async (store) => {
      await store.signIns.insert(aSignIn())
      const got = found(await store.signIns.get('sign-in-1'))
      ignore(() => { got.state = 'completed' })
      ignore(() => { got.delivery.asked = 99 })
      await store.signIns.change('sign-in-1', (signIn) => ({ result: ignore(() => { found(signIn).state = 'completed' }) }))
      assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
    }))

    contractOfCompleting(withStore)
    contractOfQueries(withStore)
    contractOfWatching(withStore)
  })
}

function contractOfQueries(withStore: WithStore): void {
  it('lists the mails that are due, earliest first, and none that is settled or over', withStore(async (store, reopen) => {
    const due = (id: string, nextAttemptAt: number, own: Partial<SignIn> = {}) =>
      store.signIns.insert(aSignIn({ id, ...own, delivery: { ...aSignIn().delivery, nextAttemptAt } }))
    await due('late', now + 9)
    await due('early', now)
    await due('approved', now + 5, { state: 'approved' })
    await due('over', now, { state: 'cancelled' })
    await store.signIns.insert(aSignIn({ id: 'settled', delivery: { ...aSignIn().delivery, settled: 1 } }))
    const ids = async (limit: number) => (await store.signIns.mailDue(limit)).map(({ id }) => id)
    assert.deepEqual(await ids(9), ['early', 'approved', 'late'])
    assert.deepEqual(await ids(1), ['early'])
    const deliver = (id: string, own: Partial<SignIn['delivery']>) =>
      store.signIns.change(id, (signIn) => ({ next: { ...found(signIn), delivery: { ...found(signIn).delivery, ...own } }, result: 0 }))
    await deliver('early', { nextAttemptAt: now + 99 })
    await deliver('approved', { settled: 1 })
    assert.deepEqual(await ids(9), ['late', 'early'])
    assert.deepEqual((await (await reopen()).signIns.mailDue(9)).map(({ id }) => id), ['late', 'early'])
  }))

  it('lists the sign-ins of one site, newest first, page by page, by state', withStore(async (store) => {
    for (const i of [2, 0, 1, 3]) await store.signIns.insert(aSignIn({ id: `s${i}`, createdAt: bornAt + i, state: i === 1 ? 'expired' : 'pending' }))
    await store.signIns.insert(aSignIn({ id: 'elsewhere', siteId: 'fedcba9876543210' }))
    const ids = async (query: { state?: SignIn['state']; after?: Place; limit: number }) => (await store.signIns.list(siteId, query)).map(({ id }) => id)
    assert.deepEqual(await ids({ limit: 9 }), ['s3', 's2', 's1', 's0'])
    assert.deepEqual(await ids({ limit: 2 }), ['s3', 's2'])
    assert.deepEqual(await ids({ limit: 2, after: { createdAt: bornAt + 2, id: 's2' } }), ['s1', 's0'])
    assert.deepEqual(await ids({ limit: 9, state: 'pending' }), ['s3', 's2', 's0'])
    assert.deepEqual(await ids({ limit: 9, after: { createdAt: bornAt + 1.5, id: 'gone meanwhile' } }), ['s1', 's0'])
    assert.deepEqual(await store.signIns.list('no-site', { limit: 9 }), [])
  }))

  it('finds every sign-in of an address at a site, newest first', withStore(async (store) => {
    for (const i of [1, 0, 2]) await store.signIns.insert(aSignIn({ id: `s${i}`, createdAt: bornAt + i }))
    await store.signIns.insert(aSignIn({ id: 'another', address: 'another@example.org' }))
    await store.signIns.change('s1', () => ({ next: null, result: 0 }))
    assert.deepEqual((await store.signIns.ofAddress(siteId, 'user-1@example.org')).map(({ id }) => id), ['s2', 's0'])
    assert.deepEqual(await store.signIns.ofAddress('fedcba9876543210', 'user-1@example.org'), [])
  }))
}

/** A frozen record may throw; a copy may not. */
function ignore(mutate: () => void): void {
  try {
    mutate()
  } catch (error) {
    assert.ok(error instanceof TypeError)
  }
}
