/** Ways to find records other than by key. They follow the tables from their first record on; never written. */
import { endsAt } from '../../sessions/session.ts'
import type { Session } from '../../sessions/session.ts'
import { keyOfPattern, keysOfOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import { isFinal, keptAfterEndSeconds } from '../../sign-in/sign-in.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { User } from '../../users/user.ts'
import type { Place } from './documents.ts'
import { DueHeap } from './due-heap.ts'
import { HashedPlaces } from './hashed-places.ts'
import { Ordered } from './ordered.ts'
import { pairKey } from './records.ts'
import type { Index, Table } from './table.ts'
import type { Tables } from './tables.ts'

/** When there is something to do about it in a sweep, in epoch seconds. */
const signInDueAt = (signIn: SignIn): number => (isFinal(signIn.state) ? signIn.expiresAt + keptAfterEndSeconds : signIn.expiresAt)

const owesMail = (signIn: SignIn): boolean => !isFinal(signIn.state) && signIn.delivery.settled < signIn.delivery.asked

/** Places of sites by the origins they list. */
export class OriginIndex implements Index<Site> {
  readonly #byPattern = new Map<string, Set<Place>>()

  /** Of those that may list it: a pattern says the rest. */
  of(origin: string): ReadonlySet<Place> {
    const [exactly, withAnyFirstLabel] = keysOfOrigin(origin).map((pattern) => this.#byPattern.get(pattern))
    return exactly && withAnyFirstLabel ? new Set([...exactly, ...withAnyFirstLabel]) : (exactly ?? withAnyFirstLabel ?? new Set())
  }

  update(place: Place, before: Site | undefined, after: Site | undefined): void {
    for (const pattern of before?.origins.map(keyOfPattern) ?? []) this.#remove(pattern, place)
    for (const pattern of after?.origins.map(keyOfPattern) ?? []) this.#byPattern.set(pattern, (this.#byPattern.get(pattern) ?? new Set()).add(place))
  }

  #remove(pattern: string, place: Place): void {
    const places = this.#byPattern.get(pattern)
    places?.delete(place)
    if (places?.size === 0) this.#byPattern.delete(pattern)
  }
}

/** Places of each site in order of creation. */
export class SiteIndex<Kept extends { siteId: string; createdAt: number }> implements Index<Kept> {
  readonly #bySite = new Map<string, Ordered>()

  of(siteId: string): Ordered {
    return this.#bySite.get(siteId) ?? new Ordered()
  }

  update(place: Place, before: Kept | undefined, after: Kept | undefined): void {
    if (before && after && before.createdAt === after.createdAt && before.siteId === after.siteId) return
    if (before) this.#remove(place, before)
    if (!after) return
    const ordered = this.#bySite.get(after.siteId) ?? new Ordered()
    this.#bySite.set(after.siteId, ordered)
    ordered.add(after.createdAt, place)
  }

  #remove(place: Place, { siteId, createdAt }: Kept): void {
    const ordered = this.#bySite.get(siteId)
    ordered?.remove(createdAt, place)
    if (ordered?.size === 0) this.#bySite.delete(siteId)
  }
}

/** Records of each site by a name that several may share: users and sign-ins by address, sessions by user. */
export class NameIndex<Kept extends { siteId: string }> implements Index<Kept> {
  readonly #places = new HashedPlaces()
  readonly #table: Pick<Table<Kept>, 'at'>
  readonly #nameOf: (record: Kept) => string

  constructor(table: Pick<Table<Kept>, 'at'>, nameOf: (record: Kept) => string) {
    this.#table = table
    this.#nameOf = nameOf
  }

  of(siteId: string, name: string): Kept[] {
    const records = this.#places.under(pairKey(siteId, name)).flatMap((place) => this.#table.at(place) ?? [])
    return records.filter((record) => record.siteId === siteId && this.#nameOf(record) === name)
  }

  update(place: Place, before: Kept | undefined, after: Kept | undefined): void {
    const [was, is] = [before, after].map((record) => record && pairKey(record.siteId, this.#nameOf(record)))
    if (was === is) return
    if (was !== undefined) this.#places.remove(was, place)
    if (is !== undefined) this.#places.add(is, place)
  }
}

/** Sign-ins that owe a mail, in order of its next attempt. */
export class MailIndex implements Index<SignIn> {
  readonly due = new Ordered()

  update(place: Place, before: SignIn | undefined, after: SignIn | undefined): void {
    if (before && owesMail(before)) this.due.remove(before.delivery.nextAttemptAt, place)
    if (after && owesMail(after)) this.due.add(after.delivery.nextAttemptAt, place)
  }
}

/** Records by when they are over. */
export class EndIndex<Kept extends object> implements Index<Kept> {
  readonly #heap = new DueHeap()
  readonly #table: Table<Kept>
  readonly #dueAt: (record: Kept) => number

  constructor(table: Table<Kept>, dueAt: (record: Kept) => number) {
    this.#table = table
    this.#dueAt = dueAt
  }

  /** How many reminders it holds. */
  get size(): number {
    return this.#heap.size
  }

  update(place: Place, before: Kept | undefined, after: Kept | undefined): void {
    if (!after) return
    if (!before || this.#dueAt(after) < this.#dueAt(before)) this.#heap.push(this.#dueAt(after), place)
    if (this.#heap.size > 2 * this.#table.size + 1000) this.#heap.keep((place) => this.#table.documents.has(place))
  }

  remind(record: Kept): void {
    const place = this.#table.placeOf(this.#table.keyOf(record))
    if (place !== undefined) this.#heap.push(this.#dueAt(record), place)
  }

  /** At most `max` records that are due. Each is given once: `remind` of it when it stays. */
  take(now: number, max: number): Kept[] {
    const taken = new Map<Place, Kept>()
    while (taken.size < max) {
      const reminder = this.#heap.takeDue(now)
      if (reminder === undefined) break
      // Of another record by now, perhaps: what is due is due.
      const record = this.#table.at(reminder.place)
      if (record === undefined) continue
      if (this.#dueAt(record) > now) this.#heap.push(this.#dueAt(record), reminder.place)
      else taken.set(reminder.place, record)
    }
    return [...taken.values()]
  }
}

export type Indexes = ReturnType<typeof buildIndexes>

export function buildIndexes(tables: Tables) {
  const indexes = {
    sitesOfOrigin: new OriginIndex(),
    usersOfAddress: new NameIndex(tables.users, ({ address }) => address),
    usersOfSite: new SiteIndex<User>(),
    signInsOfSite: new SiteIndex<SignIn>(),
    signInsOfAddress: new NameIndex(tables.signIns, ({ address }) => address),
    sessionsOfSite: new SiteIndex<Session>(),
    sessionsOfUser: new NameIndex(tables.sessions, ({ userId }) => userId),
    mail: new MailIndex(),
    signInEnds: new EndIndex(tables.signIns, signInDueAt),
    sessionEnds: new EndIndex(tables.sessions, endsAt),
    counterEnds: new EndIndex(tables.counters, (counter) => counter.endsAt),
  }
  tables.sites.addIndex(indexes.sitesOfOrigin)
  for (const index of [indexes.usersOfAddress, indexes.usersOfSite]) tables.users.addIndex(index)
  for (const index of [indexes.signInsOfSite, indexes.signInsOfAddress, indexes.mail, indexes.signInEnds]) tables.signIns.addIndex(index)
  for (const index of [indexes.sessionsOfSite, indexes.sessionsOfUser, indexes.sessionEnds]) tables.sessions.addIndex(index)
  tables.counters.addIndex(indexes.counterEnds)
  return indexes
}
