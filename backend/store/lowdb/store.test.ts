import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { storeContract } from '../store-contract.ts'
import { aSignIn, aUser, bornAt } from '../samples.ts'
import { faultyDisk, type Call } from './faulty-disk.ts'
import { openLowdbStore } from './store.ts'
import type { LowdbStoreOptions } from './store.ts'
import { withTemp } from './temp.ts'

const contractOver = (name: string, options: Partial<LowdbStoreOptions>) =>
  storeContract(name, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-store-'))
    let store = await openLowdbStore({ directory, ...options })
    const reopen = async () => {
      await store.close()
      store = await openLowdbStore({ directory, ...options })
      return store
    }
    const dispose = async () => {
      await store.close()
      await rm(directory, { recursive: true })
    }
    return { store, reopen, dispose }
  })

contractOver('the lowdb store', {})
contractOver('the lowdb store with a checkpoint whenever it can', { checkpointBytes: 1 })
// The first manifest can be written, and no later one: a restart finds everything in the journal, as after a crash.
contractOver('the lowdb store without checkpoints', { disk: faultyDisk({ fails: ({ call, name }) => call === 'open' && name.startsWith('journal-2') && 'ENOSPC' }).disk })

describe('a start', () => {
  it('makes durable what a killed process left half durable, before it removes anything or answers', withTemp(async ({ directory, open }) => {
    await (await open()).signIns.insert(aSignIn())
    await open({ directory: join(directory, 'elsewhere') })
    const { disk, calls } = faultyDisk()
    await writeFile(join(directory, 'manifest.json.tmp'), '')
    await open({ disk })
    const at = (call: Call['call'], name: RegExp) => calls.findIndex((each) => each.call === call && name.test(each.name))
    for (const synced of [at('syncDirectory', /^linklatch-store/), at('datasync', /^journal/)]) {
      assert.ok(synced > at('read', /^journal/), JSON.stringify(calls))
      for (const later of [at('remove', /manifest\.json\.tmp/), at('write', /watermark/)]) assert.ok(later > synced, JSON.stringify(calls))
    }
  }))
})

describe('the files of the store', () => {
  it('can be read by their owner alone', withTemp(async ({ directory, open }) => {
    const nested = join(directory, 'data')
    const store = await open({ directory: nested })
    await store.signIns.insert(aSignIn())
    await store.close()
    assert.equal((await stat(nested)).mode & 0o777, 0o700)
    for (const name of ['manifest.json', 'journal-2.log', 'watermark', 'doc-signIns-1-2.json']) assert.equal((await stat(join(nested, name))).mode & 0o777, 0o600, name)
  }))
})

describe('what was removed', () => {
  it('stands in no file once the store was compacted, while it is open', withTemp(async ({ directory, open }) => {
    const store = await open()
    await store.users.insert(aUser({ address: 'gone@example.org' }))
    await store.users.insert(aUser({ id: 'user-2', address: 'stays@example.org' }))
    await store.compact()
    const texts = async () => Promise.all((await readdir(directory)).filter((name) => !name.endsWith('.sock') && name !== 'events').map((name) => readFile(join(directory, name), 'utf8')))
    const holds = async (word: string) => (await texts()).some((text) => text.includes(word))
    assert.equal(await holds('gone@example.org'), true)
    await store.users.change(aUser().siteId, 'user-1', () => ({ next: null, result: 0 }))
    await store.compact()
    assert.deepEqual([await holds('gone@example.org'), await holds('stays@example.org')], [false, true])
  }))
})

describe('counters', () => {
  it('of any number of keys leave nothing behind when their windows are over', withTemp(async ({ directory, open }) => {
    const store = await open()
    await Promise.all(Array.from({ length: 3000 }, (_, i) => store.counters.take(`of-somebody-${i}`, { max: 3, seconds: 60 }, bornAt)))
    await store.counters.take('of-somebody-later', { max: 3, seconds: 60 }, bornAt + 30)
    const kept = async () => {
      await store.compact()
      const names = (await readdir(directory)).filter((name) => !name.endsWith('.sock') && name !== 'events')
      const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
      return new Set(texts.join('').match(/of-somebody-\w+/g)).size
    }
    assert.equal(await kept(), 3001)
    await store.sweep(bornAt + 60)
    assert.equal(await kept(), 1)
    await store.sweep(bornAt + 90)
    assert.equal(await kept(), 0)
  }))
})

describe('the newest time in the store', () => {
  it('is the floor for the clock of the next start, from the journal and from the manifest', withTemp(async ({ open }) => {
    let time = bornAt + 5000
    const clock = { now: () => time }
    const first = await open({ clock })
    assert.equal(first.lastSeenAt, 0)
    await first.signIns.insert(aSignIn())
    time = bornAt
    await first.signIns.insert(aSignIn({ id: 'after the clock went back' }))
    const second = await open({ clock })
    assert.equal(second.lastSeenAt, bornAt + 5000)
    await second.sweep(bornAt + 9000)
    assert.equal((await open({ clock })).lastSeenAt, bornAt + 9000)
  }))

  it('does not stand still while the wall clock is behind it', withTemp(async ({ open }) => {
    const future = Date.now() / 1000 + 1_000_000
    await (await open({ clock: { now: () => future } })).signIns.insert(aSignIn())
    const second = await open()
    assert.equal(second.lastSeenAt, future)
    await second.signIns.insert(aSignIn({ id: 'later' }))
    assert.ok((await open()).lastSeenAt > future)
  }))
})
