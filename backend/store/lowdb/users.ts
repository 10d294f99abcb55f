/** The users' port over the tables. */
import { Problem } from '../../problems.ts'
import type { User } from '../../users/user.ts'
import type { Step, UserStore } from '../store.ts'
import type { Change } from './change.ts'
import type { Core } from './core.ts'
import { page } from './paging.ts'
import { pairKey } from './records.ts'

export function userStore(core: Core): UserStore {
  const { ledger, tables } = core
  return {
    get: (siteId, id) => ledger.read(tables.users, () => tables.users.get(pairKey(siteId, id))),
    findByAddress: (siteId, address) => ledger.read(tables.users, () => userOfAddress(core, siteId, address)),
    insert: (user) =>
      ledger.change((change) => {
        if (tables.users.has(tables.users.keyOf(user))) throw new Problem('conflict')
        putUser(core, change, user)
      }),
    change: <Result>(siteId: string, id: string, step: (user: User | undefined) => Step<User, Result>) =>
      ledger.change((change) => {
        const key = pairKey(siteId, id)
        const { next, result } = step(tables.users.get(key))
        if (next && tables.users.keyOf(next) !== key) throw new TypeError('a step may not change the id of its user')
        if (next === null) change.remove(tables.users, key)
        else if (next) putUser(core, change, next)
        return result
      }),
    list: (siteId, query) => ledger.read(tables.users, () => list(core, siteId, query)),
  }
}

export const userOfAddress = ({ indexes }: Core, siteId: string, address: string): User | undefined => indexes.usersOfAddress.of(siteId, address)[0]

/** @throws Problem conflict where another user of the site has the address */
export function putUser(core: Core, change: Change, user: User): void {
  const holder = userOfAddress(core, user.siteId, user.address)
  if (holder && holder.id !== user.id) throw new Problem('conflict')
  change.put(core.tables.users, user)
}

function list({ tables, indexes }: Core, siteId: string, { q, after, limit }: Parameters<UserStore['list']>[1]): User[] {
  return page({
    places: indexes.usersOfSite.of(siteId),
    order: 'oldest-first',
    // An address is kept as it is written: what the text does not mention, it has not.
    get: (place) => (q === undefined || tables.users.mentions(place, q) ? tables.users.at(place) : undefined),
    keyOf: ({ id }) => id,
    accepts: (user) => q === undefined || user.address.includes(q),
    after: after && { by: after.createdAt, key: after.id },
    limit,
  })
}
