import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { endsAt, isOver, judge, parentSeconds, rotate, secondsLeft, type Session } from './session.ts'

const now = 1_778_751_660
const session: Session = {
  id: 's'.repeat(22), siteId: '0123456789abcdef', userId: 'u', generation: 3, seed: 'seed', createdAt: now, lastSeenAt: now, rotatedAt: now,
  idleSeconds: 100, absoluteEndAt: now + 250, authTime: now, amr: ['otp'], browser: 'Firefox', jkt: 'thumbprint',
}

describe('a session', () => {
  it('ends when nobody came back for its idle time, at that second and not before', () => {
    assert.deepEqual([isOver(session, now + 99.999), isOver(session, now + 100)], [false, true])
  })

  it('has a second left until it is over, and none then', () => {
    assert.deepEqual([now, now + 0.3, now + 99.1, now + 100, now + 500].map((when) => secondsLeft(session, when)), [100, 100, 1, 0, 0])
  })

  it('ends at its absolute end, however often somebody came back', () => {
    let later = session
    for (const when of [now + 90, now + 180, now + 240]) later = rotate(later, when)
    assert.equal(endsAt(later), now + 250)
    assert.deepEqual([isOver(later, now + 249.999), isOver(later, now + 250)], [false, true])
  })

  it('goes on by rotation, and keeps all but its generation and its times', () => {
    const next = rotate(session, now + 50)
    assert.deepEqual(next, { ...session, generation: 4, rotatedAt: now + 50, lastSeenAt: now + 50 })
    assert.equal(session.generation, 3, 'the record that was given is left as it was')
  })

  it('never ends later than when it began plus its absolute time, whatever the rotations', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300 })), (steps) => {
      let [each, when] = [session, now]
      for (const step of steps) each = rotate(each, (when += step))
      assert.ok(endsAt(each) <= session.absoluteEndAt)
      assert.equal(each.absoluteEndAt, session.absoluteEndAt)
      assert.equal(each.generation, session.generation + steps.length)
    }))
  })
})

describe('a refresh secret that is shown', () => {
  it('is the newest at any time', () => {
    for (const later of [0, 60, 1e6]) assert.equal(judge(session, 3, now + later), 'newest')
  })

  it('is the parent for a minute after the rotation, and reuse from then on', () => {
    assert.equal(judge(session, 2, now + parentSeconds), 'parent')
    assert.equal(judge(session, 2, now + parentSeconds + 0.001), 'reuse')
  })

  it('is reuse when it is older than the direct parent, at any time', () => {
    for (const generation of [1, 0]) assert.equal(judge(session, generation, now), 'reuse')
  })

  it('is of a state that was lost when it is newer than the record, as after a restored backup', () => {
    assert.equal(judge(session, 4, now), 'lost')
  })

  it('is the parent of the newest alone after two rotations in a minute', () => {
    const twice = rotate(rotate(session, now + 1), now + 2)
    assert.deepEqual([5, 4, 3].map((generation) => judge(twice, generation, now + 3)), ['newest', 'parent', 'reuse'])
  })
})
