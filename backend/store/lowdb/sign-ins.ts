/** The sign-ins' port over the tables. */
import { Problem } from '../../problems.ts'
import { isFinal, type SignIn } from '../../sign-in/sign-in.ts'
import { nothingFound, type Completing, type CompletingStep, type SignInStore, type Step } from '../store.ts'
import type { Change } from './change.ts'
import type { Core } from './core.ts'
import { secondsUntilLeft, takeOne } from './counters.ts'
import { page } from './paging.ts'
import { pairKey } from './records.ts'
import { putUser, userOfAddress } from './users.ts'

export function signInStore(core: Core): SignInStore {
  const { ledger, tables, indexes, watchers } = core
  return {
    insert: (signIn) => ledger.change((change) => addSignIn(core, change, signIn)),
    insertCounted: (counted, make) => ledger.change((change) => addSignIn(core, change, make(takeOne(tables, change, counted).taken))),
    get: (id) => ledger.read(tables.signIns, () => tables.signIns.get(id)),
    change: (id, step) => ledger.change((change) => changeSignIn(core, change, id, step(tables.signIns.get(id)))),
    changeCounted: (id, counted, step) =>
      ledger.change((change) => {
        const isLeft = secondsUntilLeft(tables, counted) === 0
        const done = step(tables.signIns.get(id), isLeft)
        if (isLeft && done.next !== undefined) takeOne(tables, change, counted)
        return changeSignIn(core, change, id, done)
      }),
    complete: (id, step, budgets) =>
      ledger.change((change) => {
        const found = completing(core, id)
        const counted = budgets?.(found) ?? []
        const done = step(found, counted.find((each) => secondsUntilLeft(tables, each) > 0))
        if (done.counts) for (const each of counted) takeOne(tables, change, each)
        return complete(core, change, id, done)
      }),
    mailDue: (limit) =>
      ledger.read(tables.signIns, () =>
        page({ places: indexes.mail.due, order: 'oldest-first', get: (place) => tables.signIns.at(place), keyOf: ({ id }) => id, accepts: () => true, after: undefined, limit }),
      ),
    list: (siteId, query) => ledger.read(tables.signIns, () => list(core, siteId, query)),
    ofAddress: (siteId, address) =>
      ledger.read(tables.signIns, () => indexes.signInsOfAddress.of(siteId, address).sort(newestFirst)),
    watch: (id, listener) => watchers.watch(id, listener),
  }
}

/** @throws Problem conflict */
function addSignIn(core: Core, change: Change, signIn: SignIn): void {
  if (core.tables.signIns.has(signIn.id)) throw new Problem('conflict')
  putSignIn(core, change, signIn)
}

/** Whoever watches it hears of it when it is on disk. */
export function putSignIn({ tables, watchers }: Core, change: Change, signIn: SignIn): void {
  change.put(tables.signIns, signIn)
  change.afterwards(() => watchers.tell(signIn))
}

/** Whoever waits for a live one has to hear that nothing will come of it. */
export function removeSignIn({ tables, watchers }: Core, change: Change, id: string): void {
  const signIn = tables.signIns.get(id)
  change.remove(tables.signIns, id)
  if (signIn && !isFinal(signIn.state)) change.afterwards(() => watchers.tell({ ...signIn, state: 'cancelled' }))
}

function changeSignIn<Result>(core: Core, change: Change, id: string, { next, result }: Step<SignIn, Result>): Result {
  if (next === null) removeSignIn(core, change, id)
  else if (next) putSignIn(core, change, sameId(id, next))
  return result
}

function sameId(id: string, signIn: SignIn): SignIn {
  if (signIn.id !== id) throw new TypeError('a step may not change the id of its sign-in')
  return signIn
}

function complete<Result>(core: Core, change: Change, id: string, { next, result }: CompletingStep<Result>): Result {
  if (next?.user) putUser(core, change, next.user)
  if (next?.session) change.put(core.tables.sessions, next.session)
  if (next) putSignIn(core, change, sameId(id, next.signIn))
  return result
}

function completing(core: Core, id: string): Completing {
  const { tables } = core
  const signIn = tables.signIns.get(id)
  if (!signIn) return nothingFound
  const site = tables.sites.get(signIn.siteId)
  const user = userOfAddress(core, signIn.siteId, signIn.address)
  const session = signIn.completed && tables.sessions.get(pairKey(signIn.siteId, signIn.completed.sessionId))
  return { signIn, site, user, session }
}

function newestFirst(a: SignIn, b: SignIn): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt
  return a.id < b.id ? 1 : -1
}

function list({ tables, indexes }: Core, siteId: string, query: Parameters<SignInStore['list']>[1]): SignIn[] {
  return page({
    places: indexes.signInsOfSite.of(siteId),
    order: 'newest-first',
    get: (place) => (query.state === undefined || tables.signIns.mentions(place, `"state":"${query.state}"`) ? tables.signIns.at(place) : undefined),
    keyOf: ({ id }) => id,
    accepts: (signIn) => query.state === undefined || signIn.state === query.state,
    after: query.after && { by: query.after.createdAt, key: query.after.id },
    limit: query.limit,
  })
}
