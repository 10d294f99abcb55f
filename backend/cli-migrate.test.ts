import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runMigrate } from './cli-migrate.ts'
import { storeUrl } from './config-store-url.ts'
import { aSession, aSignIn, aSite, aUser, anEvent, bornAt } from './store/samples.ts'
import { knownKeysIn, openStore } from './store/open-store.ts'
import { openLowdbStore } from './store/lowdb/store.ts'
import { tally } from './store/tally.ts'
import { openRedisStore } from './store/redis/store.ts'
import type { Store } from './store/store.ts'
import { noRedis, startRedis } from './testing/redis-server.ts'

const siteId = aSite().id
const users = 450

async function fill(store: Store): Promise<void> {
  for (const id of [siteId, 'fedcba9876543210']) await store.sites.insert(aSite({ id }))
  await Promise.all(Array.from({ length: users }, async (_, i) => {
    await store.users.insert(aUser({ id: `u${i}`, createdAt: bornAt + (i % 7) }))
    await store.sessions.change(siteId, `s${i}`, () => ({ next: aSession({ id: `s${i}`, userId: `u${i}` }), result: 0 }))
    await store.signIns.insert(aSignIn({ id: `i${i}`, address: `u${i}@example.org` }))
    store.events.append(siteId, anEvent({ at: bornAt + i }))
  }))
  store.events.append(undefined, { at: bornAt, event: 'admin.refused', network: '192.0.2.1' })
}

type Stage = { directory: string; other: string; url: string; said: string[]; say: (line: string) => void; redis<Result>(use: (store: Store) => Promise<Result>): Promise<Result>; lowdb<Result>(directory: string, use: (store: Store) => Promise<Result>): Promise<Result> }

const using = async <Result>(store: Store, use: (store: Store) => Promise<Result>) => use(store).finally(() => store.close())

const lowdbIn = async (directory: string) => (await openLowdbStore({ directory: join(directory, 'store') })).close()

const staged = (test: (stage: Stage) => Promise<void>) => async () => {
  const server = await startRedis()
  const root = await mkdtemp(join(tmpdir(), 'linklatch-migrate-'))
  const said: string[] = []
  const lowdb: Stage['lowdb'] = async (directory, use) => using(await openLowdbStore({ directory: join(directory, 'store') }), use)
  try {
    await lowdb(join(root, 'a'), fill)
    await test({
      directory: join(root, 'a'), other: join(root, 'b'), url: server.url, said, say: (line) => said.push(line), lowdb,
      redis: async (use) => using(await openRedisStore({ address: storeUrl(server.url) }), use),
    })
  } finally {
    await server.dispose()
    await rm(root, { recursive: true, force: true })
  }
}

describe('linklatch migrate', { skip: noRedis }, () => {
  it('moves everything to Redis and back, and no link works in two stores', staged(async ({ directory, other, url, said, say, redis, lowdb }) => {
    const before = await lowdb(directory, tally)
    await runMigrate(directory, url, say)
    assert.ok(said.some((line) => line.startsWith(`users: ${users} sent, ${users} arrived, digest `)), said.join('\n'))
    assert.deepEqual(await redis(tally), before)
    assert.equal(await lowdb(directory, async ({ signIns }) => (await signIns.get('i7'))?.state), 'cancelled')
    await runMigrate(url, other, say)
    assert.deepEqual(await lowdb(other, tally), before)
    assert.equal(await redis(async ({ signIns }) => (await signIns.get('i7'))?.state), 'cancelled')
  }))

  it('goes on where it was cut off, as often as that happens; no backend starts on what is there until then', staged(async ({ directory, other, url, redis, lowdb, say }) => {
    const before = await lowdb(directory, tally)
    const cutAt = (line: RegExp) => (text: string) => {
      if (line.test(text)) throw new Error('cut off')
    }
    for (const line of [/^copied/, /^users:/, /^events:/]) await assert.rejects(runMigrate(directory, url, cutAt(line)), /cut off/)
    const opened = () => openStore({ dataDir: other, storeAddress: storeUrl(url), production: false })
    await assert.rejects(opened(), /holds the beginning of a move: run the same linklatch migrate again/)
    await runMigrate(directory, url, say)
    assert.deepEqual(await redis(tally), before)
    await (await opened()).store.close()
    await assert.rejects(runMigrate(url, other, cutAt(/^copied/)), /cut off/)
    await assert.rejects(openStore({ dataDir: other, production: false }), /LINKLATCH_DATA_DIR.*holds the beginning of a move/)
  }))

  it('refuses a target that is not empty, or that another move has begun to fill', staged(async ({ directory, other, url, say, lowdb }) => {
    await lowdb(other, async (store) => store.sites.insert(aSite()))
    await assert.rejects(runMigrate(directory, url, () => { throw new Error('cut off') }), /cut off/)
    await assert.rejects(runMigrate(other, url, say), /holds the beginning of a move from .*: finish that one/)
    await runMigrate(directory, url, say)
    await assert.rejects(runMigrate(other, url, say), /not empty/)
    await assert.rejects(runMigrate(url, other, say), /not empty/)
  }))

  it('moves along which keys the store was used with', staged(async ({ directory, other, url, say }) => {
    await knownKeysIn(directory).write('0123456789ab')
    await runMigrate(directory, url, say)
    await lowdbIn(other)
    await runMigrate(url, other, say)
    assert.equal(await knownKeysIn(other).read(), '0123456789ab')
  }))

  it('says that it was complete where it was killed after its last step, and refuses where that is not certain', staged(async ({ directory, url, said, say, lowdb, redis }) => {
    const killed = (line: string) => {
      if (line.startsWith('done')) throw new Error('killed')
    }
    await assert.rejects(runMigrate(directory, url, killed), /killed/)
    const moved = await redis(tally)
    await runMigrate(directory, url, say)
    assert.deepEqual([said.length, said[0], said[1]?.slice(0, 5)], [2, 'everything is in the target already: an earlier run has moved it', 'done:'])
    assert.deepEqual(await redis(tally), moved)
    await lowdb(directory, ({ users }) => users.insert(aUser({ id: 'later', address: 'later@example.org' })))
    await assert.rejects(runMigrate(directory, url, say), /the target is not empty/)
  }))

  it('refuses two stores that hold the same while sign-ins still wait in the source', staged(async ({ directory, url, say, redis }) => {
    await redis(fill)
    await assert.rejects(runMigrate(directory, url, say), /the target is not empty/)
  }))

  it('refuses a source that another move has begun to fill', staged(async ({ directory, other, url, say }) => {
    const cut = () => { throw new Error('cut off') }
    await assert.rejects(runMigrate(directory, url, cut), /cut off/)
    await assert.rejects(runMigrate(url, other, say), /holds the beginning of a move from .*: finish that one before it is a source/)
    await runMigrate(directory, url, say)
    await assert.rejects(runMigrate(url, other, cut), /cut off/)
    await assert.rejects(runMigrate(other, url, say), /holds the beginning of a move from redis:.*: finish that one before it is a source/)
  }))

  it('refuses where nobody can tell how far a move had come', staged(async ({ directory, other, url, say }) => {
    await lowdbIn(other)
    await writeFile(join(other, 'migration.json'), '')
    await assert.rejects(runMigrate(other, url, say), /migration.json should say how far a move has come/)
    await runMigrate(directory, url, say)
    await assert.rejects(runMigrate(url, other, say), /^Error: .*migration.json should say how far a move has come, and does not: empty the target/)
  }))

  it('leaves of a log what Redis does not keep, and moves the rest', staged(async ({ directory, url, said, say, lowdb, redis }) => {
    const count = 10_700
    await lowdb(directory, async ({ events }) => {
      for (let i = users; i < count; i += 1) events.append(siteId, anEvent({ at: bornAt + i, signInId: `i${i}` }))
    })
    await runMigrate(directory, url, say)
    assert.ok(said.some((line) => /the oldest 700 events of the audit log are left behind/.test(line)), said.join('\n'))
    const { events } = await redis(tally)
    // And the server's own.
    assert.equal(events.count, 10_001)
  }))

  it('refuses while a backend runs on either side', staged(async ({ directory, other, url, say, lowdb, redis }) => {
    await lowdb(directory, async () => assert.rejects(runMigrate(directory, url, say), /in use|running|another process/i))
    await redis(async (store) => {
      await store.sweep(bornAt)
      await assert.rejects(runMigrate(directory, url, say), /a backend is running on the target/)
      await assert.rejects(runMigrate(url, other, say), /a backend is running on the source/)
    })
    await runMigrate(directory, url, say)
  }))

  it('says what it takes', staged(async ({ directory, other, url, say }) => {
    await assert.rejects(runMigrate(directory, undefined, say), /needs --from and --to/)
    await assert.rejects(runMigrate(directory, other, say), /from a data directory to Redis, or from Redis/)
    await assert.rejects(runMigrate(`${url}?x`, other, say), /no address of Redis: it takes redis:/)
    await assert.rejects(runMigrate(other, url, say), /holds no store/)
  }))
})
