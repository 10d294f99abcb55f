/** What every adapter of the store promises, as tests. An adapter's own test file calls `storeContract`. */
import { describe } from 'node:test'
import { contractOfCounters } from './contract/counters.ts'
import { contractOfEvents } from './contract/events.ts'
import { contractOfSessions } from './contract/sessions.ts'
import { contractOfSignIns } from './contract/sign-ins.ts'
import { contractOfSites } from './contract/sites.ts'
import { contractOfSweep } from './contract/sweep.ts'
import { contractOfUsers } from './contract/users.ts'
import type { Store } from './store.ts'

/** A fresh, empty store. */
export type Opened = {
  store: Store
  /** Closes the store and opens it again over the same data. */
  reopen(): Promise<Store>
  /** Closes it and removes its data. */
  dispose(): Promise<void>
}

/** Runs `test` on a store of its own. */
export type WithStore = (test: (store: Store, reopen: () => Promise<Store>) => Promise<void>) => () => Promise<void>

export function storeContract(name: string, open: () => Promise<Opened>): void {
  const withStore: WithStore = (test) => async () => {
    const { store, reopen, dispose } = await open()
    await test(store, reopen).finally(dispose)
  }
  describe(`${name} keeps the contract of the store`, () => {
    contractOfSignIns(withStore)
    contractOfSessions(withStore)
    contractOfUsers(withStore)
    contractOfSites(withStore)
    contractOfCounters(withStore)
    contractOfEvents(withStore)
    contractOfSweep(withStore)
  })
}
