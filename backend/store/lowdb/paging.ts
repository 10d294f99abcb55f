/** Pages through an index. */
import type { Place } from './documents.ts'
import type { Ordered } from './ordered.ts'

export type Page<Kept> = {
  places: Ordered
  order: 'oldest-first' | 'newest-first'
  get: (place: Place) => Kept | undefined
  /** Of two records of one time, the one of the smaller key is the older one. */
  keyOf: (record: Kept) => string
  accepts: (record: Kept) => boolean
  /** Where the last page ended. */
  after: { by: number; key: string } | undefined
  limit: number
}

export function page<Kept>({ places, order, get, keyOf, accepts, after, limit }: Page<Kept>): Kept[] {
  const found: Kept[] = []
  const sign = order === 'oldest-first' ? 1 : -1
  const byKey = (a: Kept, b: Kept) => (keyOf(a) < keyOf(b) ? -sign : sign)
  for (const run of sign === 1 ? places.ascending(after?.by) : places.descending(after?.by)) {
    if (found.length >= limit) break
    const records = run.places.flatMap((place) => get(place) ?? []).filter(accepts)
    const isAfter = (record: Kept) => run.by !== after?.by || (keyOf(record) > after.key) === (sign === 1)
    found.push(...records.filter((record) => keyOf(record) !== after?.key && isAfter(record)).sort(byKey))
  }
  return found.slice(0, limit)
}
