/**
 * "Somebody with this address has signed in here before": a mail that the budget of its address put off goes out on the browser's own. So whoever
 * uses that budget up from elsewhere keeps no mail from a browser that the person has used (R92).
 */
import { giveBack, takeAll, type Taking } from '../budgets.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { markIdOf } from '../tokens/browser-mark.ts'
import { at, isFinal, isPutOff, release, type SignIn } from './sign-in.ts'
import { provesVerifier } from './verifier.ts'

/**
 * Says nothing of the mark: with and without one, and for every address, it resolves alike (R14).
 * @param marksFor what this browser holds for a site
 * @throws {Problem} `invalid_grant` (wrong V, unknown id, or over)
 */
export async function vouch(services: Services, id: string, verifier: string, marksFor: (siteId: string) => string[]): Promise<void> {
  const { store, clock, secrets } = services
  const now = clock.now()
  const signIn = await store.signIns.get(id)
  if (!signIn || !provesVerifier(signIn, verifier) || isFinal(at(signIn, now).state)) throw new Problem('invalid_grant')
  const user = await store.users.findByAddress(signIn.siteId, signIn.address)
  const [mark] = marksFor(signIn.siteId).flatMap((each) => markIdOf(secrets, each, user, now) ?? [])
  if (mark === undefined || !isPutOff(signIn, now)) return
  // The mark's own comes first: one that is used up takes nothing from the others of that address.
  const takings: Taking[] = [{ limit: 'start.mark', whose: mark }, { limit: 'start.marked', whose: secrets.pseudonym(signIn.address) }]
  const taken = await takeAll(services, takings)
  if (!taken) return
  if (await releaseMail(services, id)) services.audit({ event: 'sign_in.vouched', siteId: signIn.siteId, signInId: id })
  else await giveBack(services, taken)
}

/** False where it is put off no more: another tab vouched, or it is over. */
async function releaseMail({ store, clock, wakeDelivery }: Services, id: string): Promise<boolean> {
  const isReleased = await store.signIns.change(id, (found: SignIn | undefined) => {
    const now = clock.now()
    return found && isPutOff(found, now) ? { next: release(found, now), result: true } : { result: false }
  })
  if (isReleased) wakeDelivery()
  return isReleased
}
