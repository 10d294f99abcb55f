/** The contract of the step that ends in a session. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { complete, type SignIn } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite, aUser, bornAt } from '../samples.ts'
import { nothingFound } from '../store.ts'
import type { WithStore } from '../store-contract.ts'

const siteId = aSite().id
const now = bornAt + 1

export function contractOfCompleting(withStore: WithStore): void {
  it('completes a sign-in with its user and session together', withStore(async (store, reopen) => {
    await store.signIns.insert(aSignIn())
    const result = await store.signIns.complete('sign-in-1', ({ signIn, user, session }) => {
      assert.deepEqual([user, session], [undefined, undefined])
      return { next: { signIn: complete(found(signIn), 'arrival', 'session-1', now), user: aUser(), session: aSession() }, result: 'done' }
    })
    assert.equal(result, 'done')
    const again = await reopen()
    assert.equal((await again.signIns.get('sign-in-1'))?.state, 'completed')
    assert.deepEqual(await again.users.findByAddress(siteId, 'user-1@example.org'), aUser())
    assert.deepEqual((await again.sessions.find(siteId, 'session-1')).session, aSession())
  }))

  it('hands the step the site, the user of the address there, and the session of the completed sign-in', withStore(async (store) => {
    await store.sites.insert(aSite())
    const other = aUser({ id: 'elsewhere', siteId: 'fedcba9876543210', address: 'user-1@example.org' })
    await store.users.insert(other)
    await store.users.insert(aUser())
    const done = complete(aSignIn(), 'arrival', 'session-1', now)
    await store.signIns.insert(aSignIn())
    await store.signIns.complete('sign-in-1', () => ({ next: { signIn: done, session: aSession() }, result: 0 }))
    const seen = await store.signIns.complete('sign-in-1', (completing) => ({ result: completing }))
    assert.deepEqual(seen, { signIn: done, site: aSite(), user: aUser(), session: aSession() })
  }))

  it('finds nothing to complete where there is no sign-in', withStore(async (store) => {
    assert.deepEqual(await store.signIns.complete('nobody', (completing) => ({ result: completing })), nothingFound)
  }))

  it('lets one of 50 parallel claims complete a sign-in', withStore(async (store) => {
    await store.signIns.insert(aSignIn())
    const claims = Array.from({ length: 50 }, (_, i) =>
      store.signIns.complete('sign-in-1', ({ signIn }) => {
        const id = `session-${i}`
        return { next: { signIn: complete(found(signIn), 'arrival', id, now), user: aUser(), session: aSession({ id }) }, result: id }
      }),
    )
    const won = (await Promise.allSettled(claims)).flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
    assert.equal(won.length, 1)
    assert.deepEqual((await store.sessions.ofUser(siteId, 'user-1')).map(({ id }) => id), won)
  }))

  it('takes from every budget in a step that counts, and from none in one that does not or throws', withStore(async (store, reopen) => {
    await store.signIns.insert(aSignIn())
    const run = ({ signIns } = store, own: { counts?: boolean; wide?: number; step?: () => never } = {}) =>
      signIns.complete('sign-in-1', own.step ?? (({ signIn }, usedUp) => (usedUp ? { result: usedUp.key } : { next: { signIn: found(signIn) }, result: 'done', ...(own.counts && { counts: true }) })), ({ signIn }) => {
        assert.equal(signIn?.id, 'sign-in-1')
        return [{ key: 'wide', budget: { max: own.wide ?? 9, seconds: 60 }, now }, { key: 'narrow', budget: { max: 2, seconds: 60 }, now }]
      })
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await run(), 'done')
      await assert.rejects(run(store, { counts: true, step: () => { throw new Error('no') } }))
    }
    for (let round = 0; round < 2; round += 1) assert.equal(await run(store, { counts: true }), 'done')
    const kept = await reopen()
    for (const counts of [true, false]) assert.equal(await run(kept, { counts }), 'narrow')
    assert.deepEqual([await run(kept, { wide: 2 }), await run(kept, { wide: 3 })], ['wide', 'narrow'])
  }))

  it('begins a budget anew where its window is over', withStore(async (store) => {
    await store.signIns.insert(aSignIn())
    const run = (at: number) => store.signIns.complete('sign-in-1', (_, usedUp) => ({ result: usedUp === undefined, counts: usedUp === undefined }), () => [{ key: 'narrow', budget: { max: 1, seconds: 60 }, now: at }])
    assert.deepEqual([await run(now), await run(now + 59), await run(now + 60), await run(now + 61)], [true, false, true, false])
  }))

  it('counts no more than its budgets have, however many steps at once, of one sign-in and of several', withStore(async (store) => {
    const ids = ['sign-in-1', 'sign-in-2', 'sign-in-3']
    for (const id of ids) await store.signIns.insert(aSignIn({ id }))
    const budgets = () => [{ key: 'narrow', budget: { max: 7, seconds: 60 }, now }]
    const runs = Array.from({ length: 30 }, (_, index) =>
      store.signIns.complete(ids[index % 3] ?? '', ({ signIn }, usedUp) => (usedUp ? { result: 0 } : { next: { signIn: found(signIn) }, result: 1, counts: true }), budgets))
    assert.equal((await Promise.all(runs)).reduce((sum, one) => sum + one, 0), 7)
  }))

  it('keeps none of the three records when the user’s address is taken', withStore(async (store) => {
    await store.signIns.insert(aSignIn())
    await store.users.insert(aUser({ id: 'holder', address: 'taken@example.org' }))
    const claim = store.signIns.complete('sign-in-1', ({ signIn }) => ({
      next: { signIn: complete(found(signIn), 'arrival', 'session-1', now), session: aSession(), user: aUser({ address: 'taken@example.org' }) },
      result: 0,
    }))
    await assert.rejects(claim, { code: 'conflict' })
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'pending')
    assert.equal((await store.sessions.find(siteId, 'session-1')).session, undefined)
  }))
}

export function found(signIn: SignIn | undefined): SignIn {
  assert.ok(signIn)
  return signIn
}
