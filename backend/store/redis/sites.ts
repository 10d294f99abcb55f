/** The sites' port over Redis. */
import { keyOfPattern, keysOfOrigin, siteListsOrigin } from '../../sites/origins.ts'
import type { Site } from '../../sites/site.ts'
import type { SiteStore, Step } from '../store.ts'
import type { Change } from './change.ts'
import { texts } from './client.ts'
import { change, changeBlindly, getText, getTexts, type Core, type Shard } from './core.ts'
import type { RedisEvents } from './events.ts'
import { kinds, nextVersion, read, readSignIn, write, type Kept } from './record.ts'
import { runScript } from './run-script.ts'
import { listingScript } from './scripts.ts'
import { keptSession, removeSession } from './sessions.ts'
import { removeSignIn } from './sign-ins.ts'
import { removeUser } from './users.ts'

export function siteStore(core: Core, events: Pick<RedisEvents, 'remove'>): SiteStore {
  return {
    insert: async (site) => void (await changeBlindly(core.shardOfSite(site.id), (change) => putSite(core.shardOfSite(site.id), change, undefined, site))),
    get: async (id) => (await keptSite(core, core.shardOfSite(id), id))?.record,
    change<Result>(id: string, step: (site: Site | undefined) => Step<Site, Result>) {
      const shard = core.shardOfSite(id)
      return change(core, shard, `site ${id}`, async (change) => {
        const kept = await keptSite(core, shard, id)
        const { next, result } = step(kept?.record)
        if (next && next.id !== id) throw new TypeError('a step may not change the id of its site')
        if (next === null && kept) {
          removeSite(shard, change, kept)
          change.remove('SREM', shard.keys.sites, id)
        }
        else if (next) putSite(shard, change, kept, next)
        return result
      })
    },
    list: async () => (await Promise.all(core.shards.map(async (shard) => sitesOf(core, await siteIdsOf(core, shard), shard)))).flat().sort(byAge),
    listing: async (origin) => (await Promise.all(core.shards.map((shard) => sitesListing(core, shard, origin)))).flat().sort(byAge),
    async remove(id, gone = () => undefined) {
      const shard = core.shardOfSite(id)
      const found = await removeItself(core, shard, id)
      if (found === 'site') gone()
      if (found) await removeRest(core, shard, events, id)
      return found !== undefined
    },
  }
}

async function keptSite(core: Core, shard: Shard, id: string): Promise<Kept<Site> | undefined> {
  const found = await getText(core, shard.keys.site(id))
  return found === undefined ? undefined : read(found, kinds.isSite)
}

/** Ids of all sites of a shard. */
export const siteIdsOf = async ({ client }: Core, { keys }: Shard): Promise<string[]> => texts(await client.run('SMEMBERS', keys.sites))

async function sitesListing(core: Core, shard: Shard, origin: string): Promise<Site[]> {
  const { sitesOfOrigin, site: siteKey } = shard.keys
  const found = texts(await runScript(core.client, listingScript, keysOfOrigin(origin).map(sitesOfOrigin), [siteKey('')]))
  return found.map((each) => read(each, kinds.isSite).record).filter((site) => siteListsOrigin(site, origin))
}

async function sitesOf(core: Core, ids: string[], shard: Shard): Promise<Site[]> {
  const kept = await getTexts(core, ids.map((id) => shard.keys.site(id)))
  return kept.flatMap((each) => (each === undefined ? [] : read(each, kinds.isSite).record))
}

function putSite({ keys }: Shard, change: Change, before: Kept<Site> | undefined, site: Site): void {
  change.expect(keys.site(site.id), before?.version)
  change.write('SET', keys.site(site.id), write(nextVersion(before?.version), site))
  if (!before) change.write('SADD', keys.sites, site.id)
  const now = patternsOf(site)
  for (const pattern of patternsOf(before?.record)) if (!now.has(pattern)) change.remove('SREM', keys.sitesOfOrigin(pattern), site.id)
  for (const pattern of now) change.write('SADD', keys.sitesOfOrigin(pattern), site.id)
}

const patternsOf = (site: Site | undefined): Set<string> => new Set(site?.origins.map(keyOfPattern))

function removeSite({ keys }: Shard, change: Change, { record, version }: Kept<Site>): void {
  const { id } = record
  change.expect(keys.site(id), version)
  change.remove('DEL', keys.site(id))
  for (const pattern of patternsOf(record)) change.remove('SREM', keys.sitesOfOrigin(pattern), id)
}

/** From then on nothing of it works. Its id stays in the set of sites until nothing of its own is left: no memory is needed where there is none. */
async function removeItself(core: Core, shard: Shard, id: string): Promise<'site' | 'rest' | undefined> {
  const removed = await change(core, shard, `site ${id}`, async (change) => {
    const kept = await keptSite(core, shard, id)
    if (kept) removeSite(shard, change, kept)
    return kept !== undefined
  })
  if (removed) return 'site'
  return (await siteIdsOf(core, shard)).includes(id) ? 'rest' : undefined
}

/** What was its own, in pieces, so that nobody waits long. Sign-ins first: a claim that comes between finds none, and what one of before has made is removed after. */
async function removeRest(core: Core, shard: Shard, events: Pick<RedisEvents, 'remove'>, id: string): Promise<void> {
  const { keys } = shard
  const sessionKey = (name: string) => keys.session(id, name.slice(name.lastIndexOf('/') + 1))
  await removeAll(core, shard, { index: keys.signInsOf(id), keyOf: keys.signIn, remove: (change, kept) => removeSignIn(core, shard, change, readSignIn(kept, shard.epoch.name)) })
  await removeAll(core, shard, { index: keys.sessionsOf(id), keyOf: sessionKey, remove: (change, kept) => removeSession(shard, change, keptSession(kept)) })
  await removeAll(core, shard, { index: keys.usersOf(id), keyOf: (user) => keys.user(id, user), remove: (change, kept) => removeUser(shard, change, read(kept, kinds.isUser)) })
  await events.remove(id)
  await core.client.run('SREM', keys.sites, id)
}

/** What removals of before have left. */
export async function goOnRemoving(core: Core, shard: Shard, events: Pick<RedisEvents, 'remove'>): Promise<void> {
  const ids = await siteIdsOf(core, shard)
  const kept = await getTexts(core, ids.map((id) => shard.keys.site(id)))
  for (const id of ids.filter((_, index) => kept[index] === undefined)) await removeRest(core, shard, events, id)
}

type Removing = { index: string; keyOf: (member: string) => string; remove: (change: Change, kept: string) => void }

async function removeAll(core: Core, shard: Shard, { index, keyOf, remove }: Removing): Promise<void> {
  for (;;) {
    const members = texts(await core.client.run('ZRANGE', index, 0, 199))
    if (members.length === 0) return
    await Promise.all(members.map((member) => change(core, shard, `removing ${keyOf(member)}`, async (change) => {
      const kept = await getText(core, keyOf(member))
      if (kept === undefined) change.expect(keyOf(member), undefined)
      else remove(change, kept)
      change.remove('ZREM', index, member)
    })))
  }
}

function byAge(a: Site, b: Site): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  return a.id < b.id ? -1 : 1
}
