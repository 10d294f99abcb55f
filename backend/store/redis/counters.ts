/** The counters' port over Redis: each budget is one key, and each call one script (in a cluster one a budget). */
import type { Counted, CounterStore } from '../store.ts'
import { texts } from './client.ts'
import type { Core } from './core.ts'
import { counterKey } from './keys.ts'
import { runScript } from './run-script.ts'
import { giveBackScript, takeScript } from './scripts.ts'

export function counterStore(core: Core): CounterStore {
  return {
    async take(key, budget, now) {
      const answer = await takeAtOnce(core, [{ key, budget, now }])
      return answer.taken ? answer : { taken: false, retryAfterSeconds: answer.retryAfterSeconds }
    },
    async takeEach(counted) {
      // In a cluster each is on a node of its own.
      const atOnce = core.shards.length === 1 ? [counted] : counted.map((each) => [each])
      for (const together of atOnce) {
        const answer = await takeAtOnce(core, together)
        if (!answer.taken) return answer
      }
      return { taken: true }
    },
    giveBack: async ({ key, now }) => void (await runScript(core.client, giveBackScript, [counterKey(key)], [now])),
  }
}

async function takeAtOnce(core: Core, counted: readonly Counted[]): ReturnType<CounterStore['takeEach']> {
  if (counted.length === 0) return { taken: true }
  const [which, left] = texts(await runScript(core.client, takeScript, counted.map(({ key }) => counterKey(key)), counted.flatMap(({ now, budget }) => [now, budget.max, budget.seconds])))
  const refused = counted[Number(which) - 1]
  return refused ? { taken: false, key: refused.key, retryAfterSeconds: Number(left) } : { taken: true }
}

/** @param kept the counter as it stands there */
export function hasOneLeft(kept: string | undefined, { budget, now }: Counted): boolean {
  const [startedAt, taken] = kept?.split(' ').map(Number) ?? []
  const isRunning = startedAt !== undefined && now < startedAt + budget.seconds
  return (isRunning ? (taken ?? 0) : 0) < budget.max
}
