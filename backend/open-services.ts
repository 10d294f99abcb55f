/** What every use case is handed, over the store and the keys that the configuration names: for the backend, and for commands while none runs. */
import { createAudit } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { systemRandom } from './random.ts'
import type { Log, Services } from './services.ts'
import { observeStore, type StoreCall } from './store/observed.ts'
import { openStore, type StoreTuning } from './store/open-store.ts'
import type { KeyFile } from './tokens/key-file.ts'
import { openKeyRing, type KeyRing } from './tokens/key-ring.ts'
import { keepNames, refuseOthers } from './tokens/known-keys.ts'

export type OpenServices = { services: Services; keys: KeyRing }

export type OpenServicesOptions = {
  config: Config
  log: Log
  /** Default: the store's own. */
  clock?: Clock
  store?: StoreTuning
  /** Hears of each call of the store. */
  observe?: (call: StoreCall) => void
}

/**
 * Opens the store, which `services.store.close` closes, in directories that are there. Nothing is delivered and nothing counted yet.
 * @throws {StoreLocked} while another process has it open, where a store takes only one
 */
export async function openServices({ config, log, observe, ...given }: OpenServicesOptions): Promise<OpenServices> {
  const { store: opened, clock: storesClock, isShared, knownKeys } = await openStore(config, log, given.store)
  const store = observe ? observeStore(opened, observe) : opened
  const clock = given.clock ?? storesClock
  try {
    const isFirstStart = async () => (await opened.sites.list()).length === 0
    const onChange = (keyFile: KeyFile) => {
      services.audit({ event: 'keys.changed' })
      return keepNames(knownKeys, keyFile, log)
    }
    const check = (keyFile: KeyFile) => refuseOthers(knownKeys, keyFile, { log, isFirstStart, directory: config.keysDir })
    const keys = await openKeyRing({ directory: config.keysDir, issuer: config.publicUrl, wall: () => clock.wall(), log, isFirstStart, check, onChange })
    const services: Services = {
      config,
      store,
      isShared,
      clock,
      log,
      random: systemRandom,
      secrets: keys.secrets,
      linkTokens: keys.linkTokens,
      accessTokens: keys.accessTokens,
      audit: createAudit({ events: store.events, clock, log, count: () => undefined }),
      limitReached: () => undefined,
      wakeDelivery: () => undefined,
      deliveryReady: () => Promise.resolve(false),
    }
    return { services, keys }
  } catch (error) {
    await opened.close()
    throw error
  }
}
