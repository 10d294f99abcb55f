/** Budgets that are taken together, or not at all. */
import { limitNames, type LimitName } from './config-limits.ts'
import type { Services } from './services.ts'
import type { Counted } from './store/store.ts'

type Parts = Pick<Services, 'store' | 'config' | 'clock' | 'limitReached'>

/** One from a budget of that limit: whose it is, as text. */
export type Taking = { limit: LimitName; whose: string }

/** Takes one from each, and gives what was taken; nothing where one of them has none, and then nothing is taken. */
export async function takeAll({ store, config, clock, limitReached }: Parts, takings: readonly Taking[]): Promise<Counted[] | undefined> {
  const counted = takings.map((taking) => countedFor({ config, clock }, taking))
  const answer = await store.counters.takeEach(counted)
  if (answer.taken) return counted
  const refusing = counted.findIndex(({ key }) => key === answer.key)
  for (const { limit } of takings.slice(refusing, refusing + 1)) limitReached(limit)
  await giveBack({ store }, counted.slice(0, refusing))
  return undefined
}

/** The limit that it counts for. */
export const limitOf = ({ key }: Pick<Counted, 'key'>): LimitName | undefined => limitNames.find((name) => key.startsWith(`${name}:`))

/** The same for a change that counts by itself. */
export function countedFor({ config, clock }: Pick<Parts, 'config' | 'clock'>, { limit, whose }: Taking): Counted {
  return { key: `${limit}:${whose}`, budget: config.limits[limit], now: clock.now() }
}

/** What was taken for something that does not count. */
export async function giveBack({ store }: Pick<Parts, 'store'>, taken: readonly Counted[]): Promise<void> {
  await Promise.all(taken.map((each) => store.counters.giveBack(each)))
}
