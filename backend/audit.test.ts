import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAudit, type AuditEvent } from './audit.ts'

describe('an audit event', () => {
  const heard: unknown[] = []
  const add = (fields: object, text: string) => void heard.push({ ...fields, text })
  const audit = createAudit({
    events: { append: (siteId, event) => void heard.push({ siteId, event }) },
    clock: { now: () => 1000.5 },
    log: { debug: add, info: add, warn: add, error: add },
    count: (event) => void heard.push({ counted: event.event }),
  })
  const of = (event: AuditEvent) => {
    heard.length = 0
    audit(event)
    return heard
  }

  it('reaches the counters, the log of the process and the store of its site', () => {
    const event = { event: 'session.claimed', siteId: 'shop', userId: 'anna' } as const
    assert.deepEqual(of(event), [
      { counted: 'session.claimed' },
      { ...event, text: 'session.claimed' },
      { siteId: 'shop', event: { at: 1000.5, ...event } },
    ])
  })

  it('is the server’s own where it belongs to no site, or tells that a site went', () => {
    assert.deepEqual(of({ event: 'admin.refused', network: '192.0.2.1' }).at(-1), { siteId: undefined, event: { at: 1000.5, event: 'admin.refused', network: '192.0.2.1' } })
    assert.deepEqual(of({ event: 'site.deleted', siteId: 'shop' }).at(-1), { siteId: undefined, event: { at: 1000.5, event: 'site.deleted', siteId: 'shop' } })
  })

  it('that somebody can repeat at will fills the store’s log once in four minutes, and the other logs each time', () => {
    const kept: string[] = []
    let [now, told] = [1000, 0]
    const quiet = { debug() {}, info: () => void (told += 1), warn() {}, error() {} }
    const tell = createAudit({ events: { append: (_, event) => void kept.push(event.sessionId ?? event.event) }, clock: { now: () => now }, log: quiet, count() {} })
    for (let i = 0; i < 5; i += 1) tell({ event: 'session.refreshed', siteId: 'shop', sessionId: 'a' })
    tell({ event: 'session.refreshed', siteId: 'shop', sessionId: 'b' })
    for (let i = 0; i < 2; i += 1) tell({ event: 'session.reuse', siteId: 'shop', sessionId: 'c' })
    now += 239
    tell({ event: 'session.refreshed', siteId: 'shop', sessionId: 'a' })
    now += 1
    tell({ event: 'session.refreshed', siteId: 'shop', sessionId: 'a' })
    assert.deepEqual([kept, told], [['a', 'b', 'c', 'c', 'a'], 10])
  })

  it('of an export is kept each time: a limit holds how many there are', () => {
    const kept: (string | undefined)[] = []
    const tell = createAudit({ events: { append: (_, { userId }) => void kept.push(userId) }, clock: { now: () => 1000 }, log: { debug() {}, info() {}, warn() {}, error() {} }, count() {} })
    for (const userId of ['anna', 'bert', 'anna', 'bert']) tell({ event: 'user.exported', siteId: 'shop', userId })
    assert.deepEqual(kept, ['anna', 'bert', 'anna', 'bert'])
  })
})
