/** "Send it again": the same sign-in, link and code; tries are not reset. Only the browser that asked can. */
import { Problem } from '../problems.ts'
import type { ResendAnswer } from '../protocol.ts'
import type { Services } from '../services.ts'
import { askAgain, isFinal, at, type SignIn } from './sign-in.ts'
import { mailBudget, resendSeconds } from './start-sign-in.ts'
import { provesVerifier } from './verifier.ts'

/** @throws {Problem} `invalid_grant` (wrong V, unknown id, or over), `rate_limited` (too early) */
export async function resend(services: Services, id: string, verifier: string): Promise<ResendAnswer> {
  const { store, clock } = services
  const signIn = await store.signIns.get(id)
  mayResend(signIn, verifier, clock.now())
  const within = await store.signIns.changeCounted(id, mailBudget(services, services.secrets.pseudonym(signIn.address)), (found, taken) => {
    const now = clock.now()
    mayResend(found, verifier, now)
    return { next: askAgain(found, now, taken ? 'queued' : 'deferred'), result: taken }
  })
  if (!within) services.limitReached('start.address')
  services.wakeDelivery()
  services.audit({ event: 'sign_in.resent', siteId: signIn.siteId, signInId: id })
  return { resend_in: resendSeconds }
}

function mayResend(signIn: SignIn | undefined, verifier: string, now: number): asserts signIn is SignIn {
  if (!signIn || !provesVerifier(signIn, verifier)) throw new Problem('invalid_grant')
  if (isFinal(at(signIn, now).state) || signIn.state === 'approved') throw new Problem('invalid_grant')
  const wait = signIn.delivery.lastAskedAt + resendSeconds - now
  if (wait > 0) throw new Problem('rate_limited', { retryAfterSeconds: Math.ceil(wait) })
}
