/**
 * Moves everything from one store to another: sites, users, sessions, sign-ins and the audit log. What is there already is left, so that a
 * move that was cut off goes on when it is run again. Then both sides are read and compared, and what still waits in the old store is
 * cancelled there: no link works in both. Budgets (counters) begin anew.
 */
import { createHash } from 'node:crypto'
import type { Site } from '../sites/site.ts'
import { isFinal } from '../sign-in/sign-in.ts'
import type { Store } from './store.ts'

/** Beside the records of the target, so that a second run knows what it finds there. */
export type Marker = {
  read(): Promise<Progress | undefined>
  write(progress: Progress): Promise<void>
  remove(): Promise<void>
}
export type Progress = { from: string; phase: 'copying' | 'verified' }

export type Kind = 'sites' | 'users' | 'sessions' | 'signIns' | 'events'
/** How many of a kind, and a digest that knows every byte of them but not their order. */
export type Tally = Record<Kind, { count: number; digest: string }>

export type Migration = { from: Store; to: Store; marker: Marker; source: string }

/** @throws Error in one line: the target is not empty, or what arrived is not what was sent */
export async function migrate({ from, to, marker, source }: Migration, say: (line: string) => void): Promise<Tally> {
  const progress = await marker.read()
  await refuseForeign(to, progress, source)
  if (progress?.phase !== 'verified') {
    await marker.write({ from: source, phase: 'copying' })
    await copy(from, to, say)
    await compare(from, to, say)
    await marker.write({ from: source, phase: 'verified' })
  }
  await retire(from)
  await marker.remove()
  return tally(to)
}

async function refuseForeign(to: Store, progress: Progress | undefined, source: string): Promise<void> {
  if (progress && progress.from !== source) throw new Error(`the target holds the beginning of a move from ${progress.from}: finish that one, or empty the target`)
  if (!progress && (await to.sites.list()).length > 0) throw new Error('the target is not empty: it has sites already')
}

async function copy(from: Store, to: Store, say: (line: string) => void): Promise<void> {
  for (const site of await from.sites.list()) {
    await to.sites.change(site.id, (found) => ({ ...(!found && { next: site }), result: undefined }))
    let count = 0
    for await (const users of usersOf(from, site)) {
      if ((count += users.length) % sayEvery === 0) say(`${site.name}: ${count} users so far`)
      await Promise.all(users.map(async (user) => {
        await to.users.change(site.id, user.id, (found) => ({ ...(!found && { next: user }), result: undefined }))
        for (const session of await from.sessions.ofUser(site.id, user.id))
          await to.sessions.change(site.id, session.id, (found) => ({ ...(!found && { next: session }), result: undefined }))
      }))
    }
    for await (const signIns of signInsOf(from, site))
      await Promise.all(signIns.map((signIn) => to.signIns.change(signIn.id, (found) => ({ ...(!found && { next: signIn }), result: undefined }))))
    await copyEvents(from, to, site.id)
    say(`copied ${site.name} (${site.id})`)
  }
  await copyEvents(from, to, undefined)
}

/** They have no ids of their own that could be looked up: what is there is the beginning of them. */
async function copyEvents(from: Store, to: Store, siteId: string | undefined): Promise<void> {
  let there = 0
  for await (const events of eventsOf(to, siteId)) there += events.length
  for await (const events of eventsOf(from, siteId)) {
    for (const { id: _id, ...event } of events.slice(there)) to.events.append(siteId, event)
    there = Math.max(0, there - events.length)
    await to.events.flush()
  }
}

async function compare(from: Store, to: Store, say: (line: string) => void): Promise<void> {
  const [sent, arrived] = [await tally(from), await tally(to)]
  for (const kind of Object.keys(sent) as Kind[]) {
    say(`${kind}: ${sent[kind].count} sent, ${arrived[kind].count} arrived, digest ${arrived[kind].digest}`)
    if (sent[kind].digest !== arrived[kind].digest) throw new Error(`${kind} did not arrive as they were sent (${sent[kind].count}, digest ${sent[kind].digest}): nothing was changed in the source. Empty the target and begin anew`)
  }
}

/** What still waits there would work a second time. */
async function retire(from: Store): Promise<void> {
  for (const site of await from.sites.list())
    for await (const signIns of signInsOf(from, site))
      await Promise.all(signIns.map(({ id }) => from.signIns.change(id, (found) => (found && !isOver(found) ? { next: cancelled(found), result: undefined } : { result: undefined }))))
}

type SignIn = Parameters<Store['signIns']['insert']>[0]
const isOver = ({ state, handoff }: SignIn): boolean => isFinal(state) && handoff === undefined
function cancelled({ handoff: _handoff, ...signIn }: SignIn): SignIn {
  return isFinal(signIn.state) ? signIn : { ...signIn, state: 'cancelled' }
}

export async function tally(store: Store): Promise<Tally> {
  const sums = { sites: new Sum(), users: new Sum(), sessions: new Sum(), signIns: new Sum(), events: new Sum() }
  const sites = await store.sites.list()
  for (const site of sites) {
    sums.sites.add(site)
    for await (const users of usersOf(store, site))
      for (const user of users) {
        sums.users.add(user)
        for (const session of await store.sessions.ofUser(site.id, user.id)) sums.sessions.add(session)
      }
    for await (const signIns of signInsOf(store, site)) for (const signIn of signIns) sums.signIns.add(signIn)
  }
  for (const siteId of [undefined, ...sites.map(({ id }) => id)])
    for await (const events of eventsOf(store, siteId)) for (const { id: _id, ...event } of events) sums.events.add([siteId ?? '', event])
  return { sites: sums.sites.value, users: sums.users.value, sessions: sums.sessions.value, signIns: sums.signIns.value, events: sums.events.value }
}

const pageSize = 200
/** Users. */
const sayEvery = 10_000

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

const usersOf = (store: Store, site: Site) => pagesOf((after) => store.users.list(site.id, { limit: pageSize, ...(after && { after }) }))
const signInsOf = (store: Store, site: Site) => pagesOf((after) => store.signIns.list(site.id, { limit: pageSize, ...(after && { after }) }))

async function* eventsOf(store: Store, siteId: string | undefined) {
  for (let after: string | undefined; ; ) {
    const page = await store.events.list(siteId, { limit: pageSize, ...(after !== undefined && { after }) })
    const last = page.at(-1)
    if (!last) return
    yield page
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
