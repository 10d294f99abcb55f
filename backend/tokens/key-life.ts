/**
 * How keys follow one another (R37). Pure. A key begins at its `signsFrom`, which lies ahead when it is made: until every server has read it and
 * every verifier has fetched the JWKS anew, the one before goes on. It then lives as long as anything that was made with it.
 */
import { createHash } from 'node:crypto'
import type { KeyFile } from './key-file.ts'

/** An access token lives five minutes; the rest is for clocks that differ and for verifiers that cache. */
export const signingOverlapSeconds = 3600
/** The longest absolute end that a site may set, 400 days, and a day: a session's refresh secret is derived from the root it began with. */
export const secretOverlapSeconds = 34_560_000 + 86_400

export type KeyState = 'next' | 'in use' | 'overlapping' | 'over'
export type ListedKey = { kind: 'signing key' | 'root secret'; id: string; signsFrom: number; state: KeyState; neededUntil?: number }

type Aged = { signsFrom: number }

/** Until when each is needed: its successor's beginning and the overlap. The newest has no end. */
function ends<Key extends Aged>(keys: readonly Key[], overlapSeconds: number): Map<Key, number> {
  const oldestFirst = [...keys].sort((a, b) => a.signsFrom - b.signsFrom)
  return new Map(oldestFirst.map((key, index) => [key, (oldestFirst[index + 1]?.signsFrom ?? Infinity) + overlapSeconds]))
}

function stillNeeded<Key extends Aged>(keys: readonly Key[], overlapSeconds: number, now: number): Key[] {
  const until = ends(keys, overlapSeconds)
  return keys.filter((key) => now < (until.get(key) ?? Infinity))
}

/** Without what nothing alive was made with. */
export function pruned(keyFile: KeyFile, now: number): KeyFile {
  return {
    ...keyFile,
    signing: stillNeeded(keyFile.signing, signingOverlapSeconds, now),
    secrets: stillNeeded(keyFile.secrets, secretOverlapSeconds, now),
  }
}

/** Whether `next` has all that `present` has and may still need: keys that were lost by mistake are not taken up. */
export function keepsAll(present: KeyFile, next: KeyFile, now: number): boolean {
  const { signing, secrets } = pruned(present, now)
  return signing.every(({ kid }) => next.signing.some((key) => key.kid === kid)) && secrets.every(({ secret }) => next.secrets.some((root) => root.secret === secret))
}

/** Oldest first. Of a root secret only a name that says nothing of it is shown. */
export function listKeys({ signing, secrets }: KeyFile, now: number): ListedKey[] {
  const listed = <Key extends Aged>(keys: readonly Key[], kind: ListedKey['kind'], overlapSeconds: number, idOf: (key: Key) => string) =>
    [...ends(keys, overlapSeconds)].map(([key, until]) => ({
      kind,
      id: idOf(key),
      signsFrom: key.signsFrom,
      state: stateOf(key, until - overlapSeconds, until, now),
      ...(Number.isFinite(until) && { neededUntil: until }),
    }))
  return [
    ...listed(signing, 'signing key', signingOverlapSeconds, ({ kid }) => kid),
    ...listed(secrets, 'root secret', secretOverlapSeconds, ({ secret }) => nameOfSecret(secret)),
  ]
}

export const nameOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 12)

function stateOf({ signsFrom }: Aged, followedAt: number, neededUntil: number, now: number): KeyState {
  if (now < signsFrom) return 'next'
  if (now < followedAt) return 'in use'
  return now < neededUntil ? 'overlapping' : 'over'
}
