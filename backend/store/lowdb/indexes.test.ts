import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFinal } from '../../sign-in/sign-in.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn } from '../samples.ts'
import { Change } from './change.ts'
import { buildIndexes } from './indexes.ts'
import type { Ordered } from './ordered.ts'
import { newTables } from './tables.ts'

const some = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  siteId: fc.constantFrom('s1', 's2'),
  address: fc.constantFrom('x@example.org', 'y@example.org'),
  state: fc.constantFrom<SignIn['state'][]>('pending', 'approved', 'completed'),
  createdAt: fc.integer({ min: 0, max: 3 }),
  nextAttemptAt: fc.integer({ min: 0, max: 3 }),
})
const act = fc.record({ put: some, remove: fc.boolean(), undo: fc.boolean(), tidy: fc.boolean() })

describe('the indexes', () => {
  it('say the same as a look at every record, after any puts, removes and undos', () => {
    fc.assert(fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const tables = newTables()
      const indexes = buildIndexes(tables)
      for (const { put: { nextAttemptAt, ...own }, remove, undo, tidy } of acts) {
        const change = new Change()
        if (remove) change.remove(tables.signIns, own.id)
        else change.put(tables.signIns, aSignIn({ ...own, delivery: { ...aSignIn().delivery, nextAttemptAt } }))
        if (undo) change.undo()
        if (tidy) tables.signIns.tidy()
      }
      const all = [...tables.signIns.values()]
      const ids = (keep: (signIn: SignIn) => boolean) => all.filter(keep).map(({ id }) => id).sort()
      const idsAt = ({ places }: Ordered) => places.map((place) => tables.signIns.at(place)?.id ?? 'none').sort()
      for (const siteId of ['s1', 's2']) {
        assert.deepEqual(idsAt(indexes.signInsOfSite.of(siteId)), ids((signIn) => signIn.siteId === siteId))
        assert.deepEqual(indexes.signInsOfAddress.of(siteId, 'x@example.org').map(({ id }) => id).sort(), ids((signIn) => signIn.siteId === siteId && signIn.address === 'x@example.org'))
      }
      assert.deepEqual(idsAt(indexes.mail.due), ids(({ state }) => !isFinal(state)))
      assert.deepEqual(indexes.signInEnds.take(Infinity, 99).map(({ id }) => id).sort(), ids(() => true))
    }))
  })

  it('keep no reminders of sessions that were ended early', () => {
    const tables = newTables()
    const { sessionEnds } = buildIndexes(tables)
    for (let i = 0; i < 5000; i += 1) {
      const change = new Change()
      const session = aSession({ id: `s${i}` })
      change.put(tables.sessions, session)
      change.remove(tables.sessions, tables.sessions.keyOf(session))
    }
    assert.ok(sessionEnds.size < 1100)
  })
})
