import assert from 'node:assert/strict'
import { appendFile, chmod, chown, cp, link, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { complete, moveHere } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite, aUser, bornAt } from '../samples.ts'
import { faultyDisk } from './faulty-disk.ts'
import { openLowdbStore } from './store.ts'
import type { LowdbStore } from './store.ts'
import { withTemp } from './temp.ts'

const now = bornAt + 1
const noCheckpoint = () => faultyDisk({ fails: ({ call, name }) => call === 'open' && /^journal-[2-9]\d*\.log\.tmp$/.test(name) && 'ENOSPC' }).disk

async function fill(store: LowdbStore): Promise<void> {
  await store.users.insert(aUser())
  await store.sessions.change(aSite().id, 'session-1', () => ({ next: aSession(), result: 0 }))
  await store.signIns.insert(aSignIn({ id: 'pending' }))
  await store.signIns.insert(aSignIn({ id: 'approved', state: 'approved' }))
  await store.signIns.insert(moveHere(aSignIn({ id: 'moved' }), 'handoff-1', now))
  await store.signIns.insert(complete(aSignIn({ id: 'completed' }), 'arrival', 'session-1', now))
}

async function states(store: LowdbStore): Promise<Record<string, string>> {
  const signIns = await store.signIns.list(aSite().id, { limit: 9 })
  return Object.fromEntries(signIns.map(({ id, state, handoff }) => [id, handoff ? `${state} with a handoff` : state]))
}

const asBefore = { pending: 'pending', approved: 'approved', moved: 'moved with a handoff', completed: 'completed' }
const cancelled = { pending: 'cancelled', approved: 'cancelled', moved: 'cancelled', completed: 'completed' }

describe('a restored backup (P4)', () => {
  for (const [how, disk] of [['stopped', undefined], ['killed', noCheckpoint()]] as const) {
    const options = disk ? { disk } : {}

    it(`cancels all that could succeed again, once, and says so (${how})`, withTemp(async ({ directory, open }) => {
      const [data, copy] = [join(directory, 'data'), join(directory, 'copy')]
      await fill(await open({ directory: data, ...options }))
      const original = await open({ directory: join(directory, 'elsewhere') })
      assert.equal(original.restored, false)
      await cp(data, copy, { recursive: true, preserveTimestamps: true })
      const lines: string[] = []
      const log = { info() {}, error() {}, warn: (_fields: object, message: string) => void lines.push(message) }
      const restored = await open({ directory: copy, log })
      assert.equal(restored.restored, true)
      assert.match(lines.join('\n'), /copy or a restored backup/)
      assert.deepEqual(await states(restored), cancelled)
      assert.deepEqual(await restored.users.get(aSite().id, 'user-1'), aUser())
      await restored.signIns.insert(aSignIn({ id: 'new' }))
      const again = await open({ directory: copy })
      assert.equal(again.restored, false)
      assert.deepEqual(await states(again), { ...cancelled, new: 'pending' })
    }))

    it(`is not what a restart or a renamed directory is (${how})`, withTemp(async ({ directory, open }) => {
      const [data, moved] = [join(directory, 'data'), join(directory, 'moved')]
      await fill(await open({ directory: data, ...options }))
      for (const place of [data, data, moved]) {
        await open({ directory: join(directory, 'elsewhere') })
        if (place === moved) await rename(data, moved)
        const store = await open({ directory: place, ...options })
        assert.equal(store.restored, false)
        assert.deepEqual(await states(store), asBefore)
      }
    }))

    it(`is noticed when it was written over the files in place (${how})`, withTemp(async ({ directory, open }) => {
      const data = join(directory, 'data')
      const close = () => open({ directory: join(directory, 'elsewhere') })
      await fill(await open({ directory: data, ...options }))
      await close()
      const backup = new Map<string, Buffer>()
      for (const name of await readdir(data)) backup.set(name, await readFile(join(data, name)))
      const used = await open({ directory: data, disk: noCheckpoint() })
      await used.signIns.change('pending', () => ({ next: null, result: 0 }))
      await close()
      for (const [name, bytes] of backup) await writeFile(join(data, name), bytes)
      const store = await open({ directory: data })
      assert.equal(store.restored, true)
      assert.deepEqual(await states(store), cancelled)
    }))
  }

  const touches: Record<string, (path: string, beside: string) => Promise<void>> = {
    'chmod -R': (path) => chmod(path, 0o600),
    'chown -R': (path) => chown(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0),
    'cp -al': (path, beside) => link(path, beside),
  }
  for (const [what, touch] of Object.entries(touches))
    it(`is what the store takes ${what} for, and the log names that as a cause`, { skip: process.platform === 'win32' }, withTemp(async ({ directory, open }) => {
      const data = join(directory, 'data')
      await fill(await open({ directory: data }))
      await open({ directory: join(directory, 'elsewhere') })
      for (const name of await readdir(data)) await touch(join(data, name), join(directory, `beside-${name}`))
      const lines: string[] = []
      const log = { info() {}, error() {}, warn: (_fields: object, message: string) => void lines.push(message) }
      assert.equal((await open({ directory: data, log })).restored, true)
      assert.match(lines.join('\n'), /chown, chmod or hard links in DATA_DIR\/store/)
    }))

  it('is not what a kill leaves while a torn tail is cut off', withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    await fill(await open({ directory: data, disk: noCheckpoint() }))
    await open({ directory: join(directory, 'elsewhere') })
    const [name = ''] = (await readdir(data)).filter((each) => each.startsWith('journal'))
    for (const killedAt of ['truncate', 'datasync', 'mark'] as const) {
      await appendFile(join(data, name), 'torn')
      let cut = false
      const disk = faultyDisk({ fails: ({ call }) => ((cut ||= call === 'truncate'), cut && call === killedAt && 'EIO') }).disk
      await openLowdbStore({ directory: data, disk }).then((store) => store.close(), () => {})
      const store = await open({ directory: data, disk: noCheckpoint() })
      assert.equal(store.restored, false, killedAt)
      assert.deepEqual(await states(store), asBefore)
      await open({ directory: join(directory, 'elsewhere') })
    }
  }))

  it('stays cancelled through a crash on the way', withTemp(async ({ directory, open }) => {
    const [data, copy] = [join(directory, 'data'), join(directory, 'copy')]
    await fill(await open({ directory: data }))
    await open({ directory: join(directory, 'elsewhere') })
    await cp(data, copy, { recursive: true })
    await assert.rejects(openLowdbStore({ directory: copy, disk: noCheckpoint() }), { code: 'store_unavailable' })
    const store = await open({ directory: copy })
    assert.equal(store.restored, true)
    assert.deepEqual(await states(store), cancelled)
  }))

  it('that lies over newer files is refused', withTemp(async ({ directory, open }) => {
    const [data, copy] = [join(directory, 'data'), join(directory, 'copy')]
    await fill(await open({ directory: data }))
    await open({ directory: join(directory, 'elsewhere') })
    await cp(data, copy, { recursive: true })
    await (await open({ directory: data })).users.insert(aUser({ id: 'user-2' }))
    await open({ directory: join(directory, 'elsewhere') })
    await cp(copy, data, { recursive: true })
    await assert.rejects(openLowdbStore({ directory: data }), { name: 'StoreDamaged' })
    await rm(data, { recursive: true })
  }))
})
