/**
 * Budgets for what comes from the network, by koa-ratelimit. Its traps, each measured: without a `db` it limits nothing, limiters that
 * share a `Map` share counters, entries are never dropped. So each limit has one bounded map of its own, and headers stay off.
 */
import type { Context, Middleware } from 'koa'
import ratelimit from 'koa-ratelimit'
import * as v from 'valibot'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Budget, CounterStore } from '../store/store.ts'
import { BoundedMap } from './bounded-map.ts'

/**
 * Keys that one limit remembers; some 40 MB when a flood has filled it. Then the windows that began first are forgotten first: they are the ones
 * that end first. Whoever has so many networks that he pushes his own counter out gains less by that than each of them may ask for anyway,
 * and a counter that is forgotten shuts nobody out. To refuse new keys instead would shut out everybody.
 */
export const maxKeys = 100_000

/** For several processes: where they count together, and by which clock. */
export type SharedCounters = { counters: Pick<CounterStore, 'takeEach'>; now: () => number }

/** Undefined where this process is the only one: it remembers by itself. */
export function sharedCounters({ isShared, store, clock }: Pick<Services, 'isShared' | 'store' | 'clock'>): SharedCounters | undefined {
  return isShared ? { counters: store.counters, now: () => clock.now() } : undefined
}

export type Limited = { name: string; budget: Budget; keyOf: (ctx: Context) => string }

/**
 * The same budgets for all processes, counted in one step: koa-ratelimit's Redis driver reckons by each machine's own clock, and keeps an
 * entry for each request; the store's counters do neither.
 */
function sharedLimits(limited: readonly Limited[], { counters, now }: SharedCounters): Middleware {
  return async (ctx, next) => {
    const counted = limited.map(({ name, budget, keyOf }) => ({ key: `${name}:${keyOf(ctx)}`, budget, now: now() }))
    const answer = await counters.takeEach(counted)
    if (!answer.taken) {
      const { name, budget } = limited[counted.findIndex(({ key }) => key === answer.key)] ?? impossible()
      throw new Problem('rate_limited', { limit: name, retryAfterSeconds: Math.min(answer.retryAfterSeconds, budget.seconds) })
    }
    await next()
  }
}

function impossible(): never {
  throw new TypeError('a limit that was not asked')
}

/** Several limits, one after the other; the first that is reached refuses. @param shared left out: this process is the only one */
export function limits(limited: readonly Limited[], shared?: SharedCounters): Middleware[] {
  return shared ? [sharedLimits(limited, shared)] : limited.map(({ name, budget, keyOf }) => limit(name, budget, keyOf))
}

/**
 * A middleware that lets `max` requests with the same key through in `seconds`.
 * @param keyOf the canonical key: never empty, never as the client spelled it
 * @param shared left out: this process is the only one
 * @throws {Problem} `rate_limited` with the seconds until the window ends
 */
export function limit(name: string, budget: Budget, keyOf: (ctx: Context) => string, shared?: SharedCounters): Middleware {
  if (shared) return sharedLimits([{ name, budget, keyOf }], shared)
  const db = new Counts(maxKeys)
  const limiter = ratelimit({
    driver: 'memory',
    db,
    namespace: name,
    duration: budget.seconds * 1000,
    max: budget.max,
    id: (ctx) => `key ${keyOf(ctx)}`,
    disableHeader: true,
  })
  return async (ctx, next) => {
    let within = false
    await limiter(ctx, async () => void (within = true))
    if (!within) throw new Problem('rate_limited', { limit: name, retryAfterSeconds: Math.min(secondsLeft(ctx) ?? budget.seconds, budget.seconds) })
    await next()
  }
}

type Count = { id: string; reset: number; remaining: number; total: number }

/**
 * koa-ratelimit takes one from what it finds here at once, but looks at what is left of it after an await: of many at the same moment each would see what
 * the others took, and none got through. So each finds a count of its own, which is what the next one finds a copy of.
 */
class Counts extends BoundedMap<string, Count> {
  override get(key: string): Count | undefined {
    const count = super.get(key)
    if (count === undefined) return undefined
    const own = { ...count }
    super.replace(key, own)
    return own
  }
}

/** What koa-ratelimit found to be left of the window; it rounds down, and reckons from the wall clock, which may have been set since. */
function secondsLeft(ctx: Context): number | undefined {
  const state: unknown = ctx.state
  const found = v.safeParse(v.object({ rateLimit: v.object({ after: v.number() }) }), state)
  return found.success ? Math.max(1, found.output.rateLimit.after + 1) : undefined
}
