import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventId, eventSegmentName, logNamed, parseEventId, parseEventSegmentName, serverLog } from './event-segment.ts'

describe('a file of the audit log', () => {
  it('says in its name whose it is, which one, and since when', () => {
    for (const log of [logNamed('0123456789abcdef'), logNamed(undefined)]) {
      const segment = { log, number: 12, firstAt: 1_800_000_000 }
      assert.deepEqual(parseEventSegmentName(eventSegmentName(segment)), segment)
    }
  })

  it('is no file of another name', () => {
    for (const name of ['', 'shop.log', 'shop.1.1.log', 'shop.00000001.1.log.tmp', '../x.00000001.1.log', 'other.own.00000001.1.log']) assert.equal(parseEventSegmentName(name), undefined, name)
  })

  it('is never one that a site’s id could point elsewhere', () => {
    for (const id of ['', '..', 'a/b', serverLog]) assert.throws(() => logNamed(id), TypeError)
  })
})

describe('an event’s id', () => {
  it('says where it stands, in the order of texts', () => {
    assert.deepEqual(parseEventId(eventId(3, 4096)), { number: 3, at: 4096 })
    const ids = [eventId(1, 9), eventId(1, 10), eventId(2, 0), eventId(10, 0)]
    assert.deepEqual([...ids].sort(), ids)
  })

  it('is nothing else', () => {
    for (const text of ['', '1-1', '00000001-0000000x', '00000001-00000001-']) assert.equal(parseEventId(text), undefined)
  })
})
