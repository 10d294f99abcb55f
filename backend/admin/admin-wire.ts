/** What the admin API takes. Strict: an unknown field or query parameter is `invalid_request`. */
import type { Context } from 'koa'
import * as v from 'valibot'
import { Problem } from '../problems.ts'
import { id as anId, parseRequest } from '../protocol.ts'
import type { SignInState } from '../protocol.ts'
import type { EventOrder, Place } from '../store/store.ts'

/** UTF-8 bytes of a user's metadata as JSON: it is handed out with every list. */
export const maxMetadataBytes = 8192
const maxMetadataDepth = 16
const maxRoles = 32

const states: [SignInState, ...SignInState[]] = ['pending', 'approved', 'completed', 'moved', 'expired', 'cancelled', 'rejected']
const orders: [EventOrder, EventOrder] = ['oldest', 'newest']
const flag = v.optional(v.boolean())
/** They go into every access token, so they are short. */
const role = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w.:/-]{0,63}$/))
const roles = v.pipe(v.array(role), v.maxLength(maxRoles), v.transform((all) => [...new Set(all)]))
const metadata = v.custom<Record<string, unknown>>(isMetadata)

/** Exactly one of `email` and `phone`, which `manage-users.ts` sees to. `mail`: sends the invitation, to a phone as a text message. */
export const inviteSchema = v.strictObject({ email: v.optional(v.string()), phone: v.optional(v.string()), mail: flag })
export const changeUserSchema = v.strictObject({ email: v.optional(v.string()), phone: v.optional(v.string()), blocked: flag, invited: flag, metadata: v.optional(metadata), roles: v.optional(roles) })

const limit = v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,2}$/), v.transform(Number), v.maxValue(100)), '50')
const cursor = v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,200}$/), v.transform(placeOf)))

export const noFields = v.strictObject({})
export const usersQuery = v.strictObject({ q: v.optional(v.pipe(v.string(), v.maxLength(254), v.toLowerCase())), cursor, limit })
export const signInsQuery = v.strictObject({ state: v.optional(v.picklist(states)), cursor, limit })
/** `after` goes on in the same `order`; `about` is the id of a user, a sign-in or a session. */
export const eventsQuery = v.strictObject({ order: v.optional(v.picklist(orders), 'oldest'), about: v.optional(anId), after: v.optional(v.pipe(v.string(), v.maxLength(100))), limit })

/** The query, as its schema has it. An empty value counts as none. @throws {Problem} `invalid_request` */
export function readQuery<Schema extends v.GenericSchema>(ctx: Context, schema: Schema): v.InferOutput<Schema> {
  const given = Object.entries(ctx.query).filter(([, value]) => value !== '')
  return parseRequest(schema, Object.fromEntries(given))
}

/** Where the next page begins, as text that says nothing to anybody else. */
export function cursorOf({ createdAt, id }: Place): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url')
}

function placeOf(text: string): Place {
  const place = v.safeParse(v.strictTuple([v.number(), v.string()]), parseJson(Buffer.from(text, 'base64url').toString()))
  if (!place.success) throw new Problem('invalid_request', { errors: [{ field: 'cursor', code: 'not_a_cursor' }] })
  const [createdAt, id] = place.output
  return { createdAt, id }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object of plain JSON, without the names that have a meaning of their own to programs (R75). */
function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return isTame(value, maxMetadataDepth) && Buffer.byteLength(JSON.stringify(value)) <= maxMetadataBytes
}

const untame = new Set(['__proto__', 'constructor', 'prototype'])

function isTame(value: unknown, depthLeft: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depthLeft === 0) return false
  return Object.entries(value).every(([name, inner]) => !untame.has(name) && isTame(inner, depthLeft - 1))
}

/** A page of one more than was asked for tells that there is another. */
export function paged<Kept, Shown>(found: Kept[], limit: number, show: (record: Kept) => Shown, next: (last: Kept) => string): { items: Shown[]; next?: string } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(show), ...(found.length > limit && last !== undefined && { next: next(last) }) }
}
