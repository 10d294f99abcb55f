/** What becomes of a sign-in's mail: pure steps on its record. The store runs them, the delivery queue asks for them. */
import { at, isFinal, type Delivery, type SignIn } from './sign-in.ts'

/** How an attempt ended: `sent`, `deferred` (worth another try) or `failed` (never). */
export type AttemptEnd = 'sent' | 'deferred' | 'failed'

const firstRetrySeconds = 4
const longestRetrySeconds = 60

/**
 * Whole seconds until the next attempt after `attempts` deferred ones: 4, 8, 16, 32, then 60 for good.
 * Four and not five, so that the first retry has *begun* within the promised 5 s, whatever the timer and the store take.
 */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(firstRetrySeconds * 2 ** (attempts - 1), longestRetrySeconds)
}

/** Whether a mail of this sign-in may be tried at `now`: still live, something asked for, and its time has come. */
export function isDue(signIn: SignIn, now: number): boolean {
  const { asked, settled, nextAttemptAt } = signIn.delivery
  return isLive(signIn, now) && settled < asked && nextAttemptAt <= now
}

/**
 * The record after one attempt at its next unsettled mail. A sign-in that ended meanwhile is handed back as it is.
 * A retry is never planned past the link's end: there the sign-in expires instead.
 */
export function afterAttempt(signIn: SignIn, end: AttemptEnd, now: number): SignIn {
  const { delivery } = signIn
  if (!isLive(signIn, now) || delivery.settled >= delivery.asked) return signIn
  return { ...signIn, delivery: end === 'deferred' ? deferred(signIn, now) : settled(delivery, end, now) }
}

/**
 * The record while one worker tries its mail: not due for others until `until` (several servers on one store).
 * Nothing that a stream shows is changed by it.
 */
export function claimed(signIn: SignIn, until: number): SignIn {
  return { ...signIn, delivery: { ...signIn.delivery, nextAttemptAt: until } }
}

function isLive(signIn: SignIn, now: number): boolean {
  return !isFinal(at(signIn, now).state)
}

function deferred({ delivery, expiresAt }: SignIn, now: number): Delivery {
  const attempts = delivery.attempts + 1
  const nextAttemptAt = Math.min(now + retryDelaySeconds(attempts), expiresAt)
  return { ...delivery, status: 'deferred', attempts, nextAttemptAt }
}

function settled(delivery: Delivery, end: 'sent' | 'failed', now: number): Delivery {
  const settledNow = delivery.settled + 1
  const status = settledNow < delivery.asked ? 'queued' : end
  return { ...delivery, status, settled: settledNow, attempts: 0, nextAttemptAt: now }
}
