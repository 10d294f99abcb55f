/** The contract of the sessions' port. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rotate } from '../../sessions/session.ts'
import { aSession, aSite, aUser, bornAt } from '../samples.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id

export function contractOfSessions(withStore: WithStore): void {
  describe('sessions', () => {
    it('makes, changes and removes a session, each for good', withStore(async (store, reopen) => {
      await store.sessions.change(siteId, 'session-1', (session) => ({ next: aSession(), result: assert.equal(session, undefined) }))
      await store.sessions.change(siteId, 'session-1', (session) => ({ next: rotate(session ?? aSession(), bornAt + 5), result: 0 }))
      const again = await reopen()
      assert.deepEqual((await again.sessions.find(siteId, 'session-1')).session, rotate(aSession(), bornAt + 5))
      await again.sessions.change(siteId, 'session-1', () => ({ next: null, result: 0 }))
      assert.equal((await again.sessions.find(siteId, 'session-1')).session, undefined)
    }))

    it('finds a session with its site and its user in one look, and what of them is missing', withStore(async (store, reopen) => {
      const nothing = { site: undefined, session: undefined, user: undefined }
      assert.deepEqual(await store.sessions.find(siteId, 'session-1'), nothing)
      await store.sessions.change(siteId, 'session-1', () => ({ next: aSession({ browser: '"userId":"user-2"' }), result: 0 }))
      await store.users.insert(aUser({ id: 'user-2', address: 'other@example.org' }))
      const { session } = await store.sessions.find(siteId, 'session-1')
      assert.deepEqual(await store.sessions.find(siteId, 'session-1'), { ...nothing, session })
      await Promise.all([store.sites.insert(aSite()), store.users.insert(aUser())])
      assert.deepEqual(await (await reopen()).sessions.find(siteId, 'session-1'), { site: aSite(), session, user: aUser() })
      assert.deepEqual(await (await reopen()).sessions.find('fedcba9876543210', 'session-1'), nothing)
    }))

    it('keeps sites apart', withStore(async (store) => {
      await store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
      assert.equal((await store.sessions.find('fedcba9876543210', 'session-1')).session, undefined)
      assert.deepEqual(await store.sessions.ofUser('fedcba9876543210', 'user-1'), [])
      assert.equal(await store.sessions.removeOfUser('fedcba9876543210', 'user-1'), 0)
    }))

    it('lets one of 50 parallel rotations of a generation win', withStore(async (store) => {
      await store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
      const tries = Array.from({ length: 50 }, () =>
        store.sessions.change(siteId, 'session-1', (session) =>
          session?.generation === 0 ? { next: rotate(session, bornAt + 1), result: 1 } : { result: 0 },
        ),
      )
      assert.equal((await Promise.all(tries)).reduce((sum, won) => sum + won, 0), 1)
      assert.equal((await store.sessions.find(siteId, 'session-1')).session?.generation, 1)
    }))

    it('lists and removes all sessions of a user and of nobody else', withStore(async (store, reopen) => {
      for (const [id, userId] of [['a', 'user-1'], ['b', 'user-1'], ['c', 'user-2']] as const)
        await store.sessions.change(siteId, id, () => ({ next: aSession({ id, userId }), result: 0 }))
      assert.deepEqual((await store.sessions.ofUser(siteId, 'user-1')).map(({ id }) => id).sort(), ['a', 'b'])
      assert.equal(await store.sessions.removeOfUser(siteId, 'user-1'), 2)
      assert.equal(await store.sessions.removeOfUser(siteId, 'user-1'), 0)
      const again = await reopen()
      assert.deepEqual(await again.sessions.ofUser(siteId, 'user-1'), [])
      assert.deepEqual((await again.sessions.ofUser(siteId, 'user-2')).map(({ id }) => id), ['c'])
    }))
  })
}
