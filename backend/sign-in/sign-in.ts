/**
 * What a sign-in is: its record, its states, and the only steps between them. Pure: no clock, no store, no Koa.
 *
 * ```
 * pending → approved → completed        approved by the typed number, claimed with V
 * pending → completed                   arrival or code, with V
 * pending → moved                       the press on "here": from then on only its HANDOFF counts
 * pending | approved → expired | cancelled | rejected
 * ```
 *
 * Each step takes the record and gives the next one, or throws the `Problem` that refuses it and leaves the record as it was.
 * The store runs a step as one atomic act, so that at most one caller ever makes it (P4).
 */
import { Problem } from '../problems.ts'
import type { DeliveryStatus, SignInState } from '../protocol.ts'

export type SignIn = {
  /** 128 random bits; the `jti` of its tokens. */
  id: string
  siteId: string
  /** The exact origin of the page that asked. */
  origin: string
  channel: 'email' | 'sms'
  /** Canonical; what is mailed, compared and kept. */
  address: string
  /** The S256 challenge of V (RFC 7636). */
  challenge: string
  state: SignInState
  createdAt: number
  expiresAt: number
  returnTo?: string
  locale: string
  /** The asking browser in words for the mail and the approve page: "Firefox on Windows". */
  browser: string
  codeTriesLeft: number
  numberTriesLeft: number
  delivery: Delivery
  /** Its mails hold no link. */
  codeOnly?: true
  completed?: Completed
  /** No sign-in, but the mail of an invitation (`users/invitation.ts`). */
  invitation?: true
  /** No sign-in, but the mail to an address whose account has another one now (`users/change-address.ts`). */
  farewell?: true
  /** Set while `moved` and not yet used: the one handoff token that finishes it. */
  handoff?: { id: string; expiresAt: number }
  /** The last press on an approve page that changed it: a hash of the page's own random id and of what was pressed. */
  press?: string | undefined
}

/** The mail's fate. It is part of the record, so a 202 is a promise that outlives the process. */
export type Delivery = {
  status: DeliveryStatus
  /** How many mails were asked for: 1, and one more a resend. */
  asked: number
  /** How many of those have ended as `sent` or `failed`. */
  settled: number
  /** Attempts at the present mail. */
  attempts: number
  /** When the next attempt is due. */
  nextAttemptAt: number
  lastAskedAt: number
  /** Nothing is really sent (not invited, blocked): the stream looks the same. */
  silent?: true
  /** The stream does not show `failed`: at this site only somebody's existence could have made the mail server say so (R14). */
  discreet?: true
}

export type Completed = { at: number; sessionId: string; by: CompletedBy }
export type CompletedBy = 'approval' | 'arrival' | 'code' | 'handoff'

export const codeTries = 5
export const numberTries = 2
export const handoffSeconds = 60
/** How long the same press may come once more, by a double click or a reload. */
export const pressAgainSeconds = 10
/** How long a successful claim may be repeated with the same verifier, because its answer was lost. */
export const repeatSeconds = 60
/** How long a sign-in that is over stays, so that its link can say what happened to it. */
export const keptAfterEndSeconds = 3600

/** Nothing more will be heard of it by the browser that asked: its stream ends here. */
export const isFinal = (state: SignInState): boolean => state !== 'pending' && state !== 'approved'

/** The record as it stands at `now`: the end of life needs no sweeper to be true. */
export function at(signIn: SignIn, now: number): SignIn {
  const live = signIn.state === 'pending' || signIn.state === 'approved'
  if (live && now >= signIn.expiresAt) return { ...signIn, state: 'expired' }
  return signIn
}

function live(signIn: SignIn, now: number): SignIn {
  const current = at(signIn, now)
  if (current.state === 'pending' || current.state === 'approved') return current
  throw new Problem('sign_in_over')
}

function pending(signIn: SignIn, now: number): SignIn {
  const current = live(signIn, now)
  if (current.state === 'approved') throw new Problem('already_approved')
  return current
}

/** The typed number was right. */
export function approve(signIn: SignIn, now: number): SignIn {
  return { ...pending(signIn, now), state: 'approved' }
}

/** The typed number was wrong: one more try, then the sign-in is rejected (the first screen is told at once). */
export function wrongNumber(signIn: SignIn, now: number): SignIn {
  const current = pending(signIn, now)
  const numberTriesLeft = current.numberTriesLeft - 1
  return { ...current, numberTriesLeft, state: numberTriesLeft > 0 ? 'pending' : 'rejected' }
}

/** "This wasn't me." */
export function reject(signIn: SignIn, now: number): SignIn {
  return { ...live(signIn, now), state: 'rejected' }
}

/** "Use another address": by the browser that asked. */
export function cancel(signIn: SignIn, now: number): SignIn {
  return { ...live(signIn, now), state: 'cancelled' }
}

/** What becomes of it when it may not succeed any more, a handoff included; nothing where it is over already. */
export function revoke({ handoff, ...signIn }: SignIn): SignIn | undefined {
  return isFinal(signIn.state) && handoff === undefined ? undefined : { ...signIn, state: 'cancelled' }
}

/** "Sign in here instead": V gets nothing any more; only this handoff finishes it, even past the link's end. */
export function moveHere(signIn: SignIn, handoffId: string, now: number): SignIn {
  return { ...pending(signIn, now), state: 'moved', handoff: { id: handoffId, expiresAt: now + handoffSeconds } }
}

/** A code was wrong. At the fifth the code is off; the link still works, and where there is none the sign-in is over. */
export function wrongCode(signIn: SignIn, now: number): SignIn {
  const current = live(signIn, now)
  const codeTriesLeft = Math.max(0, current.codeTriesLeft - 1)
  return { ...current, codeTriesLeft, ...(current.codeOnly && codeTriesLeft === 0 && { state: 'rejected' as const }) }
}

/** Proved by V: after approval, by an arrival, or by the code. */
export function complete(signIn: SignIn, by: Exclude<CompletedBy, 'handoff'>, sessionId: string, now: number): SignIn {
  const current = live(signIn, now)
  if (by === 'approval' && current.state !== 'approved') throw new Problem('invalid_grant')
  if (by === 'code' && current.codeTriesLeft < 1) throw new Problem('invalid_grant')
  return { ...current, state: 'completed', completed: { at: now, sessionId, by } }
}

/** The handoff token was brought back, once and in time. The state stays `moved`: that is what happened to the link. */
export function completeMoved(signIn: SignIn, handoffId: string, sessionId: string, now: number): SignIn {
  const { handoff, ...rest } = signIn
  if (signIn.state !== 'moved' || !handoff || handoff.id !== handoffId || now >= handoff.expiresAt) throw new Problem('invalid_grant')
  return { ...rest, completed: { at: now, sessionId, by: 'handoff' } }
}

/**
 * "Send it again." The same link and code; earlier mails stay good. One that is still owed serves for both: after an outage each
 * sign-in gets one mail, however often somebody pressed.
 */
export function askAgain(signIn: SignIn, now: number, status: 'queued' | 'deferred'): SignIn {
  const current = pending(signIn, now)
  const { delivery } = current
  return {
    ...current,
    delivery: { ...delivery, ...asking(delivery, status, now), lastAskedAt: now },
  }
}

/** Its mail is kept back by the budget of its address, and by nothing else: one that the mail server put off is still owed. */
export function isPutOff(signIn: SignIn, now: number): boolean {
  const { status, asked, settled } = signIn.delivery
  return at(signIn, now).state === 'pending' && status === 'deferred' && settled === asked
}

/** What was put off is due after all. */
export function release(signIn: SignIn, now: number): SignIn {
  const { delivery } = signIn
  return { ...signIn, delivery: { ...delivery, status: 'queued', settled: delivery.asked - 1, attempts: 0, nextAttemptAt: now } }
}

function asking(delivery: Delivery, status: 'queued' | 'deferred', now: number): Partial<Delivery> {
  const asked = delivery.asked + 1
  const owed = delivery.settled < delivery.asked
  if (status === 'deferred') return { asked, settled: owed ? asked - 1 : asked, status }
  return { asked, settled: asked - 1, status, attempts: 0, nextAttemptAt: now }
}
