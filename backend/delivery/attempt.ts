/** One attempt at one mail: take it, send it (or look as if), write down what came of it. */
import type { Clock } from '../clock.ts'
import { afterAttempt, claimed, isDue } from '../sign-in/delivery-fate.ts'
import { at, type SignIn } from '../sign-in/sign-in.ts'
import type { SignInStore } from '../store/store.ts'
import type { Timer } from '../timer.ts'
import type { DeliveryResult } from './delivery.ts'
import type { Dispatch, LetterOrder } from './letter-order.ts'
import { reasonOf } from './reason.ts'
import { silentAttempts } from './silent-attempts.ts'

/** Fields first, then a fixed text, like pino. Nothing of the address or the letter is logged (R81): the first six characters of the id, status, attempt and reason. */
export type QueueLog = Record<'info' | 'warn' | 'error', (fields: object, text: string) => void>

export type Attempts = {
  signIns: Pick<SignInStore, 'change'>
  /** Never rejects; bounded in time. */
  deliver: Dispatch['deliver']
  /** The work of a delivery without one, for silent mails. */
  rehearse: Dispatch['rehearse']
  /** Asks the mail server how it fares, so that silent mails look alike after a quiet hour too. */
  ready?: Dispatch['ready']
  /** What the next unsettled mail of that sign-in is written from; nothing where there is none to write any more (its site is gone). */
  orderOf: (signIn: SignIn) => Promise<LetterOrder | undefined> | LetterOrder | undefined
  /** Counts how attempts end. */
  count?: (result: DeliveryResult['status'] | 'silent', signIn: SignIn) => void
  clock: Pick<Clock, 'now'>
  log: QueueLog
  timer: Timer
  claimSeconds: number
}

/** How soon to try again when the store could not be asked or told. */
export const troubleSeconds = 4

/** Timers ring late, the more a machine has to do: silent attempts set out as much earlier as those before them came late. */
const mostLateSeconds = 0.05

/**
 * Makes one attempt. Rejects when the store could not hand the mail over: then nothing was sent.
 * @param ended is called when the mail server is done with it, and what came of it is still to be written down
 */
export type Attempt = (signIn: SignIn, ended?: () => void) => Promise<void>

export function attempts(options: Attempts): Attempt {
  const { clock, ready } = options
  // Apart: a text message takes another time than a mail. Only the mail server can be asked.
  const looks = { email: silentAttempts({ now: () => clock.now(), ...(ready && { ready }) }), sms: silentAttempts({ now: () => clock.now() }) }

  let lateSeconds = 0
  // The letter is written and set all the same: else whoever asks for something else at that moment would feel that nothing was done (R14).
  const pretend = async (signIn: SignIn): Promise<DeliveryResult> => {
    const startedAt = clock.now()
    const written = await handOver(options.rehearse, options, signIn)
    const { end, seconds } = await looks[signIn.channel].next()
    await new Promise<void>((resolve) => options.timer(Math.max(0, seconds - lateSeconds - (clock.now() - startedAt)), resolve))
    lateSeconds = Math.min(Math.max(0, lateSeconds + (clock.now() - startedAt - seconds) / 10), mostLateSeconds)
    if (written.status !== 'sent') return written
    return end === 'sent' ? { status: end } : { status: end, reason: 'silent' }
  }
  const send = async (signIn: SignIn): Promise<DeliveryResult> => {
    const startedAt = clock.now()
    const result = await handOver(options.deliver, options, signIn)
    looks[signIn.channel].note(result.status, clock.now() - startedAt)
    return result
  }
  return async ({ id }, ended) => {
    const signIn = await take(options, id)
    if (!signIn) return
    const result = await (signIn.delivery.silent ? pretend(signIn) : send(signIn))
    options.count?.(signIn.delivery.silent ? 'silent' : result.status, signIn)
    logResult(options.log, signIn, result)
    ended?.()
    await record(options, signIn, result)
  }
}

/** The record as it is now, if its mail is still to be tried; with `claimSeconds`, no other server gets it for so long. */
function take({ signIns, clock, claimSeconds }: Attempts, id: string): Promise<SignIn | undefined> {
  return signIns.change<SignIn | undefined>(id, (found) => {
    const now = clock.now()
    if (!found) return { result: undefined }
    const current = at(found, now)
    // Past its end: written down, so that the store does not name it as due again.
    if (current !== found) return { next: current, result: undefined }
    if (!isDue(found, now)) return { result: undefined }
    return claimSeconds > 0 ? { next: claimed(found, now + claimSeconds), result: found } : { result: found }
  })
}

async function handOver(to: Dispatch['deliver'], { orderOf }: Attempts, signIn: SignIn): Promise<DeliveryResult> {
  try {
    const order = await orderOf(signIn)
    return order ? await to(order) : { status: 'failed', reason: 'no letter to write' }
  } catch (cause) {
    return { status: 'deferred', reason: reasonOf(cause) }
  }
}

/** Goes on until the store takes it, up to the link's end: asking the store anew would send the mail a second time. */
async function record({ signIns, clock, log, timer }: Attempts, signIn: SignIn, { status }: DeliveryResult): Promise<void> {
  do {
    try {
      return await signIns.change(signIn.id, (found) => {
        const next = found && afterAttempt(found, status, clock.now())
        return next && next !== found ? { next, result: undefined } : { result: undefined }
      })
    } catch (cause) {
      log.error({ signIn: signIn.id.slice(0, 6), status, reason: reasonOf(cause) }, 'the fate of a mail could not be kept')
    }
    await new Promise<void>((resolve) => timer(troubleSeconds, resolve))
  } while (clock.now() < signIn.expiresAt)
}

function logResult(log: QueueLog, { id, delivery }: SignIn, result: DeliveryResult): void {
  const fields = { signIn: id.slice(0, 6), status: result.status, attempt: delivery.attempts + 1 }
  if (result.status === 'sent') log.info(fields, 'mail sent')
  else log.warn({ ...fields, reason: result.reason }, 'mail not sent')
}
