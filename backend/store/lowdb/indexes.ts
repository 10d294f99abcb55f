/** Ways to find records other than by key. Built from the tables at start; never written. */
import { endsAt } from '../../sessions/session.ts'
import type { Session } from '../../sessions/session.ts'
import { isFinal, keptAfterEndSeconds } from '../../sign-in/sign-in.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { User } from '../../users/user.ts'
import { DueHeap } from './due-heap.ts'
import { Ordered } from './ordered.ts'
import { pairKey } from './records.ts'
import type { Index, Table } from './table.ts'
import type { Tables } from './tables.ts'

/** When there is something to do about it in a sweep, in epoch seconds. */
const signInDueAt = (signIn: SignIn): number => (isFinal(signIn.state) ? signIn.expiresAt + keptAfterEndSeconds : signIn.expiresAt)

const owesMail = (signIn: SignIn): boolean => !isFinal(signIn.state) && signIn.delivery.settled < signIn.delivery.asked

export class AddressIndex implements Index<User> {
  readonly #byAddress = new Map<string, User>()

  find(siteId: string, address: string): User | undefined {
    return this.#byAddress.get(pairKey(siteId, address))
  }

  update(before: User | undefined, after: User | undefined): void {
    if (before) {
      const key = pairKey(before.siteId, before.address)
      if (this.#byAddress.get(key) === before) this.#byAddress.delete(key)
    }
    if (after) this.#byAddress.set(pairKey(after.siteId, after.address), after)
  }
}

/** Keys of each site in order of creation. */
export class SiteIndex<Kept extends { siteId: string; createdAt: number }> implements Index<Kept> {
  readonly #bySite = new Map<string, Ordered>()
  readonly #keyOf: (record: Kept) => string

  constructor(keyOf: (record: Kept) => string) {
    this.#keyOf = keyOf
  }

  of(siteId: string): Ordered {
    return this.#bySite.get(siteId) ?? new Ordered()
  }

  update(before: Kept | undefined, after: Kept | undefined): void {
    if (before && after && before.createdAt === after.createdAt && before.siteId === after.siteId) return
    if (before) this.#remove(before)
    if (!after) return
    const ordered = this.#bySite.get(after.siteId) ?? new Ordered()
    this.#bySite.set(after.siteId, ordered)
    ordered.add(after.createdAt, this.#keyOf(after))
  }

  #remove(record: Kept): void {
    const ordered = this.#bySite.get(record.siteId)
    ordered?.remove(record.createdAt, this.#keyOf(record))
    if (ordered?.size === 0) this.#bySite.delete(record.siteId)
  }
}

/** Keys of the sessions of each user of each site. */
export class SessionIndex implements Index<Session> {
  readonly #bySite = new Map<string, Map<string, Set<string>>>()

  ofUser(siteId: string, userId: string): string[] {
    return [...(this.#bySite.get(siteId)?.get(userId) ?? [])]
  }

  ofSite(siteId: string): string[] {
    return [...(this.#bySite.get(siteId)?.values() ?? [])].flatMap((keys) => [...keys])
  }

  update(before: Session | undefined, after: Session | undefined): void {
    if (before && after && before.userId === after.userId) return
    if (before) this.#remove(before)
    if (!after) return
    const users = this.#bySite.get(after.siteId) ?? new Map<string, Set<string>>()
    const keys = users.get(after.userId) ?? new Set<string>()
    this.#bySite.set(after.siteId, users.set(after.userId, keys.add(pairKey(after.siteId, after.id))))
  }

  #remove(session: Session): void {
    const users = this.#bySite.get(session.siteId)
    const keys = users?.get(session.userId)
    keys?.delete(pairKey(session.siteId, session.id))
    if (keys?.size === 0) users?.delete(session.userId)
    if (users?.size === 0) this.#bySite.delete(session.siteId)
  }
}

/** Ids of the sign-ins of each address of each site. */
export class SignInAddressIndex implements Index<SignIn> {
  readonly #byAddress = new Map<string, Set<string>>()

  of(siteId: string, address: string): string[] {
    return [...(this.#byAddress.get(pairKey(siteId, address)) ?? [])]
  }

  update(before: SignIn | undefined, after: SignIn | undefined): void {
    if (before && after && before.siteId === after.siteId && before.address === after.address) return
    if (before) this.#remove(before)
    if (!after) return
    const key = pairKey(after.siteId, after.address)
    this.#byAddress.set(key, (this.#byAddress.get(key) ?? new Set<string>()).add(after.id))
  }

  #remove(signIn: SignIn): void {
    const key = pairKey(signIn.siteId, signIn.address)
    const ids = this.#byAddress.get(key)
    ids?.delete(signIn.id)
    if (ids?.size === 0) this.#byAddress.delete(key)
  }
}

/** Sign-ins that owe a mail, in order of its next attempt. */
export class MailIndex implements Index<SignIn> {
  readonly due = new Ordered()

  update(before: SignIn | undefined, after: SignIn | undefined): void {
    if (before && owesMail(before)) this.due.remove(before.delivery.nextAttemptAt, before.id)
    if (after && owesMail(after)) this.due.add(after.delivery.nextAttemptAt, after.id)
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

  update(before: Kept | undefined, after: Kept | undefined): void {
    if (!after) return
    if (!before || this.#dueAt(after) < this.#dueAt(before)) this.remind(after)
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
    addresses: new AddressIndex(),
    usersOfSite: new SiteIndex<User>(tables.users.keyOf),
    signInsOfSite: new SiteIndex<SignIn>(tables.signIns.keyOf),
    signInsOfAddress: new SignInAddressIndex(),
    sessions: new SessionIndex(),
    mail: new MailIndex(),
    signInEnds: new EndIndex(tables.signIns, signInDueAt),
    sessionEnds: new EndIndex(tables.sessions, endsAt),
    counterEnds: new EndIndex(tables.counters, (counter) => counter.endsAt),
  }
  for (const index of [indexes.addresses, indexes.usersOfSite]) tables.users.addIndex(index)
  for (const index of [indexes.signInsOfSite, indexes.signInsOfAddress, indexes.mail, indexes.signInEnds]) tables.signIns.addIndex(index)
  for (const index of [indexes.sessions, indexes.sessionEnds]) tables.sessions.addIndex(index)
  tables.counters.addIndex(indexes.counterEnds)
  return indexes
}
