import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cuts, PowerCut } from './power-cut.ts'
import { seeded } from './seeded.ts'
import type { Event } from './trace.ts'

type Plain = Event extends infer Each ? (Each extends Event ? Omit<Each, 'begins' | 'ends'> : never) : never

function after(...events: Plain[]): PowerCut {
  const power = new PowerCut('/d')
  for (const [at, event] of events.entries()) power.apply({ ...event, begins: at, ends: at })
  return power
}
const write = (path: string, text: string, position = 0): Plain => ({ kind: 'write', path, position, bytes: Buffer.from(text) })
const synced: Plain[] = [{ kind: 'create', path: '/d/a' }, write('/d/a', 'old'), { kind: 'sync', path: '/d/a' }, { kind: 'sync', path: '/d' }]

/** Every state that this cut may leave, as text. */
function states(power: PowerCut, name: string): string[] {
  const cut = cuts[name]
  assert.ok(cut)
  const all = Array.from({ length: 200 }, (_, seed) => [...power.state(cut, seeded(seed))].map(([path, bytes]) => `${path}=${bytes.toString().replaceAll('\0', '0')}`).join())
  return [...new Set(all)].sort()
}

describe('a power cut', () => {
  it('takes nothing that was synced, whatever it is', () => {
    for (const name of Object.keys(cuts)) assert.deepEqual(states(after(...synced), name), ['/d/a=old'], name)
  })

  it('takes all, some or a part of what was written since', () => {
    const power = after(...synced, write('/d/a', 'new', 3))
    assert.deepEqual(states(power, 'all is there'), ['/d/a=oldnew'])
    assert.deepEqual(states(power, 'only what was synced is there'), ['/d/a=old'])
    assert.deepEqual(states(power, 'the last write is torn'), ['/d/a=old', '/d/a=oldn', '/d/a=oldne'])
    assert.deepEqual(states(power, 'the last write has its length and no bytes'), ['/d/a=old000'])
    assert.deepEqual(states(power, 'anything'), ['/d/a=old', '/d/a=old000', '/d/a=oldn', '/d/a=oldne', '/d/a=oldnew'])
  })

  it('takes an earlier write and leaves a later one', () => {
    const power = after(...synced, write('/d/a', 'X', 3), write('/d/a', 'Y', 4))
    assert.deepEqual(states(power, 'some writes and names are there'), ['/d/a=old', '/d/a=old0Y', '/d/a=oldX', '/d/a=oldXY'])
    assert.deepEqual(states(power, 'a beginning of each file and directory is there'), ['/d/a=old', '/d/a=oldX', '/d/a=oldXY'])
  })

  it('leaves a name without its content, and a content without its name', () => {
    const power = after({ kind: 'create', path: '/d/b.tmp' }, write('/d/b.tmp', 'text'), { kind: 'rename', from: '/d/b.tmp', to: '/d/b' })
    assert.deepEqual(states(power, 'names are there, bytes are not'), ['/d/b='])
    assert.deepEqual(states(power, 'bytes are there, names are not'), [''])
    assert.deepEqual(states(power, 'some writes and names are there'), ['', '/d/b.tmp=', '/d/b.tmp=text', '/d/b=', '/d/b=text'])
  })

  it('brings back what was removed, or replaced, and not synced', () => {
    const power = after(...synced, { kind: 'unlink', path: '/d/a' })
    assert.deepEqual(states(power, 'some writes and names are there'), ['', '/d/a=old'])
    const replaced = after(...synced, { kind: 'create', path: '/d/n' }, write('/d/n', 'new'), { kind: 'sync', path: '/d/n' }, { kind: 'rename', from: '/d/n', to: '/d/a' })
    assert.deepEqual(states(replaced, 'only what was synced is there'), ['/d/a=old'])
    assert.deepEqual(states(replaced, 'all is there'), ['/d/a=new'])
  })

  it('knows a sync by what had been written when it began', () => {
    const power = after(...synced)
    power.apply({ ...write('/d/a', 'late', 3), begins: 10, ends: 12 })
    power.apply({ kind: 'sync', path: '/d/a', begins: 11, ends: 13 })
    assert.deepEqual(states(power, 'only what was synced is there'), ['/d/a=old'])
  })
})
