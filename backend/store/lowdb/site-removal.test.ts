import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aSession, aSignIn, aSite, aUser, anEvent, bornAt } from '../samples.ts'
import type { Store } from '../store.ts'
import { faultyDisk } from './faulty-disk.ts'
import { withTemp } from './temp.ts'

const siteId = aSite().id
const people = 450

/** With a session and a sign-in each. */
async function fill({ sites, users, signIns, sessions, events }: Store): Promise<void> {
  await sites.insert(aSite())
  await Promise.all(Array.from({ length: people }, async (_, i) => {
    await users.insert(aUser({ id: `user-${i}`, createdAt: bornAt + i }))
    await signIns.insert(aSignIn({ id: `sign-in-${i}` }))
    await sessions.change(siteId, `session-${i}`, () => ({ next: aSession({ id: `session-${i}`, userId: `user-${i}` }), result: 0 }))
  }))
  events.append(siteId, anEvent())
  await events.flush()
}

async function left({ users, signIns, sessions, events }: Store): Promise<number[]> {
  const lists = [users.list(siteId, { limit: people }), signIns.list(siteId, { limit: people }), sessions.ofUser(siteId, 'user-7'), events.list(siteId, { limit: 9 })]
  return (await Promise.all(lists)).map(({ length }) => length)
}

describe('the removal of a large site', () => {
  it('is many small changes, so that others come in between', withTemp(async ({ directory, open }) => {
    const store = await open()
    await fill(store)
    const done: string[] = []
    const other = async () => {
      assert.equal(await store.sites.get(siteId), undefined)
      await store.sites.insert(aSite({ id: 'other' }))
      done.push('other')
    }
    await store.sites.remove(siteId, () => void other())
    done.push('removal')
    assert.deepEqual(done, ['other', 'removal'])
    assert.deepEqual(await left(store), [0, 0, 0, 0])
    const names = (await readdir(directory)).filter((name) => name.startsWith('journal'))
    const lines = (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('').split('\n')
    const mostRemoved = Math.max(...lines.map((line) => line.split('"removes":')[1]?.split('],[').length ?? 0))
    assert.equal(mostRemoved, 200)
  }))

  for (const goOn of ['a sweep', 'the same call again'] as const) {
    it(`that was cut off is gone on with by ${goOn}, and nothing of the site is served meanwhile`, withTemp(async ({ open }) => {
      const { disk, faults } = faultyDisk()
      const store = await open({ disk })
      await fill(store)
      const cutOff = store.sites.remove(siteId, () => void (faults.fails = ({ call, name }) => call === 'datasync' && name.startsWith('journal') && 'EIO'))
      await assert.rejects(cutOff, { code: 'store_unavailable' })
      faults.fails = () => false
      const again = await open()
      assert.equal(await again.sites.get(siteId), undefined)
      assert.deepEqual(await left(again), [people, people, 1, 1])
      if (goOn === 'a sweep') await again.sweep(bornAt)
      else assert.equal(await again.sites.remove(siteId, () => assert.fail('it was gone before')), true)
      assert.deepEqual(await left(again), [0, 0, 0, 0])
      assert.equal(await again.sites.remove(siteId), false)
    }))
  }
})
