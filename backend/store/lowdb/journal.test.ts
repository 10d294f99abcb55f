import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../../problems.ts'
import { aSignIn, aUser, aSite } from '../samples.ts'
import { faultyDisk } from './faulty-disk.ts'
import type { Call } from './faulty-disk.ts'
import { withTemp } from './temp.ts'

const siteId = aSite().id
const unavailable = (error: unknown) => error instanceof Problem && error.code === 'store_unavailable' && error.cause !== undefined
const ofJournal = ({ name }: Call) => name.startsWith('journal')

/** A promise that a test opens. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

describe('durability (P1)', () => {
  it('answers only after the write and the fsync of it, in that order', withTemp(async ({ open }) => {
    const held = gate()
    const reached = gate()
    const { disk, calls, faults } = faultyDisk()
    const store = await open({ disk })
    faults.before = ({ call, name }) => {
      if (call !== 'datasync' || !name.startsWith('journal')) return undefined
      reached.open()
      return held.opened
    }
    calls.length = 0
    let answered = false
    const insert = store.signIns.insert(aSignIn()).then(() => {
      answered = true
      calls.push({ call: 'close', name: 'journal answered' })
    })
    await reached.opened
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(answered, false)
    held.open()
    await insert
    assert.deepEqual(calls.filter(ofJournal).map(({ call, name }) => (name.endsWith('answered') ? 'answer' : call)), ['write', 'datasync', 'mark', 'answer'])
  }))

  it('shows nothing, tells no watcher and refuses nobody on the strength of what is not on disk', withTemp(async ({ open }) => {
    const held = gate()
    const reached = gate()
    const { disk, faults } = faultyDisk()
    const store = await open({ disk })
    faults.before = ({ call }) => (call === 'datasync' ? (reached.open(), held.opened) : undefined)
    const done: string[] = []
    store.signIns.watch('sign-in-1', () => done.push('watch'))
    const all = [
      store.signIns.insert(aSignIn()).then(() => done.push('insert')),
      store.signIns.get('sign-in-1').then(() => done.push('get')),
      store.signIns.insert(aSignIn()).catch(() => done.push('conflict')),
      store.signIns.change('sign-in-1', () => ({ result: 0 })).then(() => done.push('change of nothing')),
    ]
    await reached.opened
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(done, [])
    held.open()
    await Promise.all(all)
    assert.deepEqual(done.toSorted(), ['change of nothing', 'conflict', 'get', 'insert', 'watch'])
    assert.equal(done[0], 'watch')
  }))

  it('gathers what comes during one fsync into one more', withTemp(async ({ open }) => {
    const { disk, calls } = faultyDisk()
    const store = await open({ disk })
    calls.length = 0
    const first = store.signIns.insert(aSignIn({ id: 'first' }))
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([first, ...Array.from({ length: 100 }, (_, i) => store.signIns.insert(aSignIn({ id: `s${i}` })))])
    assert.equal(calls.filter(({ call }) => call === 'datasync').length, 2)
  }))
})

describe('a disk that cannot be written (P7)', () => {
  for (const code of ['ENOSPC', 'EIO', 'EROFS'])
    it(`says so after ${code} and changes nothing, in memory neither; and goes on when it can be written again`, withTemp(async ({ open }) => {
      const { disk, faults } = faultyDisk({ bytesBeforeFailure: 70 })
      const store = await open({ disk })
      await store.signIns.insert(aSignIn())
      await store.users.insert(aUser())
      faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal') && code
      const changes = [
        store.signIns.insert(aSignIn({ id: 'new' })),
        store.signIns.change('sign-in-1', () => ({ next: aSignIn({ state: 'approved' }), result: 0 })),
        store.signIns.change('sign-in-1', () => ({ next: aSignIn({ state: 'completed' }), result: 0 })),
        store.users.change(siteId, 'user-1', () => ({ next: aUser({ address: 'new@example.org' }), result: 0 })),
        store.users.insert(aUser({ id: 'user-2', address: 'user-1@example.org' })),
        store.signIns.change('sign-in-1', () => ({ next: null, result: 0 })),
      ]
      for (const result of await Promise.allSettled(changes)) assert.ok(result.status === 'rejected' && unavailable(result.reason))
      await assert.rejects(store.ready(), unavailable)
      assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
      assert.equal(await store.signIns.get('new'), undefined)
      assert.deepEqual(await store.users.findByAddress(siteId, 'user-1@example.org'), aUser())
      assert.equal(await store.users.findByAddress(siteId, 'new@example.org'), undefined)
      delete faults.fails
      await store.ready()
      await store.signIns.insert(aSignIn({ id: 'after' }))
      const again = await open()
      assert.deepEqual((await again.signIns.list(siteId, { limit: 9 })).map(({ id, state }) => [id, state]), [['sign-in-1', 'pending'], ['after', 'pending']])
    }))

  it('tells of a failure only when the failed batch is off the disk, so that a restart does not find it', withTemp(async ({ open }) => {
    const { disk, calls, faults } = faultyDisk({ bytesBeforeFailure: 10_000 })
    const store = await open({ disk })
    faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal') && 'EIO'
    calls.length = 0
    await store.signIns.insert(aSignIn()).catch(() => calls.push({ call: 'close', name: 'journal answered' }))
    assert.deepEqual(calls.filter(ofJournal).map(({ call, name }) => (name.endsWith('answered') ? 'answer' : call)), ['write', 'truncate', 'datasync', 'mark', 'answer'])
  }))

  it('runs a step again when what it was refused for was undone', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk })
    await store.signIns.insert(aSignIn())
    let failures = 1
    faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal') && failures-- > 0 && 'ENOSPC'
    const remove = store.signIns.change('sign-in-1', () => ({ next: null, result: 0 }))
    const seen = store.signIns.change('sign-in-1', (signIn) => ({ result: signIn?.id }))
    await assert.rejects(remove, unavailable)
    assert.equal(await seen, 'sign-in-1')
  }))

  it('leaves no half batch before the next one', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk({ bytesBeforeFailure: 200 })
    const store = await open({ disk })
    faults.fails = ({ call, name }) => (call === 'write' || call === 'truncate') && name.startsWith('journal') && 'EIO'
    await assert.rejects(store.signIns.insert(aSignIn()), unavailable)
    delete faults.fails
    await assert.rejects(store.signIns.insert(aSignIn({ id: 'it cannot be cut off' })), unavailable)
    const again = await open()
    assert.deepEqual(await again.signIns.list(siteId, { limit: 9 }), [])
    await again.signIns.insert(aSignIn())
  }))

  for (const [times, failures] of [['one', 1], ['every', Infinity]] as const)
  it(`stops for good after ${times} failed fsync, for reads too`, withTemp(async ({ open }) => {
    let left: number = failures
    const { disk, calls, faults } = faultyDisk()
    const store = await open({ disk })
    await store.signIns.insert(aSignIn())
    faults.fails = ({ call, name }) => call === 'datasync' && name.startsWith('journal') && left-- > 0 && 'EIO'
    await assert.rejects(store.signIns.insert(aSignIn({ id: 'new' })), unavailable)
    delete faults.fails
    calls.length = 0
    for (const call of [() => store.ready(), () => store.signIns.get('sign-in-1'), () => store.signIns.insert(aSignIn({ id: 'newer' }))]) await assert.rejects(call(), unavailable)
    await store.close()
    assert.deepEqual(calls.filter(({ call, name }) => (call === 'write' && name !== 'watermark') || call === 'rename'), [])
    const again = await open()
    assert.deepEqual((await again.signIns.list(siteId, { limit: 9 })).map(({ id }) => id), ['sign-in-1'])
  }))

  it('tells no watcher of what was undone', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk })
    faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal') && 'ENOSPC'
    let told = 0
    store.signIns.watch('sign-in-1', () => (told += 1))
    await assert.rejects(store.signIns.insert(aSignIn()), unavailable)
    assert.equal(told, 0)
  }))

  it('sweeps again what a failed sweep could not', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk })
    await store.signIns.insert(aSignIn())
    await store.signIns.insert(aSignIn({ id: 'done', state: 'completed', expiresAt: aSignIn().expiresAt - 3600 }))
    faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal') && 'ENOSPC'
    await assert.rejects(store.sweep(aSignIn().expiresAt), unavailable)
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'pending')
    delete faults.fails
    await store.sweep(aSignIn().expiresAt)
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'expired')
    assert.equal(await store.signIns.get('done'), undefined)
  }))
})
