import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { aSite, aUser } from '../store/samples.ts'
import { StoreDamaged } from '../store/lowdb/damage.ts'
import { faultyDisk } from '../store/lowdb/faulty-disk.ts'
import { openLowdbStore } from '../store/lowdb/store.ts'
import { memoryDisk } from './memory-disk.ts'
import type { DiskState } from './power-cut.ts'
import { isLongRun, runSeed, seeded } from './seeded.ts'

const siteId = aSite().id
const users = 150
const samples = isLongRun ? 3000 : 300

/** Some users in documents of two checkpoints, others in the journal after them; and an older version of a document. */
async function filled(directory: string): Promise<{ state: DiskState; older: DiskState }> {
  const noCheckpoint = faultyDisk({ fails: ({ call, name }) => call === 'open' && name === 'journal-4.log.tmp' && 'ENOSPC' }).disk
  const fill = async (from: number, to: number, disk = faultyDisk().disk) => {
    const store = await openLowdbStore({ directory, disk })
    if (from > 0) await store.users.change(siteId, 'u0', (user) => ({ ...(user && { next: { ...user, roles: [`r${from}`] } }), result: 0 }))
    for (let n = from; n < to; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => store.users.insert(aUser({ id: `u${n + i}` }))))
    await store.close()
  }
  await fill(0, 50)
  const older = await read(directory)
  await fill(50, 100)
  await fill(100, users, noCheckpoint)
  return { state: await read(directory), older }
}

async function read(directory: string): Promise<DiskState> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => join(directory, name))
  return new Map(await Promise.all(names.map(async (path) => [path, await readFile(path)] as const)))
}

describe(`any byte of any file (P5, CRASH_SEED=${runSeed})`, () => {
  let directory = ''
  let made: Awaited<ReturnType<typeof filled>>
  before(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'linklatch-damage-')))
    made = await filled(directory)
  })
  after(() => rm(directory, { recursive: true, force: true }))

  /** How many users there are, or `refused` where it says in one line which file is wrong. */
  async function opened(change: (state: DiskState) => void): Promise<number | 'refused'> {
    const state = new Map(made.state)
    change(state)
    try {
      const store = await openLowdbStore({ directory, disk: memoryDisk(directory, state) })
      const found = await store.users.list(siteId, { limit: users + 1 })
      await store.close()
      return found[0]?.roles[0] === 'r100' ? found.length : 0
    } catch (error) {
      assert.ok(error instanceof StoreDamaged, String(error))
      assert.match(error.message, /^\/\S+ .+\.$/)
      return 'refused'
    }
  }
  const never = (found: number | 'refused', about: string) => assert.ok(found === 'refused' || found === users, `${about}: opened with ${found} of ${users}`)
  const files = () => [...made.state]

  it('that is another one is noticed, or costs nothing', async () => {
    assert.equal(await opened(() => {}), users)
    const random = seeded(runSeed)
    for (let n = 0; n < samples; n += 1) {
      const [path, bytes] = random.pick(files())
      const at = random.below(bytes.length)
      const bit = 1 << random.below(8)
      const found = await opened((state) => void state.set(path, Buffer.from(bytes).fill((bytes[at] ?? 0) ^ bit, at, at + 1)))
      never(found, `${path}, byte ${at} ^ ${bit}`)
      if (!path.endsWith('watermark')) assert.equal(found, 'refused', `${path}, byte ${at} ^ ${bit}`)
    }
  })

  it('where a file ends too early, at the end of a line too, is noticed', async () => {
    const random = seeded(runSeed)
    for (const [path, bytes] of files()) {
      if (path.endsWith('watermark')) continue
      const lines = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)
      const ends = [...lines, ...Array.from({ length: 10 }, () => random.below(bytes.length))].filter((end) => end < bytes.length)
      for (const end of ends) assert.equal(await opened((state) => void state.set(path, bytes.subarray(0, end))), 'refused', `${path} ends at ${end}`)
    }
  })

  it('that is in the place of another file’s is noticed: two files changed for each other, or one put in another’s place', async () => {
    for (const [one, bytes] of files()) {
      for (const [other, others] of files()) {
        if (one === other) continue
        never(await opened((state) => void state.set(one, others).set(other, bytes)), `${one} and ${other} swapped`)
        never(await opened((state) => void state.set(one, others)), `${other} in the place of ${one}`)
      }
    }
  })

  it('of an older document under a newer one’s name is noticed', async () => {
    const [older] = [...made.older].find(([path]) => path.includes('doc-users')) ?? []
    const newer = [...made.state.keys()].find((path) => path.includes('doc-users') && path !== older && older?.replace(/-\d+\.json$/, '') === path.replace(/-\d+\.json$/, ''))
    assert.ok(older && newer, `${[...made.older.keys()].join()} and ${[...made.state.keys()].join()}`)
    assert.equal(await opened((state) => void state.set(newer, made.older.get(older) ?? Buffer.alloc(0))), 'refused')
  })
})
