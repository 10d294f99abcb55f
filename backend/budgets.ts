/** Budgets that are taken together, or not at all. */
import type { LimitName } from './config-limits.ts'
import type { Services } from './services.ts'
import type { Counted } from './store/store.ts'

type Parts = Pick<Services, 'store' | 'config' | 'clock' | 'limitReached'>

/** One from a budget of that limit: whose it is, as text. */
export type Taking = { limit: LimitName; whose: string }

/** Takes one from each; false where one of them has none, and then nothing is taken. */
export async function takeAll({ store, config, clock, limitReached }: Parts, takings: readonly Taking[]): Promise<boolean> {
  const answer = await store.counters.takeEach(takings.map((taking) => countedFor({ config, clock }, taking)))
  if (answer.taken) return true
  const refusing = takings.findIndex((taking) => keyOf(taking) === answer.key)
  for (const { limit } of takings.slice(refusing, refusing + 1)) limitReached(limit)
  await giveBack({ store }, takings.slice(0, refusing))
  return false
}

/** The same for a change that counts by itself. */
export function countedFor({ config, clock }: Pick<Parts, 'config' | 'clock'>, taking: Taking): Counted {
  return { key: keyOf(taking), budget: config.limits[taking.limit], now: clock.now() }
}

/** What was taken for something that does not count. */
export async function giveBack({ store }: Pick<Parts, 'store'>, takings: readonly Taking[]): Promise<void> {
  await Promise.all(takings.map((taking) => store.counters.giveBack(keyOf(taking))))
}

const keyOf = ({ limit, whose }: Taking): string => `${limit}:${whose}`
