/** Removes what is over. One process does it at a time; where all are gone, Redis' own expiry removes the records an hour later. */
import { randomUUID } from 'node:crypto'
import { endsAt } from '../../sessions/session.ts'
import { isFinal } from '../../sign-in/sign-in.ts'
import { texts } from './client.ts'
import { change, getText, type Core, type Shard } from './core.ts'
import { readSignIn } from './record.ts'
import type { RedisEvents } from './events.ts'
import { keptSession, removeSession } from './sessions.ts'
import { goOnRemoving, siteIdsOf } from './sites.ts'
import { dueAt, putSignIn, removeSignIn } from './sign-ins.ts'

const atOnce = 200
/** When another process takes over from one that died. */
const leaseMs = 5000
const trimEverySeconds = 3600

export type Sweeper = { sweep(now: number): Promise<void>; handOver(): Promise<void> }

export function createSweeper(core: Core, events: Pick<RedisEvents, 'trim' | 'remove'>): Sweeper {
  const me = randomUUID()
  let trimmedAt = -Infinity
  return {
    async sweep(now) {
      for (const shard of core.shards) {
        if (!(await isMyTurn(core, shard, me))) continue
        await sweepAll(core, now, shard.keys.signInEnds, (member) => sweepSignIn(core, shard, member, now))
        await sweepAll(core, now, shard.keys.sessionEnds, (member) => sweepSession(core, shard, member, now))
        if (now < trimmedAt + trimEverySeconds) continue
        await goOnRemoving(core, shard, events)
        await events.trim(await siteIdsOf(core, shard), now)
      }
      if (now >= trimmedAt + trimEverySeconds) trimmedAt = now
    },
    async handOver() {
      for (const { keys } of core.shards) if ((await getText(core, keys.sweeper)) === me) await core.client.run('DEL', keys.sweeper)
    },
  }
}

async function isMyTurn(core: Core, { keys }: Shard, me: string): Promise<boolean> {
  const holder = await core.client.run('SET', keys.sweeper, me, 'NX', 'GET', 'PX', leaseMs)
  if (holder !== null && holder !== me) return false
  if (holder === me) await core.client.run('PEXPIRE', keys.sweeper, leaseMs)
  return true
}

async function sweepAll(core: Core, now: number, index: string, sweepOne: (member: string) => Promise<void>): Promise<void> {
  for (;;) {
    const members = texts(await core.client.run('ZRANGE', index, '-inf', now, 'BYSCORE', 'LIMIT', 0, atOnce))
    if (members.length === 0) return
    await Promise.all(members.map(sweepOne))
  }
}

/** First it is expired, and is kept for a while to say so; then it goes. */
function sweepSignIn(core: Core, shard: Shard, member: string, now: number): Promise<void> {
  const id = member.slice(member.indexOf('/') + 1)
  const { keys } = shard
  return change(core, shard, `signIn ${id}`, async (change) => {
    const found = await getText(core, keys.signIn(id))
    if (found === undefined) {
      change.expect(keys.signIn(id), undefined)
      change.remove('ZREM', keys.signInEnds, member)
      change.remove('ZREM', keys.signInsOf(member.slice(0, member.indexOf('/'))), id)
      return change.remove('ZREM', keys.mail, id)
    }
    const kept = readSignIn(found, shard.epoch.name)
    const over = isFinal(kept.record.state)
    if (over && dueAt(kept.record) <= now) removeSignIn(core, shard, change, kept)
    else putSignIn(core, shard, change, kept, over ? kept.record : { ...kept.record, state: 'expired' })
  })
}

function sweepSession(core: Core, shard: Shard, member: string, now: number): Promise<void> {
  const [siteId = '', userId = '', id = ''] = member.split('/')
  const { keys } = shard
  return change(core, shard, `session ${siteId} ${id}`, async (change) => {
    const found = await getText(core, keys.session(siteId, id))
    const kept = found === undefined ? undefined : keptSession(found)
    if (kept && endsAt(kept.record) > now) return change.write('ZADD', keys.sessionEnds, endsAt(kept.record), member)
    if (kept) return removeSession(shard, change, kept)
    change.expect(keys.session(siteId, id), undefined)
    change.remove('ZREM', keys.sessionEnds, member)
    change.remove('ZREM', keys.sessionsOf(siteId), `${userId}/${id}`)
  })
}
