/** Ways to find records other than by key. They follow the tables from their first record on; never written. */
import { endsAt } from '../../sessions/session.ts'
import type { Session } from '../../sessions/session.ts'
import { keyOfPattern, keysOfOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import { isFinal, keptAfterEndSeconds } from '../../sign-in/sign-in.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { User } from '../../users/user.ts'
import { DueHeap } from './due-heap.ts'
import { Gathered } from './gathered.ts'
import { Ordered } from './ordered.ts'
import type { Index, Table } from './table.ts'
import type { Tables } from './tables.ts'

/** When there is something to do about it in a sweep, in epoch seconds. */
const signInDueAt = (signIn: SignIn): number => (isFinal(signIn.state) ? signIn.expiresAt + keptAfterEndSeconds : signIn.expiresAt)

const owesMail = (signIn: SignIn): boolean => !isFinal(signIn.state) && signIn.delivery.settled < signIn.delivery.asked

/** Keys of sites by the origins they list. */
export class OriginIndex implements Index<Site> {
  readonly #byPattern = new Map<string, Set<string>>()

  /** Of those that may list it: a pattern says the rest. */
  of(origin: string): Set<string> {
    return new Set(keysOfOrigin(origin).flatMap((pattern) => [...(this.#byPattern.get(pattern) ?? [])]))
  }

  update(key: string, before: Site | undefined, after: Site | undefined): void {
    for (const pattern of before?.origins.map(keyOfPattern) ?? []) this.#remove(pattern, key)
    for (const pattern of after?.origins.map(keyOfPattern) ?? []) this.#byPattern.set(pattern, (this.#byPattern.get(pattern) ?? new Set()).add(key))
  }

  #remove(pattern: string, key: string): void {
    const keys = this.#byPattern.get(pattern)
    keys?.delete(key)
    if (keys?.size === 0) this.#byPattern.delete(pattern)
  }
}

/** Keys of the users of each site by address. */
export class AddressIndex implements Index<User> {
  readonly #bySite = new Map<string, Map<string, string>>()

  find(siteId: string, address: string): string | undefined {
    return this.#bySite.get(siteId)?.get(address)
  }

  update(key: string, before: User | undefined, after: User | undefined): void {
    if (before && after && before.siteId === after.siteId && before.address === after.address) return
    if (before) this.#remove(key, before)
    if (!after) return
    const addresses = this.#bySite.get(after.siteId) ?? new Map<string, string>()
    this.#bySite.set(after.siteId, addresses.set(after.address, key))
  }

  #remove(key: string, { siteId, address }: User): void {
    const addresses = this.#bySite.get(siteId)
    if (addresses?.get(address) === key) addresses.delete(address)
    if (addresses?.size === 0) this.#bySite.delete(siteId)
  }
}

/** Keys of each site in order of creation. */
export class SiteIndex<Kept extends { siteId: string; createdAt: number }> implements Index<Kept> {
  readonly #bySite = new Map<string, Ordered>()

  of(siteId: string): Ordered {
    return this.#bySite.get(siteId) ?? new Ordered()
  }

  update(key: string, before: Kept | undefined, after: Kept | undefined): void {
    if (before && after && before.createdAt === after.createdAt && before.siteId === after.siteId) return
    if (before) this.#remove(key, before)
    if (!after) return
    const ordered = this.#bySite.get(after.siteId) ?? new Ordered()
    this.#bySite.set(after.siteId, ordered)
    ordered.add(after.createdAt, key)
  }

  #remove(key: string, { siteId, createdAt }: Kept): void {
    const ordered = this.#bySite.get(siteId)
    ordered?.remove(createdAt, key)
    if (ordered?.size === 0) this.#bySite.delete(siteId)
  }
}

/** Keys of each site by a name that several may share: sessions by user, sign-ins by address. */
export class NameIndex<Kept extends { siteId: string }> implements Index<Kept> {
  readonly #gathered = new Gathered()
  readonly #nameOf: (record: Kept) => string

  constructor(nameOf: (record: Kept) => string) {
    this.#nameOf = nameOf
  }

  of(siteId: string, name: string): string[] {
    return this.#gathered.of(siteId, name)
  }

  ofSite(siteId: string): string[] {
    return this.#gathered.ofSite(siteId)
  }

  update(key: string, before: Kept | undefined, after: Kept | undefined): void {
    if (before && after && before.siteId === after.siteId && this.#nameOf(before) === this.#nameOf(after)) return
    if (before) this.#gathered.remove(before.siteId, this.#nameOf(before), key)
    if (after) this.#gathered.add(after.siteId, this.#nameOf(after), key)
  }
}

/** Sign-ins that owe a mail, in order of its next attempt. */
export class MailIndex implements Index<SignIn> {
  readonly due = new Ordered()

  update(key: string, before: SignIn | undefined, after: SignIn | undefined): void {
    if (before && owesMail(before)) this.due.remove(before.delivery.nextAttemptAt, key)
    if (after && owesMail(after)) this.due.add(after.delivery.nextAttemptAt, key)
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

  update(key: string, before: Kept | undefined, after: Kept | undefined): void {
    if (!after) return
    if (!before || this.#dueAt(after) < this.#dueAt(before)) this.#heap.push(this.#dueAt(after), key)
    if (this.#heap.size > 2 * this.#table.size + 1000) this.#rebuild()
  }

  remind(record: Kept): void {
    this.#heap.push(this.#dueAt(record), this.#table.keyOf(record))
  }

  /** At most `max` records that are due. Each is given once: `remind` of it when it stays. */
  take(now: number, max: number): Kept[] {
    const taken = new Map<string, Kept>()
    while (taken.size < max) {
      const reminder = this.#heap.takeDue(now)
      if (reminder === undefined) break
      const record = this.#table.get(reminder.key)
      if (record === undefined) continue
      if (this.#dueAt(record) > now) this.remind(record)
      else taken.set(reminder.key, record)
    }
    return [...taken.values()]
  }

  /** Reminders of records that were removed early are forgotten. */
  #rebuild(): void {
    this.#heap.clear()
    for (const record of this.#table.values()) this.remind(record)
  }
}

export type Indexes = ReturnType<typeof buildIndexes>

export function buildIndexes(tables: Tables) {
  const indexes = {
    sitesOfOrigin: new OriginIndex(),
    addresses: new AddressIndex(),
    usersOfSite: new SiteIndex<User>(),
    signInsOfSite: new SiteIndex<SignIn>(),
    signInsOfAddress: new NameIndex<SignIn>(({ address }) => address),
    sessions: new NameIndex<Session>(({ userId }) => userId),
    mail: new MailIndex(),
    signInEnds: new EndIndex(tables.signIns, signInDueAt),
    sessionEnds: new EndIndex(tables.sessions, endsAt),
    counterEnds: new EndIndex(tables.counters, (counter) => counter.endsAt),
  }
  tables.sites.addIndex(indexes.sitesOfOrigin)
  for (const index of [indexes.addresses, indexes.usersOfSite]) tables.users.addIndex(index)
  for (const index of [indexes.signInsOfSite, indexes.signInsOfAddress, indexes.mail, indexes.signInEnds]) tables.signIns.addIndex(index)
  for (const index of [indexes.sessions, indexes.sessionEnds]) tables.sessions.addIndex(index)
  tables.counters.addIndex(indexes.counterEnds)
  return indexes
}
