/** The audit log over Redis: a stream for each site and one of the server's own, bounded in length. Written in batches, beside what matters. */
import * as v from 'valibot'
import { Problem } from '../../problems.ts'
import { systemRandom } from '../../random.ts'
import type { StoreLog } from '../lowdb/log.ts'
import { eventsKeptSeconds, type EventQuery, type EventStore, type KeptEvent, type ListedEvent } from '../store.ts'
import type { Client } from './client.ts'
import { EventBuffer, type Batch } from './event-buffer.ts'
import { eventsKey, writtenKey } from './keys.ts'
import { runScript } from './run-script.ts'
import { appendEventsScript } from './scripts.ts'

const mostEvents = 10_000
const pageSize = 500

export type RedisEvents = EventStore & {
  /** Forgets a site's. */
  remove(siteId: string): Promise<void>
  /** Lets go of what is older than `eventsKeptSeconds`. */
  trim(siteIds: readonly string[], now: number): Promise<void>
  close(): Promise<void>
}

export function redisEvents(client: Client, log: StoreLog): RedisEvents {
  const buffer = new EventBuffer(writer(client), log)
  return {
    mostKept: mostEvents,
    append: (siteId, event) => buffer.add(eventsKey(siteId), event),
    flush: () => buffer.flush(),
    async list(siteId, query) {
      await buffer.flush(eventsKey(siteId))
      return list(client, eventsKey(siteId), query)
    },
    async remove(siteId) {
      await buffer.forget(eventsKey(siteId))
      await client.run('DEL', eventsKey(siteId))
    },
    async trim(siteIds, now) {
      const oldest = Math.max(0, Math.floor((now - eventsKeptSeconds) * 1000))
      for (const siteId of [undefined, ...siteIds]) await client.run('XTRIM', eventsKey(siteId), 'MINID', oldest)
    },
    close: () => buffer.close(),
  }
}

function writer(client: Client): (key: string, batch: Batch) => Promise<unknown> {
  const name = systemRandom.id(6)
  return (key, { number, events }) => {
    const args = events.flatMap((event) => [Math.floor(event.at * 1000), JSON.stringify(event)])
    return runScript(client, appendEventsScript, [key, writtenKey(key, name)], [mostEvents, eventsKeptSeconds * 1000 + 86_400_000, number, ...args])
  }
}

async function list(client: Client, key: string, { order = 'oldest', after, about, limit }: EventQuery): Promise<ListedEvent[]> {
  const [command, first, end] = order === 'oldest' ? (['XRANGE', '-', '+'] as const) : (['XREVRANGE', '+', '-'] as const)
  const seen = after === undefined ? undefined : streamId(after)
  // Redis refuses a range that ends before the first id that there can be.
  if (seen === '0-0' && order === 'newest') return []
  const found: ListedEvent[] = []
  for (let from: string = seen === undefined ? first : `(${seen}`; found.length < limit; ) {
    const entries = entriesOf(await client.run(command, key, from, end, 'COUNT', pageSize))
    const last = entries.at(-1)
    if (!last) break
    found.push(...entries.map(({ id, event }) => ({ id: textId(id), ...event })).filter((event) => isAbout(event, about)))
    from = `(${last.id}`
  }
  return found.slice(0, limit)
}

const keptEvent = v.custom<KeptEvent>((value) => typeof value === 'object' && value !== null && 'event' in value && 'at' in value)
const streamEntry = v.tuple([v.string(), v.tuple([v.string(), v.pipe(v.string(), v.parseJson(), keptEvent)])])

function entriesOf(reply: unknown): { id: string; event: KeptEvent }[] {
  return v.parse(v.array(streamEntry), reply).map(([id, [, event]]) => ({ id, event }))
}

function isAbout({ signInId, userId, sessionId }: KeptEvent, about: readonly string[] | undefined): boolean {
  return about === undefined || [signInId, userId, sessionId].some((id) => id !== undefined && about.includes(id))
}

/** Redis' ids are two numbers of any length: padded, the later one is the greater text. */
const textId = (id: string): string => id.split('-').map((part) => part.padStart(15, '0')).join('-')

function streamId(text: string): string {
  const [, milliseconds, sequence] = /^(\d{15})-(\d{15})$/.exec(text) ?? []
  if (milliseconds === undefined || sequence === undefined) throw new Problem('invalid_request', { errors: [{ field: 'after', code: 'not_an_id' }] })
  return `${Number(milliseconds)}-${Number(sequence)}`
}
