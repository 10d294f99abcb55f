/**
 * The keys of a running server: what is made with them, and the look at the file every few seconds, so that a rotation, or a copy from another
 * machine, is taken up without a restart.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '../services.ts'
import { createAccessTokens, type AccessTokens } from './access-token.ts'
import { keyFileName, openKeyFile, readKeyFile, type KeyFile } from './key-file.ts'
import { keepsAll, pruned } from './key-life.ts'
import { createLinkTokens, type LinkTokens } from './link-token.ts'
import { createSecrets, type Secrets } from './secrets.ts'

export type KeyRing = {
  secrets: Secrets
  linkTokens: LinkTokens
  /** Publishes and takes only keys that something alive was signed with, or will be. */
  accessTokens: AccessTokens
  /** Looks now whether there are other keys, or one is over. Never rejects: what cannot be read is not taken up. */
  look(): Promise<void>
}

export type KeyRingOptions = {
  directory: string
  /** A: the issuer. */
  issuer: string
  wall: () => number
  log: Log
  /** Whether nothing was made with any keys yet. Left out: so it is. */
  isFirstStart?: () => Promise<boolean>
  /** What the opening waits for, and fails with: whether these keys are the store's. */
  check?: (keyFile: KeyFile) => Promise<void>
  /** Called when other keys were taken up. */
  onChange?: (keyFile: KeyFile) => Promise<void>
}

/** @throws {KeyFileError} */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { directory, wall } = options
  let seen = await markOf(directory).catch(() => '')
  let keyFile = await openKeyFile(directory, wall(), options.isFirstStart)
  await options.check?.(keyFile)
  let inUse = ringOf(keyFile, options)
  const takeUp = (next: KeyFile): void => {
    inUse = ringOf(next, options)
    keyFile = next
  }
  const look = async () => {
    const mark = await markOf(directory)
    if (mark !== seen) {
      seen = mark
      await readAgain(options, keyFile, takeUp)
    }
    if (published(keyFile, wall()) !== inUse.published) takeUp(keyFile)
  }
  return {
    secrets: following(() => inUse.secrets),
    linkTokens: following(() => inUse.linkTokens),
    accessTokens: following(() => inUse.accessTokens),
    look: () => look().catch((err: unknown) => options.log.error({ err }, 'the keys could not be looked at; the ones in use stay')),
  }
}

async function readAgain({ directory, wall, log, onChange }: KeyRingOptions, present: KeyFile, takeUp: (next: KeyFile) => void): Promise<void> {
  const next = await readKeyFile(directory)
  if (isDeepStrictEqual(next, present)) return
  if (!keepsAll(present, next, wall())) {
    log.error({}, 'keys.json lacks keys that sessions and links may still need, so it was not taken up: put them back, or restart to go on without them')
    return
  }
  takeUp(next)
  log.info({ signing: next.signing.length, secrets: next.secrets.length }, 'other keys were taken up')
  await onChange?.(next)
}

function ringOf(keyFile: KeyFile, { issuer, wall }: KeyRingOptions) {
  const secrets = createSecrets(keyFile)
  const needed = pruned(keyFile, wall())
  return {
    published: kids(needed),
    secrets,
    linkTokens: createLinkTokens(secrets, issuer),
    accessTokens: createAccessTokens(needed, issuer),
  }
}

const kids = ({ signing }: KeyFile): string => signing.map(({ kid }) => kid).join()
const published = (keyFile: KeyFile, now: number): string => kids(pruned(keyFile, now))

/** Another file has another mark, one that was written over too. */
async function markOf(directory: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(join(directory, keyFileName), { bigint: true })
  return [ino, size, mtimeNs, ctimeNs].join()
}

/** What `current` gives at each use: ports are plain objects of closures, so there is no `this` to lose. */
function following<Port extends object>(current: () => Port): Port {
  return new Proxy(current(), { get: (_, name) => Reflect.get(current(), name) as unknown })
}
