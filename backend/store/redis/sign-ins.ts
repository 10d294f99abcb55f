/** The sign-ins' port over Redis. */
import { Problem } from '../../problems.ts'
import { isFinal, keptAfterEndSeconds, type SignIn } from '../../sign-in/sign-in.ts'
import { nothingFound, type Completing, type CompletingStep, type Counted, type SignInStore, type Step } from '../store.ts'
import type { Change } from './change.ts'
import { texts, textsOrNothing } from './client.ts'
import { change, changeBlindly, getText, getTexts, lifeMs, type Core, type Shard } from './core.ts'
import { counterStore, hasOneLeft } from './counters.ts'
import { keptSignIn } from './kept-sign-ins.ts'
import { channelOf, counterKey } from './keys.ts'
import type { Locator } from './locator.ts'
import { pages } from './paging.ts'
import { kinds, nextVersion, readIfAny, readSignIn, revisionOf, writeSignIn, type Kept } from './record.ts'
import { runScript } from './run-script.ts'
import { completingScript } from './scripts.ts'
import { putSession } from './sessions.ts'
import { putUser, refuseTaken } from './users.ts'

/** When a sweep has something to do about it, in epoch seconds. */
export const dueAt = (signIn: SignIn): number => (isFinal(signIn.state) ? signIn.expiresAt + keptAfterEndSeconds : signIn.expiresAt)

const owesMail = (signIn: SignIn): boolean => !isFinal(signIn.state) && signIn.delivery.settled < signIn.delivery.asked

export function signInStore(core: Core, locator: Locator): SignInStore {
  return {
    insert: async (signIn) => void (await insert(core, locator, signIn)),
    insertCounted: (counted, make) => insertCounted(core, locator, counted, make),
    async get(id) {
      const kept = await keptSignIn(core, locator, id)
      // Whoever watches may have read it: messages of older changes that are still on their way come too late.
      if (kept) core.watchers.tell(id, kept)
      return kept?.record
    },
    change: (id, step) => changeFound(core, locator, id, step),
    // In turn, as below: one that is too early would take the budget's last one from the one before it.
    changeCounted: (id, counted, step) => core.turns.take(`counted ${id}`, () => changeCounted(core, locator, id, counted, step)),
    complete: (id, step, budgets) => complete(core, locator, id, step, budgets),
    mailDue: (limit) => mailDue(core, limit),
    list: (siteId, query) => list(core, siteId, query),
    ofAddress: (siteId, address) => ofAddress(core, siteId, address),
    watch: (id, listener) => core.watchers.watch(id, listener),
  }
}

async function complete<Result>(core: Core, locator: Locator, id: string, step: Completion<Result>, budgets?: (found: Completing) => readonly Counted[]): Promise<Result> {
  const shard = await locator.find(id)
  if (!shard) return step(nothingFound).result
  return change(core, shard, `signIn ${id}`, async (change) => {
    const kept = await readCompleting(core, shard, id)
    const found = recordsOf(kept)
    const counted = (budgets?.(found) ?? []).map((each) => ({ each, key: shard.keys.completingBudget(each.key) }))
    const counters = await getTexts(core, counted.map(({ key }) => key))
    const { next, result, counts = false } = step(found, counted.find(({ each }, index) => !hasOneLeft(counters[index], each))?.each)
    if (counts) for (const { each, key } of counted) change.take(key, each)
    if (next) await putCompleted(core, shard, change, kept, { ...next, signIn: sameId(id, next.signIn) })
    return result
  })
}

type Completion<Result> = (found: Completing, usedUp?: Counted) => CompletingStep<Result>

async function putCompleted(core: Core, shard: Shard, change: Change, kept: KeptCompleting, next: NonNullable<CompletingStep<never>['next']>): Promise<void> {
  if (next.user) {
    const before = kept.user?.record.id === next.user.id ? kept.user : undefined
    // Nobody has the sign-in's own address: that was just read.
    if (kept.user || next.user.address !== kept.signIn?.record.address) await refuseTaken(core, shard, next.user, before)
    putUser(shard, change, before, next.user)
  }
  if (next.session) putSession(core, shard, change, kept.session?.record.id === next.session.id ? kept.session : undefined, next.session)
  putSignIn(core, shard, change, kept.signIn, next.signIn)
  change.expect(shard.keys.site(next.signIn.siteId), kept.site?.version)
}

/** In a cluster the budget may be on another node, so it is taken before, and given back where nothing is changed. */
async function changeCounted<Result>(core: Core, locator: Locator, id: string, counted: Counted, step: (signIn: SignIn | undefined, taken: boolean) => Step<SignIn, Result>): Promise<Result> {
  const counters = counterStore(core)
  const { taken } = await counters.take(counted.key, counted.budget, counted.now)
  let changes = false
  try {
    return await changeFound(core, locator, id, (signIn) => {
      changes = false
      const done = step(signIn, taken)
      changes = done.next !== undefined
      return done
    })
  } finally {
    if (taken && !changes) await counters.giveBack(counted)
  }
}

async function insert(core: Core, locator: Locator, signIn: SignIn, counted?: Counted): Promise<'done' | 'full'> {
  const shard = core.shardOfSite(signIn.siteId)
  await locator.put(signIn, shard)
  return changeBlindly(shard, (change) => {
    if (counted) change.take(counterKey(counted.key), counted)
    putSignIn(core, shard, change, undefined, signIn)
  })
}

/** In a cluster the budget may be on another node, so it is taken before, and given back where nothing was added. */
async function insertCounted(core: Core, locator: Locator, counted: Counted, make: (taken: boolean) => SignIn): Promise<void> {
  if (core.shards.length === 1) {
    const outcome = await insert(core, locator, make(true), counted)
    if (outcome === 'full') await insert(core, locator, make(false))
    return
  }
  const counters = counterStore(core)
  const { taken } = await counters.take(counted.key, counted.budget, counted.now)
  try {
    await insert(core, locator, make(taken))
  } catch (error) {
    if (taken && isConflict(error)) await counters.giveBack(counted)
    throw error
  }
}

const isConflict = (error: unknown): boolean => error instanceof Problem && error.code === 'conflict'

export function changeSignIn<Result>(core: Core, shard: Shard, id: string, step: (signIn: SignIn | undefined) => Step<SignIn, Result>): Promise<Result> {
  return change(core, shard, `signIn ${id}`, async (change) => {
    const found = await getText(core, shard.keys.signIn(id))
    const kept = found === undefined ? undefined : readSignIn(found, shard.epoch.name)
    const { next, result } = step(kept?.record)
    if (next === null && kept) removeSignIn(core, shard, change, kept)
    else if (next) putSignIn(core, shard, change, kept, sameId(id, next))
    return result
  })
}

async function changeFound<Result>(core: Core, locator: Locator, id: string, step: (signIn: SignIn | undefined) => Step<SignIn, Result>): Promise<Result> {
  const shard = await locator.find(id)
  return shard ? changeSignIn(core, shard, id, step) : changeUnknown(core, locator, id, step)
}

/** No shard knows it: a step may still make it. */
async function changeUnknown<Result>(core: Core, locator: Locator, id: string, step: (signIn: SignIn | undefined) => Step<SignIn, Result>): Promise<Result> {
  const { next, result } = step(undefined)
  if (!next) return result
  const shard = core.shardOfSite(sameId(id, next).siteId)
  await locator.put(next, shard)
  return changeSignIn(core, shard, id, step)
}

/** The record, everything by which it is found, and word to whoever waits: all in one change. */
export function putSignIn(core: Core, shard: Shard, change: Change, before: Kept<SignIn> | undefined, signIn: SignIn): void {
  const { keys } = shard
  const { id, siteId, address } = signIn
  const version = nextVersion(before?.version)
  const kept = writeSignIn(version, shard.epoch.name, signIn)
  const life = lifeMs(core, signIn.expiresAt + keptAfterEndSeconds)
  change.expect(keys.signIn(id), before?.version)
  change.write('SET', keys.signIn(id), kept, 'PX', life)
  if (!before) {
    change.write('ZADD', keys.signInsOf(siteId), signIn.createdAt, id)
    change.write('SADD', keys.signInsOfAddress(siteId, address), id)
    change.write('PEXPIRE', keys.signInsOfAddress(siteId, address), life)
  }
  if (!before || dueAt(before.record) !== dueAt(signIn) || before.isOfAnotherEpoch) change.write('ZADD', keys.signInEnds, dueAt(signIn), `${siteId}/${id}`)
  if (owesMail(signIn)) change.write('ZADD', keys.mail, signIn.delivery.nextAttemptAt, id)
  else if (before) change.remove('ZREM', keys.mail, id)
  change.publish(channelOf(core.database, id), kept)
  const record = readSignIn(kept, shard.epoch.name).record
  change.afterwards(() => core.watchers.tell(id, { record, version, revision: revisionOf(version) }))
}

export function removeSignIn(core: Core, shard: Shard, change: Change, kept: Kept<SignIn>): void {
  const { keys } = shard
  const { id, siteId, address } = kept.record
  change.expect(keys.signIn(id), kept.version)
  change.remove('DEL', keys.signIn(id))
  change.remove('ZREM', keys.signInsOf(siteId), id)
  change.remove('SREM', keys.signInsOfAddress(siteId, address), id)
  change.remove('ZREM', keys.signInEnds, `${siteId}/${id}`)
  change.remove('ZREM', keys.mail, id)
  change.publish(channelOf(core.database, id), '')
  change.afterwards(() => core.watchers.tellRemoved(id, kept.record))
}

function sameId(id: string, signIn: SignIn): SignIn {
  if (signIn.id !== id) throw new TypeError('a step may not change the id of its sign-in')
  return signIn
}

type KeptCompleting = { [Name in keyof Completing]: Kept<NonNullable<Completing[Name]>> | undefined }

async function readCompleting(core: Core, shard: Shard, id: string): Promise<KeptCompleting> {
  const [signIn, site, user, session] = textsOrNothing(await runScript(core.client, completingScript, [shard.keys.signIn(id)], [shard.keys.prefix]))
  return {
    signIn: signIn === undefined ? undefined : readSignIn(signIn, shard.epoch.name),
    site: readIfAny(site, kinds.isSite),
    user: readIfAny(user, kinds.isUser),
    session: readIfAny(session, kinds.isSession),
  }
}

const recordsOf = ({ signIn, site, user, session }: KeptCompleting): Completing => ({ signIn: signIn?.record, site: site?.record, user: user?.record, session: session?.record })

/** What is named as due and is not any more (gone, or of another epoch) is put right on the way, so that it hides nothing behind it. */
async function mailDue(core: Core, limit: number): Promise<SignIn[]> {
  const found = await Promise.all(core.shards.map((shard) => mailDueOf(core, shard, limit)))
  return found.flat().sort((a, b) => a.delivery.nextAttemptAt - b.delivery.nextAttemptAt).slice(0, limit)
}

async function mailDueOf(core: Core, shard: Shard, limit: number): Promise<SignIn[]> {
  for (;;) {
    const ids = texts(await core.client.run('ZRANGE', shard.keys.mail, 0, limit - 1))
    const kept = await getTexts(core, ids.map((id) => shard.keys.signIn(id)))
    const records = kept.map((each) => (each === undefined ? undefined : readSignIn(each, shard.epoch.name).record))
    const strays = ids.filter((_, index) => !records[index] || !owesMail(records[index]))
    if (strays.length === 0) return records.flatMap((record) => record ?? [])
    await Promise.all(strays.map((id) => settleStray(core, shard, id)))
  }
}

function settleStray(core: Core, shard: Shard, id: string): Promise<void> {
  return change(core, shard, `signIn ${id}`, async (change) => {
    const found = await getText(core, shard.keys.signIn(id))
    const kept = found === undefined ? undefined : readSignIn(found, shard.epoch.name)
    if (kept && owesMail(kept.record)) return
    change.expect(shard.keys.signIn(id), kept?.version)
    change.remove('ZREM', shard.keys.mail, id)
  })
}

async function list(core: Core, siteId: string, { state, after, limit }: Parameters<SignInStore['list']>[1]): Promise<SignIn[]> {
  const shard = core.shardOfSite(siteId)
  const load = async (ids: string[]) => (await getTexts(core, ids.map((id) => shard.keys.signIn(id)))).flatMap((kept) => (kept === undefined ? [] : readSignIn(kept, shard.epoch.name).record))
  return pages(core, { index: shard.keys.signInsOf(siteId), order: 'newest-first', load, accepts: (signIn) => state === undefined || signIn.state === state, after, limit })
}

async function ofAddress(core: Core, siteId: string, address: string): Promise<SignIn[]> {
  const shard = core.shardOfSite(siteId)
  const ids = texts(await core.client.run('SMEMBERS', shard.keys.signInsOfAddress(siteId, address)))
  const kept = await getTexts(core, ids.map((id) => shard.keys.signIn(id)))
  return kept.flatMap((each) => (each === undefined ? [] : readSignIn(each, shard.epoch.name).record)).sort(newestFirst)
}

function newestFirst(a: SignIn, b: SignIn): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt
  return a.id < b.id ? 1 : -1
}
