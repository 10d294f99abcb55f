/**
 * Moves everything from one store to another: sites, users, sessions, sign-ins and the audit log. What is there already is left, so that a
 * move that was cut off goes on when it is run again. Then both sides are read and compared, and what still waits in the old store is
 * cancelled there: no link works in both. Budgets (counters) begin anew.
 */
import { isFinal, type SignIn } from '../sign-in/sign-in.ts'
import type { Store } from './store.ts'
import { countEvents, eventsOf, olderThan, signInsOf, tally, usersOf, type Kind, type Tally, type View } from './tally.ts'

/** Beside the records of the target, so that a second run knows what it finds there. */
export type Marker = {
  read(): Promise<Progress | undefined>
  write(progress: Progress): Promise<void>
  remove(): Promise<void>
}
export type Progress = { from: string; phase: 'copying' | 'verified' }

export type Migration = { from: Store; to: Store; marker: Marker; source: string }

/** Users. */
const sayEvery = 10_000

/** @throws Error in one line: the target is not empty, or what arrived is not what was sent */
export async function migrate({ from, to, marker, source }: Migration, say: (line: string) => void): Promise<void> {
  const progress = await marker.read()
  if (!progress && (await isMoved(from, to))) return say('everything is in the target already: an earlier run has moved it')
  await refuseForeign(to, progress, source)
  if (progress?.phase === 'verified') await compareAgain(from, to, say)
  else {
    await marker.write({ from: source, phase: 'copying' })
    await copy(from, to, say)
    await compare(from, to, say)
    await marker.write({ from: source, phase: 'verified' })
  }
  await retire(from)
  await marker.remove()
}

/** Whether a run has come to its end, though nobody may have been told: both hold the same, and nothing waits in the source. */
async function isMoved(from: Store, to: Store): Promise<boolean> {
  if ((await to.sites.list()).length === 0 || !(await isRetired(from))) return false
  return (await firstDifference(from, to, () => undefined, { signIn: cancelled })) === undefined
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
    await copyEvents(from, to, { siteId: site.id, name: site.name }, say)
    say(`copied ${site.name} (${site.id})`)
  }
  await copyEvents(from, to, { siteId: undefined, name: 'the server' }, say)
}

/** They have no ids of their own that could be looked up: what is there is the beginning of what the target keeps of them. */
async function copyEvents(from: Store, to: Store, { siteId, name }: { siteId: string | undefined; name: string }, say: (line: string) => void): Promise<void> {
  const most = mostEventsOf(to)
  const left = await olderThan(from, siteId, most)
  if (left > 0) say(`${name}: the oldest ${left} events of the audit log are left behind, because the target keeps ${most} of a log`)
  const there = await countEvents(to, siteId)
  for await (const events of eventsOf(from, siteId, left + there)) {
    for (const { id: _id, ...event } of events) to.events.append(siteId, event)
    await to.events.flush()
  }
}

const mostEventsOf = ({ events }: Store): number => events.mostKept ?? Infinity

async function compare(from: Store, to: Store, say: (line: string) => void): Promise<void> {
  const { kind, sent } = (await firstDifference(from, to, say)) ?? {}
  if (kind) throw new Error(`${kind} did not arrive as they were sent (${sent?.count}, digest ${sent?.digest}): nothing was changed in the source. Empty the target and begin anew`)
}

/** Somebody may have used the source since it was compared and the move was cut off. Of its sign-ins some are cancelled by then. */
async function compareAgain(from: Store, to: Store, say: (line: string) => void): Promise<void> {
  const { kind } = (await firstDifference(from, to, say, { signIn: cancelled })) ?? {}
  if (kind) throw new Error(`${kind} of the source are others than when they were copied: it was used after the move was cut off. Empty the target and begin anew`)
}

type Difference = { kind: Kind; sent: Tally[Kind] }

async function firstDifference(from: Store, to: Store, say: (line: string) => void, view: View = {}): Promise<Difference | undefined> {
  const seen = { ...view, mostEvents: mostEventsOf(to) }
  const [sent, arrived] = [await tally(from, seen), await tally(to, seen)]
  for (const kind of Object.keys(sent) as Kind[]) {
    say(`${kind}: ${sent[kind].count} sent, ${arrived[kind].count} arrived, digest ${arrived[kind].digest}`)
    if (sent[kind].digest !== arrived[kind].digest) return { kind, sent: sent[kind] }
  }
  return undefined
}

/** What still waits there would work a second time. */
async function retire(from: Store): Promise<void> {
  for (const site of await from.sites.list())
    for await (const signIns of signInsOf(from, site))
      await Promise.all(signIns.map(({ id }) => from.signIns.change(id, (found) => (found && !isOver(found) ? { next: cancelled(found), result: undefined } : { result: undefined }))))
}

async function isRetired(from: Store): Promise<boolean> {
  for (const site of await from.sites.list())
    for await (const signIns of signInsOf(from, site)) if (!signIns.every(isOver)) return false
  return true
}

const isOver = ({ state, handoff }: SignIn): boolean => isFinal(state) && handoff === undefined
function cancelled({ handoff: _handoff, ...signIn }: SignIn): SignIn {
  return isFinal(signIn.state) ? signIn : { ...signIn, state: 'cancelled' }
}
