/** What every port of the store works with. */
import { Problem } from '../../problems.ts'
import type { Clock } from '../../clock.ts'
import { Change } from './change.ts'
import { text, textsOrNothing, type Client } from './client.ts'
import type { Committed, Epoch } from './epoch.ts'
import type { ShardKeys } from './keys.ts'
import { Turns } from './turns.ts'
import type { Watchers } from './watchers.ts'

export type Shard = { number: number; keys: ShardKeys; epoch: Epoch }

export type Core = {
  client: Client
  shards: Shard[]
  shardOfSite(siteId: string): Shard
  watchers: Watchers
  clock: Clock
  /** The database's number, for channels. */
  database: number
  turns: Turns
}

/** How often a step is run again because another process was faster. Each time one of them succeeds, so this many is a storm. */
const mostTries = 40

/**
 * Reads, lets `prepare` run its step on what was read, and makes the change if nothing of it has changed since; else anew.
 * @throws {Problem} `store_unavailable` after too many tries, and when nobody can say whether it was made
 */
export async function change<Result>(core: Core, shard: Shard, turn: string, prepare: (change: Change) => Promise<Result>): Promise<Result> {
  return core.turns.take(turn, async () => {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const change = new Change()
      const result = await prepare(change)
      if (change.isEmpty || (await commit(shard, change)) === 'done') return result
      await pause(tries)
    }
    throw new Problem('store_unavailable', { cause: new Error('too many changes at once') })
  })
}

/** A change whose step needs nothing read. `full`: a budget of it has none left. @throws {Problem} `conflict` where something is not as expected */
export async function changeBlindly(shard: Shard, prepare: (change: Change) => void): Promise<'done' | 'full'> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const change = new Change()
    prepare(change)
    const outcome = await commit(shard, change)
    if (outcome === 'conflict') throw new Problem('conflict')
    if (outcome !== 'epoch') return outcome
  }
  throw new Problem('store_unavailable')
}

async function commit(shard: Shard, change: Change): Promise<Committed> {
  const outcome = await shard.epoch.commit(change.onlyRemoves ? 'removing' : 'all', change.keys, change.args)
  if (outcome === 'done') change.settle()
  return outcome
}

/** Longer each time, and never the same for two processes. */
function pause(tries: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 * tries, 50)))
}

export async function getText(core: Core, key: string): Promise<string | undefined> {
  return text(await core.client.run('GET', key))
}

export async function getTexts(core: Core, keys: string[]): Promise<(string | undefined)[]> {
  return keys.length === 0 ? [] : textsOrNothing(await core.client.run('MGET', ...keys))
}

/** Longer than any clock is off: a key may outlive its record's end, never the other way round. */
const spareMs = 3_600_000

/** For how long Redis keeps what ends at `endAt` (epoch seconds), if nobody sweeps it before. */
export function lifeMs(core: Core, endAt: number): number {
  return Math.max(0, Math.ceil((endAt - core.clock.now()) * 1000)) + spareMs
}
