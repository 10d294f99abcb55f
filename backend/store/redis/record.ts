/**
 * How a record stands in Redis: a line for the machine, then JSON. The line begins with the version, which no two writes share, so that a
 * script can tell whether a record is still the one that was read, also after a failover that lost a write and let another be made.
 */
import { systemRandom } from '../../random.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import { isFinal } from '../../sign-in/sign-in.ts'
import { isSession, isSignIn, isSite, isUser } from '../lowdb/records.ts'

export type Kept<Value> = {
  record: Value
  version: string
  revision: number
  /** As it stands in Redis it is another: it has not been written since its epoch ended. */
  isOfAnotherEpoch?: true
}

export const kinds = { isSession, isSignIn, isSite, isUser }

/** The version after `before`: counts up, and ends in chance. */
export function nextVersion(before: string | undefined): string {
  return `${before === undefined ? 1 : revisionOf(before) + 1}.${systemRandom.id(6)}`
}

export const revisionOf = (version: string): number => Number.parseInt(version, 10)

export function write(version: string, record: object): string {
  return `${version}\n${JSON.stringify(record)}`
}

export function read<Value>(kept: string, is: (value: unknown) => value is Value): Kept<Value> {
  const end = kept.indexOf('\n')
  const record: unknown = JSON.parse(kept.slice(kept.lastIndexOf('\n') + 1))
  if (end < 0 || !is(record)) throw new TypeError('not a record of this kind')
  const version = kept.slice(0, end)
  return { record, version, revision: revisionOf(version) }
}

export const readIfAny = <Value>(kept: string | undefined, is: (value: unknown) => value is Value): Kept<Value> | undefined => (kept === undefined ? undefined : read(kept, is))

/**
 * A sign-in has more lines, by which a script finds its user and session: epoch, site, address, session. Where one of them has a line
 * break it is no name of anything.
 */
export function writeSignIn(version: string, epoch: string, signIn: SignIn): string {
  const lines = [version, epoch, signIn.siteId, signIn.address, signIn.completed?.sessionId ?? '']
  return [...lines.map((line) => line.replaceAll('\n', ' ')), JSON.stringify(signIn)].join('\n')
}

/** The site of a sign-in as it stands there. */
export const siteOf = (kept: string): string => kept.split('\n', 3)[2] ?? ''

/** One of another epoch could succeed a second time: whatever still waits in it is over (see `epoch.ts`). */
export function readSignIn(kept: string, epoch: string): Kept<SignIn> {
  const found = read(kept, isSignIn)
  const start = kept.indexOf('\n') + 1
  const isOfThisEpoch = kept.slice(start, kept.indexOf('\n', start)) === epoch
  return isOfThisEpoch ? found : { ...found, record: ended(found.record), isOfAnotherEpoch: true }
}

function ended(signIn: SignIn): SignIn {
  const { handoff, ...rest } = signIn
  return isFinal(signIn.state) ? rest : { ...rest, state: 'cancelled' }
}
