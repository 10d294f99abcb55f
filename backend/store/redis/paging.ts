/** Pages through a sorted set of ids by creation; ids of the same moment are in the order of their letters. */
import { texts } from './client.ts'
import type { Core } from './core.ts'

export type Pages<Kept> = {
  index: string
  order: 'oldest-first' | 'newest-first'
  /** The records of these ids that are there, in that order. */
  load: (ids: string[]) => Promise<Kept[]>
  accepts: (record: Kept) => boolean
  /** The id where the last page ended. */
  after: string | undefined
  limit: number
}

const fewestAtOnce = 100

export async function pages<Kept>({ client }: Core, { index, order, load, accepts, after, limit }: Pages<Kept>): Promise<Kept[]> {
  const [rank, reversed] = order === 'oldest-first' ? ['ZRANK', []] as const : ['ZREVRANK', ['REV']] as const
  const last = after === undefined ? -1 : await client.run(rank, index, after)
  if (typeof last !== 'number') return []
  const found: Kept[] = []
  const atOnce = Math.max(limit, fewestAtOnce)
  for (let from = last + 1; found.length < limit; from += atOnce) {
    const ids = texts(await client.run('ZRANGE', index, from, from + atOnce - 1, ...reversed))
    if (ids.length === 0) break
    found.push(...(await load(ids)).filter(accepts))
  }
  return found.slice(0, limit)
}
