/** The users' port over Redis. */
import type { User } from '../../users/user.ts'
import type { Step, UserStore } from '../store.ts'
import { Problem } from '../../problems.ts'
import type { Change } from './change.ts'
import { text } from './client.ts'
import { change, changeBlindly, getText, getTexts, type Core, type Shard } from './core.ts'
import { pages } from './paging.ts'
import { kinds, nextVersion, read, write, type Kept } from './record.ts'
import { runScript } from './run-script.ts'
import { findUserScript } from './scripts.ts'

export function userStore(core: Core): UserStore {
  return {
    get: async (siteId, id) => (await keptUser(core, core.shardOfSite(siteId), siteId, id))?.record,
    async findByAddress(siteId, address) {
      const { keys } = core.shardOfSite(siteId)
      const found = text(await runScript(core.client, findUserScript, [keys.addresses(siteId)], [address, keys.user(siteId, '')]))
      return found === undefined ? undefined : read(found, kinds.isUser).record
    },
    insert: async (user) => void (await changeBlindly(core.shardOfSite(user.siteId), (change) => putUser(core.shardOfSite(user.siteId), change, undefined, user))),
    change<Result>(siteId: string, id: string, step: (user: User | undefined) => Step<User, Result>) {
      const shard = core.shardOfSite(siteId)
      return change(core, shard, `user ${siteId} ${id}`, async (change) => {
        const kept = await keptUser(core, shard, siteId, id)
        const { next, result } = step(kept?.record)
        if (next && (next.id !== id || next.siteId !== siteId)) throw new TypeError('a step may not change the id of its user')
        if (next) await refuseTaken(core, shard, next, kept)
        if (next === null && kept) removeUser(shard, change, kept)
        else if (next) putUser(shard, change, kept, next)
        return result
      })
    },
    list: (siteId, query) => list(core, siteId, query),
  }
}

async function keptUser(core: Core, shard: Shard, siteId: string, id: string): Promise<Kept<User> | undefined> {
  const found = await getText(core, shard.keys.user(siteId, id))
  return found === undefined ? undefined : read(found, kinds.isUser)
}

/** The change would only find out that it cannot be made, and not why. */
export async function refuseTaken(core: Core, shard: Shard, user: User, before: Kept<User> | undefined): Promise<void> {
  if (before?.record.address === user.address) return
  const holder = text(await core.client.run('HGET', shard.keys.addresses(user.siteId), user.address))
  if (holder !== undefined && holder !== user.id) throw new Problem('conflict')
}

export function putUser({ keys }: Shard, change: Change, before: Kept<User> | undefined, user: User): void {
  const { siteId, id, address } = user
  const version = nextVersion(before?.version)
  change.expect(keys.user(siteId, id), before?.version)
  change.write('SET', keys.user(siteId, id), write(version, user))
  if (before?.record.address !== address) {
    change.expectField(keys.addresses(siteId), address, undefined)
    if (before) change.remove('HDEL', keys.addresses(siteId), before.record.address)
    change.write('HSET', keys.addresses(siteId), address, id)
  }
  if (before?.record.createdAt !== user.createdAt) change.write('ZADD', keys.usersOf(siteId), user.createdAt, id)
}

export function removeUser({ keys }: Shard, change: Change, { record: { siteId, id, address }, version }: Kept<User>): void {
  change.expect(keys.user(siteId, id), version)
  change.remove('DEL', keys.user(siteId, id))
  change.remove('HDEL', keys.addresses(siteId), address)
  change.remove('ZREM', keys.usersOf(siteId), id)
}

async function list(core: Core, siteId: string, { q, after, limit }: Parameters<UserStore['list']>[1]): Promise<User[]> {
  const { keys } = core.shardOfSite(siteId)
  const load = async (ids: string[]) => (await getTexts(core, ids.map((id) => keys.user(siteId, id)))).flatMap((kept) => (kept === undefined ? [] : read(kept, kinds.isUser).record))
  return pages(core, { index: keys.usersOf(siteId), order: 'oldest-first', load, accepts: ({ address }) => q === undefined || address.includes(q), after, limit })
}
