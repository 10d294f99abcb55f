import assert from 'node:assert/strict'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Problem } from '../problems.ts'
import { complete } from '../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite, aUser, bornAt } from '../store/samples.ts'
import { faultyDisk, type Call } from '../store/lowdb/faulty-disk.ts'
import { openLowdbStore } from '../store/lowdb/store.ts'
import type { Store } from '../store/store.ts'
import { memoryDisk } from './memory-disk.ts'
import { isLongRun } from './seeded.ts'

const siteId = aSite().id

/** What the store should hold, and holds: id → state. */
type Model = Record<string, string>
type Act = { does(store: Store): Promise<unknown>; leaves(model: Model): Model }

const without = (model: Model, ...keys: string[]): Model => Object.fromEntries(Object.entries(model).filter(([key]) => !keys.includes(key)))

/** One visit after another, long enough for checkpoints between and during them. */
function acts(): Act[] {
  return Array.from({ length: 8 }, (_, n) => {
    const id = `v${n}`
    const signIn = aSignIn({ id, address: `${id}@example.org` })
    const done = { signIn: complete(signIn, 'arrival', id, bornAt), user: aUser({ id }), session: aSession({ id, userId: id }) }
    const turned: Act = {
      does: (store) => store.sessions.change(siteId, id, (session) => ({ ...(session && { next: { ...session, generation: session.generation + 1 } }), result: 0 })),
      leaves: (model) => ({ ...model, [`session ${id}`]: '1' }),
    }
    const all: Act[] = [
      { does: (store) => store.signIns.insert(signIn), leaves: (model) => ({ ...model, [`sign-in ${id}`]: 'pending' }) },
      { does: (store) => store.signIns.complete(id, (found) => (found.signIn ? { next: done, result: 0 } : { result: 0 })), leaves: (model) => ({ ...model, [`sign-in ${id}`]: 'completed', [`session ${id}`]: '0' }) },
      turned,
      { does: (store) => store.signIns.change(id, () => ({ next: null, result: 0 })), leaves: (model) => without(model, `sign-in ${id}`) },
      { does: (store) => store.sessions.change(siteId, id, () => ({ next: null, result: 0 })), leaves: (model) => without(model, `session ${id}`) },
    ]
    return all.slice(0, 1 + (n % all.length))
  }).flat()
}

async function look(store: Store): Promise<Model> {
  const model: Model = {}
  for (const { id, state } of await store.signIns.list(siteId, { limit: 99 })) model[`sign-in ${id}`] = state
  for (const user of await store.users.list(siteId, { limit: 99 })) {
    for (const session of await store.sessions.ofUser(siteId, user.id)) model[`session ${session.id}`] = String(session.generation)
  }
  return model
}

const isUnavailable = (error: unknown): boolean => error instanceof Problem && error.code === 'store_unavailable'

type Trial = { fails(n: number, at: number): boolean; code: string; bytesBeforeFailure: number }

const once: Trial['fails'] = (n, at) => n === at
const fromThenOn: Trial['fails'] = (n, at) => n >= at

/** Runs all acts over a disk whose calls fail as the trial says. Gives the calls it made. */
async function run(directory: string, at: number, trial: Trial): Promise<Call[]> {
  let n = -1
  const base = memoryDisk(directory, new Map())
  const failed: Call[] = []
  const fails = (call: Call) => {
    n += 1
    if (!trial.fails(n, at)) return false
    failed.push(call)
    return trial.code
  }
  const { disk, calls } = faultyDisk({ fails, bytesBeforeFailure: trial.bytesBeforeFailure }, base)
  const about = () => `${trial.code} at call ${at}: ${JSON.stringify(failed[0])}`
  const store = await openLowdbStore({ directory, disk, checkpointBytes: 1500 }).catch((error: NodeJS.ErrnoException) => {
    assert.ok(error.message.includes(trial.code) || isUnavailable(error), `${about()} said ${error.message}`)
    return undefined
  })
  let model: Model = {}
  let underWay: Model | undefined
  for (const act of store ? acts() : []) {
    const next = act.leaves(model)
    try {
      await act.does(store as Store)
      model = next
    } catch (error) {
      assert.ok(isUnavailable(error), `${about()} said ${String(error)}`)
      // In memory neither: unless it has stopped, it shows what was before.
      const seen = await look(store as Store).catch((why: unknown) => (assert.ok(isUnavailable(why)), model))
      assert.deepEqual(seen, model, about())
      underWay = next
      break
    }
  }
  await store?.close()
  const again = await openLowdbStore({ directory, disk: base })
  const found = await look(again)
  // Where the disk did not let it be cut off either, a refused change may be found; it is whole then.
  const isWhole = trial.fails === fromThenOn && underWay !== undefined && isDeepStrictEqual(found, underWay)
  if (!isWhole) assert.deepEqual(found, model, about())
  assert.equal(again.restored, false, about())
  await again.signIns.insert(aSignIn({ id: 'afterwards' }))
  await again.close()
  return calls
}

describe('a disk that fails (P7)', () => {
  const trials: Record<string, Trial> = {
    'once, with EIO': { fails: once, code: 'EIO', bytesBeforeFailure: 0 },
    'once, with EIO in the middle of a write': { fails: once, code: 'EIO', bytesBeforeFailure: 50 },
    'once, with EIO after a write': { fails: once, code: 'EIO', bytesBeforeFailure: 1_000_000 },
    'from then on, with ENOSPC in the middle of a write': { fails: fromThenOn, code: 'ENOSPC', bytesBeforeFailure: 20 },
    'from then on, with EIO': { fails: fromThenOn, code: 'EIO', bytesBeforeFailure: 0 },
    'from then on, with EROFS': { fails: fromThenOn, code: 'EROFS', bytesBeforeFailure: 0 },
  }
  for (const [how, trial] of Object.entries(trials))
    it(`loses nothing acknowledged, shows nothing refused, at any call: ${how}`, { timeout: 300_000 }, async () => {
      const directory = await realpath(await mkdtemp(join(tmpdir(), 'linklatch-faults-')))
      try {
        const calls = await run(directory, Infinity, trial)
        assert.ok(calls.filter(({ call, name }) => call === 'rename' && name.startsWith('manifest')).length > 4, 'checkpoints are in it')
        for (let at = 0; at < calls.length; at += isLongRun ? 1 : 3) await run(directory, at, trial)
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    })
})
