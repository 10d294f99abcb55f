/** The sessions' port over Redis. */
import { endsAt, type Session } from '../../sessions/session.ts'
import type { FoundSession, SessionStore, Step } from '../store.ts'
import type { Change } from './change.ts'
import { texts, textsOrNothing } from './client.ts'
import { change, getText, getTexts, lifeMs, type Core, type Shard } from './core.ts'
import { kinds, nextVersion, read, readIfAny, write, type Kept } from './record.ts'
import { runScript } from './run-script.ts'
import { findSessionScript } from './scripts.ts'

export function sessionStore(core: Core): SessionStore {
  return {
    find: (siteId, id) => find(core, siteId, id),
    change: (siteId, id, step) => changeSession(core, core.shardOfSite(siteId), siteId, id, step),
    ofUser: async (siteId, userId) => (await ofUser(core, siteId, userId)).map(({ record }) => record),
    async removeOfUser(siteId, userId) {
      const shard = core.shardOfSite(siteId)
      const found = await ofUser(core, siteId, userId)
      const removed = await Promise.all(found.map(({ record: { id } }) => changeSession(core, shard, siteId, id, (session) => ({ ...(session && { next: null }), result: session !== undefined }))))
      return removed.filter(Boolean).length
    },
  }
}

export const keptSession = (kept: string): Kept<Session> => read(kept, kinds.isSession)

async function find(core: Core, siteId: string, id: string): Promise<FoundSession> {
  const { keys } = core.shardOfSite(siteId)
  const [site, session, user] = textsOrNothing(await runScript(core.client, findSessionScript, [keys.site(siteId), keys.session(siteId, id)], [keys.user(siteId, '')]))
  return { site: readIfAny(site, kinds.isSite)?.record, session: readIfAny(session, kinds.isSession)?.record, user: readIfAny(user, kinds.isUser)?.record }
}

async function readSession(core: Core, shard: Shard, siteId: string, id: string): Promise<Kept<Session> | undefined> {
  const found = await getText(core, shard.keys.session(siteId, id))
  return found === undefined ? undefined : keptSession(found)
}

export function changeSession<Result>(core: Core, shard: Shard, siteId: string, id: string, step: (session: Session | undefined) => Step<Session, Result>): Promise<Result> {
  return change(core, shard, `session ${siteId} ${id}`, async (change) => {
    const kept = await readSession(core, shard, siteId, id)
    const { next, result } = step(kept?.record)
    if (next && (next.id !== id || next.siteId !== siteId)) throw new TypeError('a step may not change the id of its session')
    if (next === null && kept) removeSession(shard, change, kept)
    else if (next) putSession(core, shard, change, kept, next)
    return result
  })
}

const nameOf = ({ userId, id }: Session): string => `${userId}/${id}`

export function putSession(core: Core, { keys }: Shard, change: Change, before: Kept<Session> | undefined, session: Session): void {
  const key = keys.session(session.siteId, session.id)
  change.expect(key, before?.version)
  change.write('SET', key, write(nextVersion(before?.version), session), 'PX', lifeMs(core, endsAt(session)))
  change.write('ZADD', keys.sessionEnds, endsAt(session), `${session.siteId}/${nameOf(session)}`)
  if (before?.record.userId === session.userId) return
  if (before) removeNames({ keys }, change, before.record)
  change.write('ZADD', keys.sessionsOf(session.siteId), 0, nameOf(session))
}

export function removeSession(shard: Pick<Shard, 'keys'>, change: Change, { record, version }: Kept<Session>): void {
  const key = shard.keys.session(record.siteId, record.id)
  change.expect(key, version)
  change.remove('DEL', key)
  removeNames(shard, change, record)
}

function removeNames({ keys }: Pick<Shard, 'keys'>, change: Change, session: Session): void {
  change.remove('ZREM', keys.sessionsOf(session.siteId), nameOf(session))
  change.remove('ZREM', keys.sessionEnds, `${session.siteId}/${nameOf(session)}`)
}

async function ofUser(core: Core, siteId: string, userId: string): Promise<Kept<Session>[]> {
  const { keys } = core.shardOfSite(siteId)
  // '0' comes right after '/'.
  const names = texts(await core.client.run('ZRANGE', keys.sessionsOf(siteId), `[${userId}/`, `(${userId}0`, 'BYLEX'))
  const kept = await getTexts(core, names.map((name) => keys.session(siteId, name.slice(userId.length + 1))))
  return kept.flatMap((each) => (each === undefined ? [] : keptSession(each)))
}
