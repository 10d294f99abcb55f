/** The sessions' port over the tables. */
import type { Session } from '../../sessions/session.ts'
import type { SessionStore, Step } from '../store.ts'
import type { Core } from './core.ts'
import { pairKey } from './records.ts'

export function sessionStore({ ledger, tables, indexes }: Core): SessionStore {
  return {
    find: (siteId, id) =>
      ledger.readAcross([tables.sites, tables.users, tables.sessions], () => {
        const session = tables.sessions.get(pairKey(siteId, id))
        return { site: tables.sites.get(siteId), session, user: session && tables.users.get(pairKey(siteId, session.userId)) }
      }),
    change: <Result>(siteId: string, id: string, step: (session: Session | undefined) => Step<Session, Result>) =>
      ledger.change((change) => {
        const key = pairKey(siteId, id)
        const { next, result } = step(tables.sessions.get(key))
        if (next && tables.sessions.keyOf(next) !== key) throw new TypeError('a step may not change the id of its session')
        if (next === null) change.remove(tables.sessions, key)
        else if (next) change.put(tables.sessions, next)
        return result
      }),
    ofUser: (siteId, userId) =>
      ledger.read(tables.sessions, () => indexes.sessionsOfUser.of(siteId, userId)),
    removeOfUser: (siteId, userId) =>
      ledger.change((change) => {
        const ended = indexes.sessionsOfUser.of(siteId, userId)
        for (const session of ended) change.remove(tables.sessions, tables.sessions.keyOf(session))
        return ended.length
      }),
  }
}
