/** For tests: directories that go, and stores in them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLowdbStore } from './store.ts'
import type { LowdbStore, LowdbStoreOptions } from './store.ts'

export type Temp = {
  directory: string
  /** A store there; the last one is closed first. */
  open(options?: Partial<LowdbStoreOptions>): Promise<LowdbStore>
}

/** Runs `test` with a directory of its own, and removes it. */
export const withTemp = (test: (temp: Temp) => Promise<void>) => async (): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-store-'))
  let store: LowdbStore | undefined
  const open = async (options: Partial<LowdbStoreOptions> = {}) => {
    await store?.close()
    store = await openLowdbStore({ directory, ...options })
    return store
  }
  try {
    await test({ directory, open })
  } finally {
    await store?.close()
    await rm(directory, { recursive: true, force: true })
  }
}
