/** Pages through an index. */
import type { Ordered } from './ordered.ts'

export type Page<Kept> = {
  keys: Ordered
  order: 'oldest-first' | 'newest-first'
  get: (key: string) => Kept | undefined
  accepts: (record: Kept) => boolean
  /** Where the last page ended. */
  after: { by: number; key: string } | undefined
  limit: number
}

export function page<Kept>({ keys, order, get, accepts, after, limit }: Page<Kept>): Kept[] {
  const found: Kept[] = []
  if (limit < 1) return found
  for (const key of order === 'oldest-first' ? keys.ascending(after) : keys.descending(after)) {
    const record = get(key)
    if (record === undefined || !accepts(record)) continue
    found.push(record)
    if (found.length >= limit) break
  }
  return found
}
