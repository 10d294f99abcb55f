import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aUser } from '../samples.ts'
import { Change } from './change.ts'
import { newTables } from './tables.ts'

describe('a change', () => {
  it('is undone in reverse, whatever it did', () => {
    const { users } = newTables()
    const before = aUser()
    new Change().put(users, before)
    const change = new Change()
    change.put(users, aUser({ blocked: true }))
    change.remove(users, users.keyOf(before))
    change.put(users, aUser({ id: 'user-2' }))
    change.put(users, aUser({ roles: ['admin'] }))
    change.undo()
    assert.deepEqual([...users.values()], [before])
  })

  it('has nothing to write where nothing was removed', () => {
    const change = new Change()
    assert.equal(change.remove(newTables().users, 'nobody'), false)
    assert.equal(change.isEmpty, true)
  })

  it('keeps no record that a restart could not read', () => {
    const { users } = newTables()
    const change = new Change()
    assert.throws(() => change.put(users, aUser({ createdAt: NaN })), TypeError)
    assert.equal(change.isEmpty, true)
    assert.equal(users.size, 0)
  })
})
