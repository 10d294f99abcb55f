/** The counters' port over Redis: each budget is one key, and each call one script. */
import type { CounterStore } from '../store.ts'
import type { Core } from './core.ts'
import { counterKey } from './keys.ts'
import { runScript } from './run-script.ts'
import { giveBackScript, takeScript } from './scripts.ts'

export function counterStore(core: Core): CounterStore {
  return {
    async take(key, { max, seconds }, now) {
      const left = await runScript(core.client, takeScript, [counterKey(key)], [now, max, seconds])
      return left === '' ? { taken: true } : { taken: false, retryAfterSeconds: Number(left) }
    },
    giveBack: async (key) => void (await runScript(core.client, giveBackScript, [counterKey(key)], [])),
  }
}
