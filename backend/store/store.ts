/**
 * The store's ports: what use cases may ask of it, with a promise for each method. `store-contract.ts` proves them for every adapter.
 *
 * Common to all: a promise that resolves means the change is on disk (P1); one that rejects with `store_unavailable` means nothing
 * was changed (P7). What a read shows is durable too. A `step` is pure and may run more than once; when it throws, nothing changes and
 * `change` rejects with what it threw. Steps on one record never overlap: of many callers that want the same transition, one gets it (P4).
 * Records handed out or in are not to be mutated.
 */
import type { AuditEvent } from '../audit.ts'
import type { Session } from '../sessions/session.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { Site } from '../sites/site.ts'
import type { User } from '../users/user.ts'

/** What a step decides. `next` left out: nothing is written; `null`: the record is removed. */
export type Step<Kept, Result> = { next?: Kept | null; result: Result }

export type Store = {
  signIns: SignInStore
  sessions: SessionStore
  users: UserStore
  sites: SiteStore
  counters: CounterStore
  events: EventStore
  /** Resolves while changes can be made; rejects with `store_unavailable` otherwise. */
  ready(): Promise<void>
  /**
   * Removes what is over: sign-ins `keptAfterEndSeconds` past their end, sessions past theirs, counters past their window, and, a day
   * late at the most, events after `eventsKeptSeconds`, and what the removal of a site has left.
   * Sign-ins still live past `expiresAt` become `expired`, so that no clock revives them (P8). Watchers are told.
   */
  sweep(now: number): Promise<void>
  /** Resolves when what was removed before the call stands in no file of the store any more, or cannot be helped: for what a person erased. */
  compact(): Promise<void>
  /** Waits for running changes, makes them durable, lets go of the lock. Later calls reject with `store_unavailable`. */
  close(): Promise<void>
}

export type SignInStore = {
  /** Adds a new record. Rejects with `conflict` if the id is taken. */
  insert(signIn: SignIn): Promise<void>
  /**
   * Takes one from a budget, where there is one, and adds the record that `make` gives for it, as one change; between machines a
   * crash may leave one taken and no record, never a record that was not counted. `make` is pure and may be called for both answers.
   * Rejects with `conflict` if the id is taken, and then nothing was taken.
   */
  insertCounted(counted: Counted, make: (taken: boolean) => SignIn): Promise<void>
  get(id: string): Promise<SignIn | undefined>
  /** One atomic step on one sign-in; `undefined` when there is none. */
  change<Result>(id: string, step: (signIn: SignIn | undefined) => Step<SignIn, Result>): Promise<Result>
  /**
   * The same with a budget: the step hears whether it has one left, and that one is taken where the step changes the record, as one change. Of many
   * callers on one machine, one that changes nothing never keeps it from one that does; between machines it may for a moment.
   */
  changeCounted<Result>(id: string, counted: Counted, step: (signIn: SignIn | undefined, taken: boolean) => Step<SignIn, Result>): Promise<Result>
  /**
   * The step that ends in a session: the sign-in, its user and its session change together or not at all, and only while their site is as the step saw it.
   * `user` is found by the sign-in's site and address, `session` by `signIn.completed.sessionId`.
   * @param budgets of this step alone; it hears of one that has none left. Where it says `counts`, one is taken from each, in the same change.
   */
  complete<Result>(id: string, step: (found: Completing, usedUp?: Counted) => CompletingStep<Result>, budgets?: (found: Completing) => readonly Counted[]): Promise<Result>
  /** The `limit` sign-ins whose mail is due first: `pending` or `approved`, not all asked mails settled, earliest `nextAttemptAt` first. */
  mailDue(limit: number): Promise<SignIn[]>
  /** Newest first, of one site. */
  list(siteId: string, query: { state?: SignIn['state']; after?: Place; limit: number }): Promise<SignIn[]>
  /** Every kept sign-in of that address at that site, newest first. */
  ofAddress(siteId: string, address: string): Promise<SignIn[]>
  /** Calls `listener` after each durable change of that sign-in, with the new record; a live one that is removed, as `cancelled`. Returns the unsubscribe. */
  watch(id: string, listener: (signIn: SignIn) => void): () => void
}

/** Where a list goes on: behind the last one seen, which may be gone by now. Records of one time stand in the order of their ids. */
export type Place = { createdAt: number; id: string }

export type Completing = { signIn: SignIn | undefined; site: Site | undefined; user: User | undefined; session: Session | undefined }
export const nothingFound: Completing = { signIn: undefined, site: undefined, user: undefined, session: undefined }
export type CompletingStep<Result> = { next?: { signIn: SignIn; user?: User; session?: Session }; result: Result; counts?: boolean }

/** A session with what decides whether it goes on: its site, and the user that it is of. */
export type FoundSession = { site: Site | undefined; session: Session | undefined; user: User | undefined }

export type SessionStore = {
  /** In one look. */
  find(siteId: string, id: string): Promise<FoundSession>
  change<Result>(siteId: string, id: string, step: (session: Session | undefined) => Step<Session, Result>): Promise<Result>
  ofUser(siteId: string, userId: string): Promise<Session[]>
  /** Removes every session of that user, and says how many. */
  removeOfUser(siteId: string, userId: string): Promise<number>
}

export type UserStore = {
  get(siteId: string, id: string): Promise<User | undefined>
  findByAddress(siteId: string, address: string): Promise<User | undefined>
  /** Rejects with `conflict` where the site has that address already. */
  insert(user: User): Promise<void>
  change<Result>(siteId: string, id: string, step: (user: User | undefined) => Step<User, Result>): Promise<Result>
  /** Oldest first. `q` is part of the address. */
  list(siteId: string, query: { q?: string; after?: Place; limit: number }): Promise<User[]>
}

export type SiteStore = {
  insert(site: Site): Promise<void>
  get(id: string): Promise<Site | undefined>
  change<Result>(id: string, step: (site: Site | undefined) => Step<Site, Result>): Promise<Result>
  /** All of them, oldest first. */
  list(): Promise<Site[]>
  /** Those that list this origin, by its own text or by a pattern, oldest first. As quick with many sites as with few. */
  listing(origin: string): Promise<Site[]>
  /**
   * Removes the site with everything that is its own: users, sessions, sign-ins, events. The site itself goes first, in one step, and `gone` is called then;
   * the rest follows in pieces. What a failure leaves of it is removed by the same call again, or by a sweep. False where there is nothing of it.
   */
  remove(id: string, gone?: () => void): Promise<boolean>
}

/** Budgets that outlive a restart: how often something may happen in a window that begins with its first time. */
export type CounterStore = {
  /** Takes one from the budget, or says how long until there is one again. Two callers never take the same last one. */
  take(key: string, budget: Budget, now: number): Promise<{ taken: true } | { taken: false; retryAfterSeconds: number }>
  /** Takes one from each in turn, up to the first that has none: its `key` is in the answer, and what was taken before it stays taken. */
  takeEach(counted: readonly Counted[]): Promise<{ taken: true } | { taken: false; key: string; retryAfterSeconds: number }>
  /** Puts one back that was taken at `now` (the try was right, so it does not count); nothing where that window is over and another has begun. */
  giveBack(taken: Pick<Counted, 'key' | 'now'>): Promise<void>
}

/** Which budget is taken from, and when. */
export type Counted = { key: string; budget: Budget; now: number }

export type Budget = { max: number; seconds: number }

/** An audit event as it is kept. `at` in epoch seconds. */
export type KeptEvent = AuditEvent & { at: number }
export type ListedEvent = KeptEvent & {
  /** Opaque; of two events of one log, the later one's is the greater text. */
  id: string
}

/** 90 days. */
export const eventsKeptSeconds = 7_776_000

/**
 * The audit log: one for each site and one of the server's own (`undefined`), each in the order in which events were taken in, each bounded
 * in size, so that a busy site pushes out nothing but its own oldest.
 */
export type EventStore = {
  /** How many of each log are kept at least: beyond it the oldest go. Left out: what is bounded is their size. */
  readonly mostKept?: number
  /** Takes it in, to be written soon after with others: a crash may take the last second's. Never throws. */
  append(siteId: string | undefined, event: KeptEvent): void
  /** Resolves when all that was taken in so far is on disk: for acts of the operator. */
  flush(): Promise<void>
  /**
   * Of what was taken in before the call, the first `limit` in the order asked for; fewer only where there are no more. Who goes on after the
   * last one of each answer skips none and sees none twice, whatever is appended or dropped meanwhile; newest first, what comes meanwhile is not
   * among it. Rejects with `invalid_request` for an `after` that is no id.
   */
  list(siteId: string | undefined, query: EventQuery): Promise<ListedEvent[]>
}

export type EventQuery = {
  order?: EventOrder
  /** The id of the last one seen in that order, which may have gone meanwhile: what follows it there, so newest first what is older. */
  after?: string
  /** Only events that name one of these ids. */
  about?: readonly string[]
  limit: number
}

/** By when they were taken in. `oldest` first where nothing is said. */
export type EventOrder = 'oldest' | 'newest'
