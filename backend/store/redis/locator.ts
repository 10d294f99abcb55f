/** In a cluster: which shard a sign-in is in, since its id does not say. Elsewhere there is one shard, and nothing to look up. */
import { keptAfterEndSeconds, type SignIn } from '../../sign-in/sign-in.ts'
import { getText, lifeMs, type Core, type Shard } from './core.ts'
import { locatorKey } from './keys.ts'

export type Locator = {
  put(signIn: SignIn, shard: Shard): Promise<void>
  find(id: string): Promise<Shard | undefined>
}

export function createLocator(core: Core): Locator {
  const [only, ...others] = core.shards
  if (only && others.length === 0) return { put: () => Promise.resolve(), find: () => Promise.resolve(only) }
  return {
    async put(signIn, shard) {
      await core.client.run('SET', locatorKey(signIn.id), shard.number, 'PX', lifeMs(core, signIn.expiresAt + keptAfterEndSeconds))
    },
    async find(id) {
      const number = await getText(core, locatorKey(id))
      return number === undefined ? undefined : core.shards[Number(number)]
    },
  }
}
