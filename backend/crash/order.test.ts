import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { outOfOrder } from './order.ts'
import type { Event } from './trace.ts'

type Plain = Event extends infer Each ? (Each extends Event ? Omit<Each, 'begins' | 'ends'> : never) : never

/** One after another; `[event, later]` ends only after so many more of them. */
function trace(...plain: (Plain | [Plain, number])[]): Event[] {
  return plain.map((each, place) => {
    const [event, later] = Array.isArray(each) ? each : [each, 0]
    return { ...event, begins: place, ends: place + later + (later > 0 ? 0.5 : 0) }
  })
}

const journal = '/d/journal-1.log'
const create = (path: string): Plain => ({ kind: 'create', path })
const write = (path: string, text: string): Plain => ({ kind: 'write', path, position: 0, bytes: Buffer.from(text) })
const sync = (path: string): Plain => ({ kind: 'sync', path })
const rename = (from: string, to: string): Plain => ({ kind: 'rename', from, to })
const unlink = (path: string): Plain => ({ kind: 'unlink', path })
const answer = (status = 200): Plain => ({ kind: 'answer', port: 5, status })
const begun = [create(`${journal}.tmp`), write(`${journal}.tmp`, 'head\n'), sync(`${journal}.tmp`), rename(`${journal}.tmp`, journal), sync('/d')]
const promised = [{ port: 5, what: 'claim', shows: ['"anna"', '"completed"'] }]
const line = '{"anna","completed"}\n'

describe('the order of flush and answer', () => {
  it('is right where the line of the change was synced before its answer left', () => {
    assert.deepEqual(outOfOrder(trace(...begun, write(journal, line), sync(journal), answer()), promised), [])
  })

  const wrong: Record<string, (Plain | [Plain, number])[]> = {
    'there was no sync': [...begun, write(journal, line), answer()],
    'the sync came later': [...begun, write(journal, line), answer(), sync(journal)],
    'the sync began before the write had ended': [...begun, [write(journal, line), 2], sync(journal), answer()],
    'the sync had not ended': [...begun, write(journal, line), [sync(journal), 2], answer()],
    'another file was synced': [...begun, write(journal, line), sync('/d/other'), answer()],
    'the line is of somebody else': [...begun, write(journal, '{"anna"}\n{"berta","completed"}\n'), sync(journal), answer()],
    'the name of the journal was not synced': [...begun.slice(0, -1), write(journal, line), sync(journal), answer()],
    'the name of its directory was not synced': [{ kind: 'mkdir', path: '/d' }, ...begun, write(journal, line), sync(journal), answer()],
  }
  for (const [why, plain] of Object.entries(wrong))
    it(`is reported: ${why}`, () => assert.deepEqual(outOfOrder(trace(...plain), promised), ['claim was answered before its change was on disk']))

  it('asks nothing of a refusal for want of the store, and misses an answer that is not there', () => {
    assert.deepEqual(outOfOrder(trace(...begun, answer(503), write(journal, line), sync(journal), answer()), promised), [])
    assert.deepEqual(outOfOrder(trace(...begun), promised), ['claim: its answer is not in the trace'])
  })

  it('is reported where a file gets its name before its bytes are on disk', () => {
    const manifest = [create('/d/manifest.json.tmp'), write('/d/manifest.json.tmp', '{}'), rename('/d/manifest.json.tmp', '/d/manifest.json')]
    assert.deepEqual(outOfOrder(trace(...manifest), []), ['manifest.json was named before its bytes were on disk'])
  })

  it('is reported where something goes that an older name may still need', () => {
    const renamed = [create('/d/m.tmp'), rename('/d/m.tmp', '/d/manifest.json')]
    assert.deepEqual(outOfOrder(trace(create(journal), ...renamed, unlink(journal)), []), ['journal-1.log was removed before the name of manifest.json was on disk'])
    assert.deepEqual(outOfOrder(trace(create(journal), ...renamed, sync('/d'), unlink(journal)), []), [])
    assert.deepEqual(outOfOrder(trace(...renamed, unlink('/d/x.tmp')), []), [], 'a passing file is nobody’s need')
  })

  it('is reported where the keys are not on disk at the first answer', () => {
    const keys = [create('/k/.keys-1'), write('/k/.keys-1', 'k'), sync('/k/.keys-1'), { kind: 'link', from: '/k/.keys-1', to: '/k/keys.json' } as const]
    const rest = [...begun, write(journal, line), sync(journal), answer()]
    assert.deepEqual(outOfOrder(trace(...keys, ...rest), promised), ['claim was answered before the keys were on disk'])
    assert.deepEqual(outOfOrder(trace(...keys, sync('/k'), ...rest), promised), [])
  })
})
