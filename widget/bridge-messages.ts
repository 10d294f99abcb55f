/**
 * What H's page and the bridge may say to each other: every message is `{linklatch: 1, type, …}`.
 * Neither V nor the refresh secret has a field here, so neither can cross. Both ends check `event.origin` and `event.source`,
 * then these guards, and ignore the rest.
 */
import type { DeliveryStatus, SignInState, WireUser } from '../backend/protocol.ts'

/** A session as H's page sees it. `expiresAt`: epoch seconds of the access token's end, by this machine's clock. */
export type PageSession = { accessToken: string; expiresAt: number; user: WireUser }

/** Whether its token has 30 s left; with more than the five minutes that A gives, the clock was set back since. */
export function isFresh(session: PageSession | null): session is PageSession {
  const left = (session?.expiresAt ?? 0) - Date.now() / 1000
  return left >= 30 && left <= 300
}

/** How a session outlives the page: the first rung that holds, found by a round trip. */
export type Kept = 'cookie' | 'key' | 'memory'

/** A sign-in that waits in this browser. No secret: V stays in the bridge. Instants are epoch seconds. */
export type Waiting = { id: string; address: string; number: string; expiresAt: number; resendAt: number; state: SignInState; delivery: DeliveryStatus; /** Its mail holds no link. */ codeOnly?: boolean | undefined }

export type FromBridge =
  /** The bridge lives. `site` is the site's id; `waiting` a sign-in under way that a reload interrupted. */
  | { type: 'ready'; site: string; waiting?: Waiting | undefined }
  | { type: 'challenge'; challenge: string }
  | { type: 'session'; session: PageSession | null; kept?: Kept; returnTo?: string | undefined }
  | { type: 'state'; id: string; state: SignInState }
  | { type: 'delivery'; id: string; status: DeliveryStatus; resendIn?: number }
  /** `on`: which request failed; `stream` where none did. */
  | { type: 'error'; code: string; on?: ToBridge['type'] | 'stream'; retryAfter?: number | undefined }

/** What the bridges of several tabs tell each other. */
export type FromTab = Extract<FromBridge, { type: 'session' | 'state' | 'delivery' }>

export type ToBridge =
  /** Make V and answer with its challenge. */
  | { type: 'prepare' }
  /** The start was taken: tie V to this sign-in and listen to its stream. The same one again: listen again. */
  | { type: 'watch'; waiting: Waiting }
  /** From the landing URL's fragment, or the code a person typed. */
  | { type: 'claim'; arrival: string }
  | { type: 'claim'; handoff: string }
  | { type: 'claim'; code: string }
  | { type: 'resend' }
  | { type: 'cancel' }
  /** Give the session: the one at hand if its token has 30 s left, else a new token. `anew`: A refused that token, so ask in any case. */
  | { type: 'refresh'; anew?: true }
  | { type: 'end'; everywhere?: true }

export type Message<Body> = Body & { linklatch: 1 }

/** The fragment of the bridge's URL that says: H brings a token to claim, do not look for an older session first. */
export const claimFirst = '#claim'

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => Number.isFinite(value)
const isTrue: Check = (value) => value === true
const isId: Check = (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value)
const oneOf = (words: string): Check => (value) => typeof value === 'string' && words.split(' ').includes(value)
const maybe = (check: Check): Check => (value) => value === undefined || check(value)
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** An own field of anything that came from outside. */
export const field = (value: unknown, name: string): unknown => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined)

const shape = (checks: Record<string, Check>): Check => (value) => isRecord(value) && Object.entries(checks).every(([name, check]) => check(field(value, name)))

const isState = oneOf('pending approved completed moved expired cancelled rejected')
const isDelivery = oneOf('queued sent deferred failed')
const isUser = shape({ id: isText, email: maybe(isText), phone: maybe(isText), created_at: isNumber })
const isSession = shape({ accessToken: isText, expiresAt: isNumber, user: isUser })
const isWaitingShape = shape({ id: isId, address: isText, number: isText, expiresAt: isNumber, resendAt: isNumber, state: isState, delivery: isDelivery })

const fromTab: Record<FromTab['type'], Check> = {
  session: shape({ session: (value) => value === null || isSession(value), kept: maybe(oneOf('cookie key memory')), returnTo: maybe(isText) }),
  state: shape({ id: isId, state: isState }),
  delivery: shape({ id: isId, status: isDelivery, resendIn: maybe(isNumber) }),
}
const fromBridge: Record<Exclude<FromBridge['type'], FromTab['type']>, Check> = {
  ready: shape({ site: isText, waiting: maybe(isWaitingShape) }),
  challenge: shape({ challenge: isText }),
  error: shape({ code: isText, on: maybe(isText), retryAfter: maybe(isNumber) }),
}

const always = shape({})
const toBridge: Record<ToBridge['type'], Check> = {
  prepare: always,
  watch: shape({ waiting: isWaitingShape }),
  claim: (value) => ['arrival', 'handoff', 'code'].filter((name) => shape({ [name]: isText })(value)).length === 1,
  resend: always,
  cancel: always,
  refresh: shape({ anew: maybe(isTrue) }),
  end: shape({ everywhere: maybe(isTrue) }),
}

const fits = (table: Record<string, Check>, data: unknown): boolean => {
  const type = field(data, 'type')
  const check = field(data, 'linklatch') === 1 && typeof type === 'string' && Object.hasOwn(table, type) && table[type]
  return check ? check(data) : false
}

/** Whether this is a well-formed message of the bridge. */
export const isFromBridge = (data: unknown): data is Message<FromBridge> => fits(fromTab, data) || fits(fromBridge, data)
/** Whether this is a well-formed message that several tabs share. */
export const isFromTab = (data: unknown): data is Message<FromTab> => fits(fromTab, data)
/** Whether this is a well-formed message of H's page. */
export const isToBridge = (data: unknown): data is Message<ToBridge> => fits(toBridge, data)
/** Whether this is a waiting sign-in, as storage gave it back. */
export const isWaiting = (value: unknown): value is Waiting => isWaitingShape(value)

const answerShape = shape({ access_token: isText, expires_in: isNumber, user: isUser, return_to: maybe(isText), refresh_token: maybe(isText) })
/** Whether A's answer holds a session. */
export const isSessionAnswer = (value: unknown): value is import('../backend/protocol.ts').SessionAnswer => answerShape(value)
const startShape = shape({ id: isId, expires_in: isNumber, resend_in: isNumber, number: (value) => typeof value === 'string' && /^\d\d$/.test(value) })
/** Whether A's answer is that of a sign-in taken on. */
export const isStartAnswer = (value: unknown): value is import('../backend/protocol.ts').StartSignInAnswer => startShape(value)
