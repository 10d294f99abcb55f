/** Sign-ins as they stand in Redis, wherever they are. */
import type { SignIn } from '../../sign-in/sign-in.ts'
import { getText, getTexts, type Core } from './core.ts'
import type { Locator } from './locator.ts'
import { readSignIn, type Kept } from './record.ts'

export async function keptSignIn(core: Core, locator: Locator, id: string): Promise<Kept<SignIn> | undefined> {
  const shard = await locator.find(id)
  const found = shard && (await getText(core, shard.keys.signIn(id)))
  return shard && found !== undefined ? readSignIn(found, shard.epoch.name) : undefined
}

/** Of each id, in one trip where there is one shard. */
export async function keptSignIns(core: Core, locator: Locator, ids: string[]): Promise<(Kept<SignIn> | undefined)[]> {
  const [only, ...others] = core.shards
  if (!only || others.length > 0) return Promise.all(ids.map((id) => keptSignIn(core, locator, id)))
  const found = await getTexts(core, ids.map((id) => only.keys.signIn(id)))
  return found.map((each) => (each === undefined ? undefined : readSignIn(each, only.epoch.name)))
}
