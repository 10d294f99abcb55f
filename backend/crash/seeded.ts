/** Random choices that can be made again: the seed is printed, and `CRASH_SEED` takes it. */
export type Random = {
  /** 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** Mulberry32: small, and good enough to choose moments. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new TypeError('nothing to pick from')
    return item
  }
  return { next, below, pick }
}

/** The seed of this run. */
export const runSeed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** The long run is `npm run test:crash`; `npm test` runs a sample. */
export const isLongRun = process.env.LINKLATCH_WHOLE === '1'
