/** The counters' port over the tables. */
import type { Budget, Counted, CounterStore } from '../store.ts'
import type { Change } from './change.ts'
import type { Core } from './core.ts'
import type { Counter } from './records.ts'
import type { Tables } from './tables.ts'

export function counterStore({ ledger, tables }: Core): CounterStore {
  return {
    take: (key, budget, now) => ledger.change((change) => takeOne(tables, change, { key, budget, now })),
    takeEach: (counted) =>
      ledger.change((change) => {
        for (const each of counted) {
          const answer = takeOne(tables, change, each)
          if (!answer.taken) return { ...answer, key: each.key }
        }
        return { taken: true }
      }),
    giveBack: ({ key, now }) =>
      ledger.change((change) => {
        const counter = tables.counters.get(key)
        if (!counter || counter.startedAt > now) return
        if (counter.taken > 1) change.put(tables.counters, { ...counter, taken: counter.taken - 1 })
        else change.remove(tables.counters, key)
      }),
  }
}

/** One from the budget, if it has one, as a part of that change. */
export function takeOne({ counters }: Tables, change: Change, { key, budget, now }: Counted): Awaited<ReturnType<CounterStore['take']>> {
  const { startedAt, endsAt, taken } = running(counters.get(key), budget, now)
  const retryAfterSeconds = secondsLeft({ endsAt, taken }, budget, now)
  if (retryAfterSeconds > 0) return { taken: false, retryAfterSeconds }
  change.put(counters, { key, startedAt, endsAt, taken: taken + 1 })
  return { taken: true }
}

/** Whole seconds until the budget has one again; 0 where it has. */
export const secondsUntilLeft = ({ counters }: Tables, { key, budget, now }: Counted): number => secondsLeft(running(counters.get(key), budget, now), budget, now)

const secondsLeft = ({ taken, endsAt }: Pick<Counter, 'taken' | 'endsAt'>, { max }: Budget, now: number): number => (taken < max ? 0 : Math.max(1, Math.ceil(endsAt - now)))

/** The window as it stands, or a new one that begins now. */
function running(counter: Counter | undefined, budget: Budget, now: number): Omit<Counter, 'key'> {
  if (counter && now < counter.startedAt + budget.seconds) return { ...counter, endsAt: counter.startedAt + budget.seconds }
  return { startedAt: now, endsAt: now + budget.seconds, taken: 0 }
}
