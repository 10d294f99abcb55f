import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Problem } from '../../problems.ts'
import { aSignIn, aSite, aUser } from '../samples.ts'
import { recordsPerDocument } from './document.ts'
import { faultyDisk } from './faulty-disk.ts'
import type { Call, Faults } from './faulty-disk.ts'
import type { LowdbStore } from './store.ts'
import { withTemp } from './temp.ts'

const siteId = aSite().id
/** In three documents. */
const many = 2 * recordsPerDocument + 2
/** In the second. */
const one = `u${recordsPerDocument + 6}`

const insert = (store: LowdbStore, from: number, to: number) =>
  Promise.all(Array.from({ length: to - from }, (_, i) => store.users.insert(aUser({ id: `u${from + i}`, metadata: { filling: 'x'.repeat(200) } }))))

const count = async (store: LowdbStore) => (await store.users.list(siteId, { limit: 9999 })).length
const documents = async (directory: string) => (await readdir(directory)).filter((name) => name.startsWith('doc-'))

describe('a checkpoint', () => {
  it('leaves the manifest, its documents, one segment and the watermark, and nothing else', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    await insert(await open({ directory: data }), 0, many)
    await open({ directory: join(directory, 'elsewhere') })
    assert.deepEqual((await readdir(data)).sort(), ['doc-users-1-2.json', 'doc-users-2-2.json', 'doc-users-3-2.json', 'journal-2.log', 'manifest.json', 'watermark'])
  }))

  it('writes only the documents that have changed, under new names', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    await insert(await open({ directory: data }), 0, many)
    const store = await open({ directory: data })
    await store.users.change(siteId, one, (user) => ({ next: { ...aUser(), ...user, blocked: true }, result: 0 }))
    await open({ directory: join(directory, 'elsewhere') })
    assert.deepEqual(await documents(data), ['doc-users-1-2.json', 'doc-users-2-3.json', 'doc-users-3-2.json'])
    assert.equal((await (await open({ directory: data })).users.get(siteId, one))?.blocked, true)
  }))

  it('writes none of them again that have not, in the same process', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    const store = await open({ directory: data, checkpointBytes: 1 })
    await insert(store, 0, many)
    for (let i = 0; i < 9; i += 1) await store.users.change(siteId, one, (user) => ({ next: { ...aUser(), ...user, createdAt: i }, result: 0 }))
    await open({ directory: join(directory, 'elsewhere') })
    const numbers = (await readdir(data)).map((name) => [name.split('-').slice(0, -1).join('-'), Number(/(\d+)\.\w+$/.exec(name)?.[1])] as const)
    const number = new Map(numbers)
    assert.ok((number.get('doc-users-1') ?? 0) > 0)
    assert.ok((number.get('doc-users-1') ?? 0) < (number.get('journal') ?? 0))
  }))

  it('drops documents whose records are gone, and merges sparse ones', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    const store = await open({ directory: data })
    const all = 5 * recordsPerDocument
    await insert(store, 0, all)
    const going = Array.from({ length: all }, (_, i) => i).filter((i) => i >= recordsPerDocument && i % recordsPerDocument > 3)
    await Promise.all(going.map((i) => store.users.change(siteId, `u${i}`, () => ({ next: null, result: 0 }))))
    const again = await open({ directory: data })
    assert.equal(await count(again), recordsPerDocument + 4 * 4)
    assert.ok((await documents(data)).length <= 3)
  }))

  it('is made while changes go on, and neither loses the other', withTemp(async ({ directory, open }) => {
    const store = await open({ checkpointBytes: 40_000 })
    for (let i = 0; i < 20; i += 1) await insert(store, i * 50, (i + 1) * 50)
    assert.ok((await documents(directory)).length > 0)
    assert.equal(await count(store), 1000)
    assert.equal(await count(await open()), 1000)
  }))

  it('keeps a change that came while its document was being written', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk, checkpointBytes: 1 })
    const changed = new Promise((resolve) => {
      faults.before = ({ call, name }) => {
        if (call !== 'sync' || !name.startsWith('doc-')) return undefined
        delete faults.before
        resolve(store.users.change(siteId, 'u0', (user) => ({ next: { ...aUser(), ...user, blocked: true }, result: 0 })))
        return undefined
      }
    })
    await insert(store, 0, 1)
    await changed
    const again = await open()
    assert.equal((await again.users.get(siteId, 'u0'))?.blocked, true)
  }))

  const places: Record<string, (call: Call) => boolean> = {
    'a document cannot be written': ({ call, name }) => call === 'write' && name.startsWith('doc-'),
    'a document cannot be synced': ({ call, name }) => call === 'sync' && name.startsWith('doc-'),
    'the segment cannot be made': ({ call, name }) => call === 'open' && name.endsWith('.log.tmp'),
    'the manifest cannot be written': ({ call, name }) => call === 'write' && name.startsWith('manifest'),
    'the manifest cannot be renamed': ({ call, name }) => call === 'rename' && name.startsWith('manifest'),
    'old files cannot be removed': ({ call, name }) => call === 'remove' && (name.startsWith('doc-') || name.startsWith('journal-1')) && !name.endsWith('.tmp'),
  }
  for (const [what, place] of Object.entries(places))
    it(`costs nothing when ${what}, and is made up for later`, withTemp(async ({ directory, open }) => {
      const data = join(directory, 'data')
      await insert(await open({ directory: data }), 0, 100)
      const { disk, faults } = faultyDisk()
      const store = await open({ directory: data, disk, checkpointBytes: 30_000 })
      faults.fails = (call) => place(call) && 'ENOSPC'
      await insert(store, 100, 300)
      await store.ready()
      assert.equal(await count(store), 300)
      const after = await open({ directory: data })
      assert.equal(after.restored, false)
      assert.equal(await count(after), 300)
      await open({ directory: join(directory, 'elsewhere') })
      const names = await readdir(data)
      assert.equal(names.filter((name) => name.startsWith('journal-')).length, 1)
      assert.equal(names.filter((name) => name.endsWith('.tmp')).length, 0)
    }))

  it('stops the store when the names cannot be synced, with every file still there', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    await insert(await open({ directory: data }), 0, 100)
    const { disk, faults } = faultyDisk()
    const store = await open({ directory: data, disk })
    await insert(store, 100, 101)
    faults.fails = ({ call }) => call === 'syncDirectory' && 'EIO'
    const after = await open({ directory: data })
    assert.equal(await count(after), 101)
  }))

  it('is never half of one after a crash at any of its calls', { timeout: 60_000 }, withTemp(async ({ directory, open }) => {
    const calls = await callsOfLastCheckpoint(join(directory, 'counted'), open)
    for (let n = 0; n < calls; n += 1) {
      const data = join(directory, String(n))
      await insert(await open({ directory: data }), 0, 70)
      const { disk, faults } = faultyDisk()
      const store = await open({ directory: data, disk })
      await insert(store, 70, 71)
      await store.users.change(siteId, 'u1', () => ({ next: null, result: 0 }))
      dieAfter(faults, n)
      const after = await open({ directory: data })
      assert.equal(await count(after), 70, `call ${n}`)
      assert.equal(after.restored, false)
    }
  }))

  for (const [what, turns] of Object.entries({ 'at once': 0, 'a moment later': 7 }))
    it(`is never made beside another, where one is asked for and the store is closed ${what}`, withTemp(async ({ directory, open }) => {
      const { disk, faults } = faultyDisk()
      const store = await open({ directory: join(directory, 'data'), disk })
      await insert(store, 0, 1)
      faults.fails = ({ call, name }) => call === 'write' && name.startsWith('journal-1') && 'ENOSPC'
      await assert.rejects(insert(store, 1, 2))
      delete faults.fails
      const asked = Promise.all(Array.from({ length: 3 }, () => store.compact().catch(() => undefined)))
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
      await Promise.all([asked, store.close()])
      assert.equal(await count(await open({ directory: join(directory, 'data') })), 1)
    }))

  it('removes at the next start what a crash left', withTemp(async ({ directory, open }) => {
    await insert(await open(), 0, 10)
    await open()
    for (const name of ['doc-users-1-99.json', 'doc-users-9-99.json.tmp', 'manifest.json.tmp', 'journal-99.log.tmp']) await writeFile(join(directory, name), 'half')
    const store = await open()
    assert.equal(await count(store), 10)
    assert.deepEqual((await readdir(directory)).filter((name) => name.includes('-99.') || name.endsWith('.tmp')), [])
  }))

  it('holds no change that was undone', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk, checkpointBytes: 1 })
    let letItFail = () => {}
    const documentIsThere = new Promise<void>((resolve) => (letItFail = resolve))
    const undone = new Promise((resolve) => {
      faults.before = ({ call, name }) => {
        if (call === 'write' && faults.fails && name.startsWith('journal-2')) return documentIsThere
        if (call === 'rename' && name.startsWith('doc-signIns')) letItFail()
        if (call !== 'rename' || name !== 'journal-2.log') return undefined
        // It is in memory when its document is written; its line in the journal then fails.
        faults.fails = ({ call, name: written }) => call === 'write' && written.startsWith('journal-2') && 'ENOSPC'
        resolve(store.signIns.insert(aSignIn()).catch((error: unknown) => error))
        return undefined
      }
    })
    await insert(store, 0, 1)
    assert.ok((await undone) instanceof Problem)
    faults.fails = ({ call, name }) => call === 'open' && name.startsWith('journal-3') && 'ENOSPC'
    const again = await open()
    assert.deepEqual(await again.signIns.list(siteId, { limit: 9 }), [])
    assert.equal(await count(again), 1)
  }))
})

/** From here on no call reaches the disk, but for closing files. */
function dieAfter(faults: Faults, calls: number): void {
  let left = calls
  faults.fails = ({ call }) => call !== 'close' && left-- <= 0 && 'EIO'
}

type Open = Parameters<Parameters<typeof withTemp>[0]>[0]['open']

async function callsOfLastCheckpoint(directory: string, open: Open): Promise<number> {
  await insert(await open({ directory }), 0, 70)
  const { disk, calls } = faultyDisk()
  const store = await open({ directory, disk })
  await insert(store, 70, 71)
  await store.users.change(siteId, 'u1', () => ({ next: null, result: 0 }))
  calls.length = 0
  await store.close()
  return calls.length
}
