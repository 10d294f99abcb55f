import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../problems.ts'
import { silentLog } from '../lowdb/log.ts'
import { anEvent } from '../samples.ts'
import { EventBuffer, type Batch } from './event-buffer.ts'

const away = new Problem('store_unavailable')
const event = (signInId: string) => anEvent({ signInId })

/** What was tried, as `log number: events`; logs that fail as long as they are in `failing`. */
function buffered() {
  const tried: string[] = []
  const failing = new Set<string>()
  const write = async (key: string, { number, events }: Batch) => {
    tried.push(`${key} ${number}: ${events.length > 9 ? events.length : events.map(({ signInId }) => signInId).join()}`)
    if (failing.has(key)) throw away
  }
  return { buffer: new EventBuffer(write, silentLog), tried, failing }
}

describe('events that are gathered for Redis', () => {
  it('are tried again in the same batch under the same number, and what came since follows in another', async () => {
    const { buffer, tried, failing } = buffered()
    for (const id of ['one', 'two']) buffer.add('log', event(id))
    failing.add('log')
    await assert.rejects(buffer.flush(), away)
    buffer.add('log', event('three'))
    await assert.rejects(buffer.flush(), away)
    failing.clear()
    await buffer.flush()
    await buffer.flush()
    assert.deepEqual(tried, ['log 1: one,two', 'log 1: one,two', 'log 1: one,two', 'log 2: three'])
    await buffer.close()
  })

  it('wait only where their own log cannot be written', async () => {
    const { buffer, tried, failing } = buffered()
    for (const log of ['broken', 'whole']) buffer.add(log, event(log))
    failing.add('broken')
    await buffer.flush('whole')
    await assert.rejects(buffer.flush('broken'), away)
    await assert.rejects(buffer.flush(), away)
    assert.deepEqual(tried.filter((each) => each.startsWith('whole')), ['whole 2: whole'])
    await buffer.close()
  })

  it('are let go of where too many wait: the oldest of the longest log', async () => {
    const { buffer, tried, failing } = buffered()
    failing.add('quiet').add('busy')
    buffer.add('quiet', event('first'))
    for (let i = 0; i < 10_005; i += 1) buffer.add('busy', event(`b${i}`))
    failing.clear()
    await buffer.flush()
    assert.deepEqual(tried, ['quiet 1: first', 'busy 2: 9999'])
    await buffer.close()
  })

  it('are written no more once their log is forgotten, tried ones too, and keep no other one waiting', async () => {
    const { buffer, tried, failing } = buffered()
    failing.add('gone')
    buffer.add('gone', event('one'))
    await assert.rejects(buffer.flush(), away)
    buffer.add('gone', event('two'))
    buffer.add('there', event('three'))
    await buffer.forget('gone')
    await buffer.flush()
    assert.deepEqual(tried, ['gone 1: one', 'there 2: three'])
    await buffer.close()
  })

  it('are taken in no more once it is closed', async () => {
    const { buffer, tried } = buffered()
    buffer.add('log', event('last'))
    await buffer.close()
    buffer.add('log', event('late'))
    await assert.rejects(buffer.flush(), { code: 'store_unavailable' })
    assert.deepEqual(tried, ['log 1: last'])
  })
})
