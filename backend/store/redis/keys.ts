/**
 * Where everything is. A site lives wholly in one shard, and every key of a shard has the same hash tag, so that any step of a sign-in, with
 * its user and session and all their indexes, is one script on one node of a cluster. Outside a cluster there is one shard.
 */
import { createHash } from 'node:crypto'

/** Spread over the nodes of a cluster; one big site stays on one of them. Never changed: it decides where records are. */
export const clusterShards = 64

export type ShardKeys = ReturnType<typeof shardKeys>

export function shardKeys(number: number) {
  const tag = `{linklatch${number}}`
  return {
    /** What all of its keys begin with. */
    prefix: `${tag}:`,
    /** Which life of the server this is, see `epoch.ts`. */
    epoch: `${tag}:epoch`,
    /** The newest time that was ever read here. */
    clock: `${tag}:clock`,
    /** Who sweeps. */
    sweeper: `${tag}:sweeper`,
    /** What a move to here has come to, and which keys this was used with. */
    migration: `${tag}:migration`,
    knownKeys: `${tag}:knownKeys`,
    /** Set of the ids of sites. */
    sites: `${tag}:sites`,
    /** Sign-ins that owe a mail, by when its next attempt is due. */
    mail: `${tag}:mail`,
    /** `site/id` of sign-ins, by when a sweep has something to do with them. */
    signInEnds: `${tag}:signInEnds`,
    /** `site/user/id` of sessions, by their ends. */
    sessionEnds: `${tag}:sessionEnds`,
    /** Set of the ids of sites that list a pattern found under this. */
    sitesOfOrigin: (pattern: string) => `${tag}:o:${pattern}`,
    site: (id: string) => `${tag}:site:${id}`,
    signIn: (id: string) => `${tag}:i:${id}`,
    /** Ids by creation. */
    signInsOf: (siteId: string) => `${tag}:signIns:${siteId}`,
    usersOf: (siteId: string) => `${tag}:users:${siteId}`,
    /** Set of ids. */
    signInsOfAddress: (siteId: string, address: string) => `${tag}:a:${siteId}:${address}`,
    session: (siteId: string, id: string) => `${tag}:s:${siteId}:${id}`,
    /** `user/id`, all with the score 0, so that those of one user are a range. */
    sessionsOf: (siteId: string) => `${tag}:sessions:${siteId}`,
    user: (siteId: string, id: string) => `${tag}:u:${siteId}:${id}`,
    completingBudget: (key: string) => `${tag}:c:${key}`,
    /** Hash from address to id. */
    addresses: (siteId: string) => `${tag}:addresses:${siteId}`,
  }
}

/** In a cluster: which shard a sign-in is in. */
export const locatorKey = (id: string): string => `linklatch:at:${tagged(id)}`
export const counterKey = (key: string): string => `linklatch:c:${tagged(key)}`
/** The audit log of a site, or the server's own. */
export const eventsKey = (siteId: string | undefined): string => `linklatch:e:${tagged(siteId ?? '')}`
/** The number of the last batch of events that one process wrote to that log. In a cluster beside it: its hash tag is the log's whole key. */
export const writtenKey = (eventsKey: string, writer: string): string => `linklatch:w:{${eventsKey}}:${writer}`
/** Changes of one sign-in are told here. Channels know no database numbers, so the number is in the name. */
export const channelOf = (database: number, id: string): string => `linklatch:${database}:${id}`

/** Braces in a foreign text would choose its slot. */
const tagged = (key: string): string => (/[{}]/.test(key) ? key.replace(/[{}]/g, (brace) => (brace === '{' ? '(' : ')')) + digest(key) : key)
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22)

/** Which shard a site is in. */
export function shardOf(siteId: string, shards: number): number {
  return shards === 1 ? 0 : createHash('sha256').update(siteId).digest().readUInt32BE() % shards
}
