/**
 * "Somebody with this address has signed in here before": a mail that the budget of its address put off goes out on the browser's own. So whoever
 * uses that budget up from elsewhere keeps no mail from a browser that the person has used (R92).
 */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Counted } from '../store/store.ts'
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
  const counted = markBudgets(services, mark, signIn.address)
  if (!(await takeAll(services, counted))) return
  if (await releaseMail(services, id)) services.audit({ event: 'sign_in.vouched', siteId: signIn.siteId, signInId: id })
  else await giveBack(services, counted)
}

/** The mark's own comes first: one that is used up takes nothing from the others of that address. */
function markBudgets({ clock, config, secrets }: Services, mark: string, address: string): Counted[] {
  const now = clock.now()
  return [
    { key: `start.mark:${mark}`, budget: config.limits['start.mark'], now },
    { key: `start.marked:${secrets.pseudonym(address)}`, budget: config.limits['start.marked'], now },
  ]
}

async function takeAll(services: Services, counted: Counted[]): Promise<boolean> {
  const answer = await services.store.counters.takeEach(counted)
  if (answer.taken) return true
  const refusing = counted.findIndex(({ key }) => key === answer.key)
  services.limitReached(refusing === 0 ? 'start.mark' : 'start.marked')
  await giveBack(services, counted.slice(0, refusing))
  return false
}

async function giveBack({ store }: Services, counted: Counted[]): Promise<void> {
  for (const { key } of counted) await store.counters.giveBack(key)
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
