/**
 * What a record takes of Redis' memory, with its share of every index: `node --import tsx backend/bench/redis-memory.ts`. Starts a server of
 * its own, fills it through the store's port, and divides what it grew by. Prints the table of docs/scale.md.
 */
import { storeUrl } from '../config-store-url.ts'
import { aSession, aSignIn, aSite, aUser, anEvent } from '../store/samples.ts'
import { openRedisStore } from '../store/redis/store.ts'
import type { Store } from '../store/store.ts'
import { systemRandom } from '../random.ts'
import { startRedis } from '../testing/redis-server.ts'

const count = 20_000
const now = Date.now() / 1000
const id = () => systemRandom.id()
const address = (i: number) => `somebody.${i}@mail.example.com`

const kinds: Record<string, (store: Store, i: number) => Promise<unknown>> = {
  user: (store, i) => store.users.insert(aUser({ id: id(), address: address(i), createdAt: now + i / 1000, lastSignInAt: now })),
  session: (store) => {
    const session = aSession({ id: id(), userId: id(), seed: id(), createdAt: now, lastSeenAt: now, rotatedAt: now, absoluteEndAt: now + 2_592_000, authTime: now })
    return store.sessions.change(session.siteId, session.id, () => ({ next: session, result: 0 }))
  },
  'sign-in, live': (store, i) => store.signIns.insert(aSignIn({ id: id(), address: address(i), createdAt: now + i / 1000, expiresAt: now + 600 })),
  'budget of an address': (store) => store.counters.take(`start.address:${id()}`, { max: 5, seconds: 600 }, now),
  'DPoP proof': (store) => store.counters.take(`dpop:${id()}${id()}:${id()}`, { max: 1, seconds: 125 }, now),
  'event (at most 10,000 a site)': async (store, i) => {
    if (i < 10_000) store.events.append(aSite().id, anEvent({ at: now + i, signInId: id() }))
    if (i % 500 === 0) await store.events.flush()
  },
}

const server = await startRedis(['--appendonly', 'no'])
const store = await openRedisStore({ address: storeUrl(server.url) })
const used = async () => Number(/used_memory:(\d+)/.exec(await server.ask('INFO', 'memory'))?.[1])

try {
  console.log('| Record | bytes |\n|---|---|')
  for (const [kind, add] of Object.entries(kinds)) {
    await server.ask('FLUSHALL')
    await store.ready()
    const before = await used()
    for (let from = 0; from < count; from += 200) await Promise.all(Array.from({ length: 200 }, (_, i) => add(store, from + i)))
    await store.events.flush()
    const each = kind.startsWith('event') ? 10_000 : count
    console.log(`| ${kind} | ${Math.round((await used() - before) / each)} |`)
  }
} finally {
  await store.close()
  await server.dispose()
}
