/** What the store keeps: six kinds of records, their keys, and the least that makes each of them one. */
import type { Session } from '../../sessions/session.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import type { Site } from '../../sites/site.ts'
import type { User } from '../../users/user.ts'

/** One budget's use: a window that begins with its first time. */
export type Counter = { key: string; startedAt: number; endsAt: number; taken: number }

/** A site that is gone, of whose own something may be left. */
export type Removal = { id: string }

/** No id has a slash in it (`protocol.ts`), so two ids make one key. */
export const pairKey = (siteId: string, id: string): string => `${siteId}/${id}`

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

type Fields = Record<string, 'string' | 'number' | 'object'>

/** Bytes are covered by checksums, so this is to keep the program honest, not to find damage. */
const has = (fields: Fields) => {
  const entries = Object.entries(fields)
  return (value: unknown): boolean => isObject(value) && entries.every(([name, type]) => (type === 'number' ? Number.isFinite(value[name]) : typeof value[name] === type))
}

const hasSite = has({ id: 'string', name: 'string', createdAt: 'number', origins: 'object' })
const hasUser = has({ id: 'string', siteId: 'string', address: 'string', createdAt: 'number' })
const hasSession = has({ id: 'string', siteId: 'string', userId: 'string', lastSeenAt: 'number', idleSeconds: 'number', absoluteEndAt: 'number' })
const hasSignIn = has({ id: 'string', siteId: 'string', address: 'string', state: 'string', createdAt: 'number', expiresAt: 'number', delivery: 'object' })
const hasCounter = has({ key: 'string', startedAt: 'number', endsAt: 'number', taken: 'number' })
const hasRemoval = has({ id: 'string' })

export const isSite = (value: unknown): value is Site => hasSite(value)
export const isUser = (value: unknown): value is User => hasUser(value)
export const isSession = (value: unknown): value is Session => hasSession(value)
export const isSignIn = (value: unknown): value is SignIn => hasSignIn(value)
export const isCounter = (value: unknown): value is Counter => hasCounter(value)
export const isRemoval = (value: unknown): value is Removal => hasRemoval(value)

/** Frozen all the way down: for a record that is handed out and kept as well. */
export function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) freeze(inner)
  return Object.freeze(value)
}

/**
 * The JSON text of a record, in one piece: V8's `JSON.stringify` gives a rope of pieces, which takes nearly twice the memory for as long as
 * the text is kept. To read it as a number makes it flat.
 */
export function textOf(record: object): string {
  const text = JSON.stringify(record)
  Number(text)
  return text
}
