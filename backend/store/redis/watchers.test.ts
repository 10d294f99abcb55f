import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SignIn } from '../../sign-in/sign-in.ts'
import { silentLog } from '../lowdb/log.ts'
import { aSignIn } from '../samples.ts'
import { Watchers } from './watchers.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Over a Redis of which everything is here: what was asked, what is joined, and a turn before each answer. */
function watched(count: number) {
  const asked: string[] = []
  const joined = new Set<string>()
  const kept = { state: 'pending' as SignIn['state'], revision: 1 }
  const watchers = new Watchers({
    channels: {
      async join(ids) {
        asked.push('join')
        await settled()
        for (const id of ids) joined.add(id)
      },
      leave: (ids) => ids.forEach((id) => joined.delete(id)),
    },
    async read(ids) {
      asked.push('read')
      await settled()
      return ids.map((id) => ({ record: aSignIn({ id, state: kept.state }), version: '', revision: kept.revision }))
    },
    missed: () => assert.fail('nothing was missed'),
    log: silentLog,
  })
  const heard: string[] = []
  const stops = Array.from({ length: count }, (_, i) => watchers.watch(`i${i}`, ({ id, state }) => heard.push(`${id} ${state}`)))
  return { watchers, asked, joined, kept, heard, stops }
}

describe('watchers over Redis', () => {
  it('catch up in few questions, however many sign-ins are watched, and tell of each change once', async () => {
    const { watchers, asked, kept, heard } = watched(1000)
    for (let turns = 0; turns < 3; turns += 1) await settled()
    Object.assign(kept, { state: 'approved', revision: 2 })
    asked.length = 0
    await watchers.catchUp()
    assert.deepEqual(asked, [...Array.from({ length: 5 }, () => 'join'), ...Array.from({ length: 5 }, () => 'read')])
    await watchers.catchUp()
    assert.deepEqual([heard.length, new Set(heard).size, heard[0]], [1000, 1000, 'i0 approved'])
  })

  it('tell of nothing that is older than what was told of while it was read', async () => {
    const { watchers, heard } = watched(1)
    for (let turns = 0; turns < 3; turns += 1) await settled()
    const caughtUp = watchers.catchUp()
    await settled()
    watchers.tell('i0', { record: aSignIn({ id: 'i0', state: 'approved' }), version: '', revision: 2 })
    await caughtUp
    assert.deepEqual(heard, ['i0 approved'])
  })

  it('tell of what a failover took back', async () => {
    const { watchers, kept, heard } = watched(1)
    Object.assign(kept, { state: 'approved', revision: 5 })
    for (let turns = 0; turns < 3; turns += 1) await settled()
    Object.assign(kept, { state: 'cancelled', revision: 4 })
    await watchers.catchUp()
    assert.deepEqual(heard, ['i0 cancelled'])
  })

  it('stay joined to nothing that is watched no more, also where it went while they caught up', async () => {
    const { watchers, joined, stops } = watched(1000)
    await settled()
    // Both connections were lost.
    joined.clear()
    const caughtUp = watchers.catchUp()
    for (const [index, stop] of stops.entries()) {
      if (index % 100 === 0) await settled()
      stop()
    }
    await caughtUp
    assert.deepEqual([watchers.size, joined.size], [0, 0])
  })
})
