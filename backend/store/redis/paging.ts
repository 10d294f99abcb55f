/** Pages through a sorted set of ids by creation; ids of the same moment are in the order of their letters. */
import type { Place } from '../store.ts'
import { texts } from './client.ts'
import type { Core } from './core.ts'

export type Pages<Kept extends Place> = {
  index: string
  order: 'oldest-first' | 'newest-first'
  /** The records of these ids that are there, in that order. */
  load: (ids: string[]) => Promise<Kept[]>
  accepts: (record: Kept) => boolean
  after: Place | undefined
  limit: number
}

const fewestAtOnce = 100

export async function pages<Kept extends Place>({ client }: Core, { index, order, load, accepts, after, limit }: Pages<Kept>): Promise<Kept[]> {
  const reversed = order === 'newest-first'
  const isBehind = (record: Kept) => after === undefined || (reversed ? isLater(after, record) : isLater(record, after))
  const before = after === undefined ? 0 : await client.run('ZCOUNT', index, ...(reversed ? [`(${after.createdAt}`, '+inf'] : ['-inf', `(${after.createdAt}`]))
  const found: Kept[] = []
  const atOnce = Math.max(limit, fewestAtOnce)
  for (let from = Number(before); found.length < limit; from += atOnce) {
    const ids = texts(await client.run('ZRANGE', index, from, from + atOnce - 1, ...(reversed ? ['REV'] : [])))
    if (ids.length === 0) break
    found.push(...(await load(ids)).filter((record) => isBehind(record) && accepts(record)))
  }
  return found.slice(0, limit)
}

function isLater(a: Place, b: Place): boolean {
  return a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt
}
