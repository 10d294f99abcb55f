import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openLowdbStore } from './lowdb/store.ts'
import { migrate, type Marker, type Progress } from './migrate.ts'
import { aSession, aSignIn, aSite, aUser, anEvent, bornAt } from './samples.ts'
import type { KeptEvent, Store } from './store.ts'

const siteId = aSite().id
const mostKept = 300
const events = 1050

type Stage = { from: Store; to: Store; said: string[]; move(ends?: Partial<{ from: Store; to: Store }>): Promise<unknown> }

/** Two stores, the second of which keeps so many events of a log; each move is one run of the command. */
const staged = (test: (stage: Stage) => Promise<void>) => async () => {
  const root = await mkdtemp(join(tmpdir(), 'linklatch-migrate-'))
  const [from, to] = [await openLowdbStore({ directory: join(root, 'from') }), bounded(await openLowdbStore({ directory: join(root, 'to') }))]
  const said: string[] = []
  const marker = markerInMemory()
  try {
    await from.sites.insert(aSite())
    for (let i = 0; i < events; i += 1) from.events.append(siteId, anEvent({ at: bornAt + i, signInId: `s${i}` }))
    for (let i = 0; i < 20; i += 1) await from.signIns.insert(aSignIn({ id: `i${i}`, address: `u${i}@example.org` }))
    await from.users.insert(aUser())
    await from.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    await test({ from, to, said, move: (ends) => migrate({ from, to, ...ends, marker, source: 'here' }, (line) => said.push(line)) })
  } finally {
    await Promise.all([from.close(), to.close()])
    await rm(root, { recursive: true, force: true })
  }
}

function bounded(store: Store): Store {
  const { events } = store
  return { ...store, events: { mostKept, append: (...args) => events.append(...args), flush: () => events.flush(), list: (...args) => events.list(...args) } }
}

function markerInMemory(): Marker {
  let progress: Progress | undefined
  return {
    read: async () => progress,
    write: async (next) => void (progress = next),
    remove: async () => void (progress = undefined),
  }
}

/** From the `n`th call on it fails, as where the process is killed. */
function cutAfter(n: number): () => void {
  let left = n
  return () => {
    if (left-- <= 0) throw new Error('cut off')
  }
}

const newest = Array.from({ length: mostKept }, (_, i) => `s${events - mostKept + i}`)
const kept = async (store: Store) => (await store.events.list(siteId, { limit: 9999 })).map(({ signInId }: KeptEvent) => signInId)

describe('a move', () => {
  it('takes of a log what the target keeps of it, and says how many were left behind', staged(async ({ to, said, move }) => {
    await move()
    assert.deepEqual(await kept(to), newest)
    assert.ok(said.some((line) => line.includes(`the oldest ${events - mostKept} events of the audit log are left behind`)), said.join('\n'))
    assert.ok(said.some((line) => line.startsWith(`events: ${mostKept} sent, ${mostKept} arrived`)), said.join('\n'))
  }))

  it('goes on with a log that it has copied half', staged(async ({ to, move }) => {
    const cut = cutAfter(1)
    const half: Store = { ...to, events: { ...to.events, flush: async () => cut() } }
    await assert.rejects(move({ to: half }), /cut off/)
    await to.events.flush()
    assert.ok((await kept(to)).length < mostKept)
    await move()
    assert.deepEqual(await kept(to), newest)
  }))

  const cutWhileCancelling = (from: Store): Store => {
    const cut = cutAfter(7)
    return { ...from, signIns: { ...from.signIns, change: (id, step) => (cut(), from.signIns.change(id, step)) } }
  }
  const stateOf = async ({ signIns }: Store, id: string) => (await signIns.get(id))?.state

  it('that was cut off while it cancelled what waited in the source does the rest of it', staged(async ({ from, to, move }) => {
    await assert.rejects(move({ from: cutWhileCancelling(from) }), /cut off/)
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, (_, i) => stateOf(from, `i${i}`)))), new Set(['cancelled', 'pending']))
    await move()
    for (let i = 0; i < 20; i += 1) assert.deepEqual([await stateOf(from, `i${i}`), await stateOf(to, `i${i}`)], ['cancelled', 'pending'])
  }))

  const uses: Record<string, (from: Store) => Promise<unknown>> = {
    users: (from) => from.users.insert(aUser({ id: 'somebody-new', address: 'new@example.org' })),
    sessions: (from) => from.sessions.change(siteId, 'session-1', () => ({ next: null, result: 0 })),
    signIns: (from) => from.signIns.change('i19', (signIn) => ({ next: { ...aSignIn(), ...signIn, state: 'rejected' }, result: 0 })),
    events: async (from) => from.events.append(siteId, anEvent()),
  }
  for (const [kind, use] of Object.entries(uses))
    it(`that was cut off there refuses to go on where the source was used since: ${kind}`, staged(async ({ from, move }) => {
      await assert.rejects(move({ from: cutWhileCancelling(from) }), /cut off/)
      await use(from)
      await assert.rejects(move(), new RegExp(`^Error: ${kind} of the source are others than when they were copied`))
    }))
})
