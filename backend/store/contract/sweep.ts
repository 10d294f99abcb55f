/** The contract of sweeping, readiness and closing. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keptAfterEndSeconds } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite, bornAt } from '../samples.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id
const end = aSignIn().expiresAt

export function contractOfSweep(withStore: WithStore): void {
  describe('sweep', () => {
    it('expires a live sign-in at its end for good, and tells its watchers', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      await store.signIns.insert(aSignIn({ id: 'approved', state: 'approved' }))
      await store.signIns.insert(aSignIn({ id: 'younger', expiresAt: end + 1 }))
      const heard: string[] = []
      store.signIns.watch('sign-in-1', ({ state }) => heard.push(state))
      await store.sweep(end - 1)
      assert.deepEqual(heard, [])
      await store.sweep(end)
      assert.deepEqual(heard, ['expired'])
      const again = await reopen()
      await again.sweep(bornAt)
      const states = ['sign-in-1', 'approved', 'younger'].map(async (id) => (await again.signIns.get(id))?.state)
      assert.deepEqual(await Promise.all(states), ['expired', 'expired', 'pending'])
    }))

    it('keeps a sign-in for an hour past its end, then removes it', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      await store.signIns.insert(aSignIn({ id: 'done', state: 'completed' }))
      await store.sweep(end + keptAfterEndSeconds - 1)
      assert.equal((await store.signIns.list(siteId, { limit: 9 })).length, 2)
      const again = await reopen()
      await again.sweep(end + keptAfterEndSeconds)
      assert.deepEqual(await again.signIns.list(siteId, { limit: 9 }), [])
      assert.deepEqual(await again.signIns.mailDue(9), [])
    }))

    it('removes what ended long ago at once', withStore(async (store) => {
      for (let i = 0; i < 500; i += 1) await store.signIns.insert(aSignIn({ id: `s${i}` }))
      await store.sweep(end + 10 * keptAfterEndSeconds)
      assert.deepEqual(await store.signIns.list(siteId, { limit: 999 }), [])
    }))

    it('removes a session at its idle end, unless it was used meanwhile', withStore(async (store) => {
      for (const id of ['idle', 'used']) await store.sessions.change(siteId, id, () => ({ next: aSession({ id }), result: 0 }))
      await store.sessions.change(siteId, 'used', () => ({ next: aSession({ id: 'used', lastSeenAt: bornAt + 100 }), result: 0 }))
      await store.sweep(bornAt + 3600)
      assert.deepEqual((await store.sessions.ofUser(siteId, 'user-1')).map(({ id }) => id), ['used'])
      await store.sweep(bornAt + 3700)
      assert.deepEqual(await store.sessions.ofUser(siteId, 'user-1'), [])
    }))

    it('removes a session at its absolute end however much it is used', withStore(async (store) => {
      await store.sessions.change(siteId, 'session-1', () => ({ next: aSession({ lastSeenAt: bornAt + 86_399 }), result: 0 }))
      await store.sweep(bornAt + 86_400)
      assert.equal((await store.sessions.find(siteId, 'session-1')).session, undefined)
    }))
  })

  describe('ready and close', () => {
    it('is ready until it is closed, then refuses as unavailable', withStore(async (store) => {
      await store.ready()
      await store.close()
      await store.close()
      const calls = [() => store.ready(), () => store.signIns.get('sign-in-1'), () => store.signIns.insert(aSignIn()), () => store.sweep(bornAt)]
      for (const call of calls) await assert.rejects(call(), { code: 'store_unavailable' })
    }))

    it('goes on as before after it was compacted', withStore(async (store, reopen) => {
      await store.signIns.insert(aSignIn())
      await store.signIns.insert(aSignIn({ id: 'gone' }))
      await store.signIns.change('gone', () => ({ next: null, result: 0 }))
      await Promise.all([store.compact(), store.compact(), store.signIns.insert(aSignIn({ id: 'meanwhile' }))])
      await store.signIns.insert(aSignIn({ id: 'later' }))
      const again = await reopen()
      assert.deepEqual((await again.signIns.list(siteId, { limit: 9 })).map(({ id }) => id).sort(), ['later', 'meanwhile', 'sign-in-1'])
    }))

    it('finishes what is under way before it closes', withStore(async (store, reopen) => {
      const inserts = Array.from({ length: 20 }, (_, i) => store.signIns.insert(aSignIn({ id: `s${i}` })))
      const again = await reopen()
      await Promise.all(inserts)
      assert.equal((await again.signIns.list(siteId, { limit: 99 })).length, 20)
    }))
  })
}
