import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { stopOnSignal } from './stop-on-signal.ts'

class FakeProcess extends EventEmitter {
  readonly codes: number[] = []
  exit(code: number): void {
    this.codes.push(code)
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a signal to end', () => {
  it('given twice drains once and cuts nothing short, as with Ctrl-C under npx', async () => {
    const source = new FakeProcess()
    const stops: string[] = []
    let drained = () => {}
    stopOnSignal((signal) => new Promise((resolve) => (stops.push(signal), (drained = resolve))), () => assert.fail(), source)
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM']) assert.equal(source.emit(signal, signal), true, 'nobody listens, so the system ends the process')
    await settled()
    assert.deepEqual([stops, source.codes], [['SIGINT'], []])
    drained()
    await settled()
    assert.deepEqual(source.codes, [0])
  })

  it('ends with 1 where draining failed, and says why', async () => {
    const source = new FakeProcess()
    const why: unknown[] = []
    stopOnSignal(() => Promise.reject(new Error('disk')), (error) => why.push(error), source)
    source.emit('SIGTERM', 'SIGTERM')
    await settled()
    assert.deepEqual([why.map(String), source.codes], [['Error: disk'], [1]])
  })
})
