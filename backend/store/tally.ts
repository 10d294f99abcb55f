/** Everything in a store, read page by page, and what it adds up to: two stores with the same sums hold the same. */
import { createHash } from 'node:crypto'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Site } from '../sites/site.ts'
import type { ListedEvent, Store } from './store.ts'

export type Kind = 'sites' | 'users' | 'sessions' | 'signIns' | 'events'
/** How many of a kind, and a digest that knows every byte of them but not their order. */
export type Tally = Record<Kind, { count: number; digest: string }>

export type View = {
  /** Only so many of each log, the newest. Default: all. */
  mostEvents?: number
  /** What is added up in the place of a sign-in. */
  signIn?(signIn: SignIn): SignIn
}

export async function tally(store: Store, { mostEvents = Infinity, signIn: seen = (signIn) => signIn }: View = {}): Promise<Tally> {
  const sums = { sites: new Sum(), users: new Sum(), sessions: new Sum(), signIns: new Sum(), events: new Sum() }
  const sites = await store.sites.list()
  for (const site of sites) {
    sums.sites.add(site)
    for await (const users of usersOf(store, site))
      for (const user of users) {
        sums.users.add(user)
        for (const session of await store.sessions.ofUser(site.id, user.id)) sums.sessions.add(session)
      }
    for await (const signIns of signInsOf(store, site)) for (const signIn of signIns) sums.signIns.add(seen(signIn))
  }
  for (const siteId of [undefined, ...sites.map(({ id }) => id)])
    for await (const events of eventsOf(store, siteId, await olderThan(store, siteId, mostEvents))) for (const { id: _id, ...event } of events) sums.events.add([siteId ?? '', event])
  return { sites: sums.sites.value, users: sums.users.value, sessions: sums.sessions.value, signIns: sums.signIns.value, events: sums.events.value }
}

/** How many of a log are older than its newest `most`. */
export async function olderThan(store: Store, siteId: string | undefined, most: number): Promise<number> {
  return most === Infinity ? 0 : Math.max(0, (await countEvents(store, siteId)) - most)
}

export async function countEvents(store: Store, siteId: string | undefined): Promise<number> {
  let count = 0
  for await (const events of eventsOf(store, siteId)) count += events.length
  return count
}

const pageSize = 200

type Listed = { id: string; createdAt: number }

async function* pagesOf<Record extends Listed>(list: (after: Listed | undefined) => Promise<Record[]>): AsyncGenerator<Record[]> {
  let after: Listed | undefined
  for (;;) {
    const page = await list(after)
    const last = page.at(-1)
    if (!last) return
    yield page
    after = { id: last.id, createdAt: last.createdAt }
  }
}

export const usersOf = (store: Store, site: Site) => pagesOf((after) => store.users.list(site.id, { limit: pageSize, ...(after && { after }) }))
export const signInsOf = (store: Store, site: Site) => pagesOf((after) => store.signIns.list(site.id, { limit: pageSize, ...(after && { after }) }))

/** Without the oldest `skipped`. */
export async function* eventsOf(store: Store, siteId: string | undefined, skipped = 0): AsyncGenerator<ListedEvent[]> {
  let left = skipped
  for (let after: string | undefined; ; ) {
    const page = await store.events.list(siteId, { limit: pageSize, ...(after !== undefined && { after }) })
    const last = page.at(-1)
    if (!last) return
    if (left < page.length) yield page.slice(left)
    left = Math.max(0, left - page.length)
    after = last.id
  }
}

/** Adds up the digests of records, so that their order does not matter. */
class Sum {
  #count = 0
  #sum = 0n

  add(record: unknown): void {
    this.#count += 1
    const digest = createHash('sha256').update(JSON.stringify(sorted(record))).digest()
    this.#sum = BigInt.asUintN(128, this.#sum + digest.readBigUInt64BE() * 2n ** 64n + digest.readBigUInt64BE(8))
  }

  get value(): { count: number; digest: string } {
    return { count: this.#count, digest: this.#sum.toString(16).padStart(32, '0') }
  }
}

/** Stores may hand out the fields of a record in different orders. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)])
}
