import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aSignIn } from '../store/samples.ts'
import { openLowdbStore } from '../store/lowdb/store.ts'
import { withTemp } from '../store/lowdb/temp.ts'
import { memoryDisk } from './memory-disk.ts'

describe('a disk in memory', () => {
  it('is opened as the one that it was made from, not as a copy of it', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    await (await open({ directory: data })).signIns.insert(aSignIn())
    await open({ directory: join(directory, 'elsewhere') })
    const state = new Map<string, Buffer>()
    for (const name of await readdir(data)) state.set(join(data, name), await readFile(join(data, name)))
    const store = await openLowdbStore({ directory: data, disk: memoryDisk(data, state) })
    assert.equal(store.restored, false)
    assert.deepEqual(await store.signIns.get('sign-in-1'), aSignIn())
    await store.signIns.insert(aSignIn({ id: 'another' }))
    await store.close()
    assert.deepEqual([...state.keys()].map((path) => path.replace(`${data}/`, '')).sort(), (await readdir(data)).sort(), 'neither the files nor the state are changed')
  }))
})
