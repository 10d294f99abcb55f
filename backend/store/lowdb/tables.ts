/** The six tables, and nothing that is derived from them. */
import type { Session } from '../../sessions/session.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { Site } from '../../sites/site.ts'
import type { User } from '../../users/user.ts'
import { isCounter, isRemoval, isSession, isSignIn, isSite, isUser, pairKey } from './records.ts'
import type { Counter, Removal } from './records.ts'
import { Table } from './table.ts'

export type Tables = {
  sites: Table<Site>
  users: Table<User>
  sessions: Table<Session>
  signIns: Table<SignIn>
  counters: Table<Counter>
  removals: Table<Removal>
}

export function newTables(): Tables {
  return {
    sites: new Table({ name: 'sites', keyOf: (site) => site.id, is: isSite, keepsParsed: true }),
    users: new Table({ name: 'users', keyOf: (user) => pairKey(user.siteId, user.id), is: isUser }),
    sessions: new Table({ name: 'sessions', keyOf: (session) => pairKey(session.siteId, session.id), is: isSession }),
    signIns: new Table({ name: 'signIns', keyOf: (signIn) => signIn.id, is: isSignIn }),
    counters: new Table({ name: 'counters', keyOf: (counter) => counter.key, is: isCounter }),
    removals: new Table({ name: 'removals', keyOf: (removal) => removal.id, is: isRemoval }),
  }
}

/** The table of that name, for what comes from files. */
export function tableNamed(tables: Tables, name: string): Tables[keyof Tables] | undefined {
  return Object.values(tables).find((table) => table.name === name)
}
