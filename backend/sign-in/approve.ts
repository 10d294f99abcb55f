/**
 * The press on the approve page. Approving alone never delivers: the session goes to the browser that asked, and only because the person
 * carried the number from its screen to this page by hand; or to this browser, after the press "here" (security, "the threat").
 */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { equalText } from '../tokens/secrets.ts'
import type { DeadLinkKind } from './dead-link-page.ts'
import { readLiveToken, withFragment, type Opened } from './open-link.ts'
import { approve, moveHere, reject, wrongNumber, type SignIn } from './sign-in.ts'

export type Choice = { choice: 'there'; number: string } | { choice: 'here' } | { choice: 'reject' }

type Approvable = Extract<Opened, { kind: 'approve' }>
export type Decided =
  | { kind: 'approved' | 'rejected'; page: Approvable }
  | { kind: 'wrong_number'; page: Approvable }
  /** Nothing that could be one was typed: no try. */
  | { kind: 'no_number'; page: Approvable }
  | { kind: 'already_approved'; page: Approvable }
  | { kind: 'here'; url: string }
  | { kind: 'dead'; why: DeadLinkKind; site?: Approvable['site']; backTo?: string; locale?: string }

/**
 * One atomic step in the store; whatever else happens to the sign-in at the same moment, one of them wins and the others see the end.
 * @throws {Problem} `not_found` for "here" where the asking origin has no landing URL
 */
export async function decide(services: Services, token: string, choice: Choice): Promise<Decided> {
  const page = await readLiveToken(services, token, ['link', 'arrival'])
  if (page.kind === 'dead') return page
  try {
    return await steps[choice.choice](services, page, choice.choice === 'there' ? choice.number : '')
  } catch (error) {
    if (error instanceof Problem && error.code === 'already_approved') return { kind: 'already_approved', page }
    if (error instanceof Problem && error.code === 'sign_in_over') return lookAgain(services, token)
    throw error
  }
}

/** Somebody else ended it between the look and the step: say how. */
async function lookAgain(services: Services, token: string): Promise<Decided> {
  const page = await readLiveToken(services, token, ['link', 'arrival'])
  return page.kind === 'dead' ? page : { kind: 'dead', why: 'expired' }
}

const steps: Record<Choice['choice'], (services: Services, page: Approvable, number: string) => Promise<Decided>> = {
  async there(services, page, number) {
    if (page.signIn.state === 'approved') return { kind: 'already_approved', page }
    const typed = number.trim()
    if (!/^\d{1,2}$/.test(typed)) return { kind: 'no_number', page }
    const right = equalText(typed.padStart(2, '0'), services.secrets.numberOf(page.signIn))
    const state = await change(services, page, right ? approve : wrongNumber)
    services.audit({ event: right ? 'sign_in.approved' : 'sign_in.wrong_number', siteId: page.site.id, signInId: page.signIn.id })
    if (right) return { kind: 'approved', page }
    return state === 'pending' ? { kind: 'wrong_number', page } : { kind: 'dead', why: 'rejected', site: page.site, locale: page.signIn.locale, ...(page.landing && { backTo: page.landing }) }
  },

  async here(services, page) {
    if (page.landing === undefined) throw new Problem('not_found')
    const id = services.random.id()
    let moved = page.signIn
    await services.store.signIns.change(page.signIn.id, (signIn) => {
      moved = moveHere(found(signIn), id, services.clock.now())
      return { next: moved, result: undefined }
    })
    if (!moved.handoff) throw new TypeError('a moved sign-in has a handoff')
    services.audit({ event: 'sign_in.moved', siteId: page.site.id, signInId: page.signIn.id })
    return { kind: 'here', url: withFragment(page.landing, services.linkTokens.handoff(moved, moved.handoff, services.clock.now())) }
  },

  async reject(services, page) {
    await change(services, page, reject)
    services.audit({ event: 'sign_in.rejected', siteId: page.site.id, signInId: page.signIn.id })
    return { kind: 'rejected', page }
  },
}

function change({ store, clock }: Services, page: Approvable, step: (signIn: SignIn, now: number) => SignIn): Promise<SignIn['state']> {
  return store.signIns.change(page.signIn.id, (signIn) => {
    const next = step(found(signIn), clock.now())
    return { next, result: next.state }
  })
}

function found(signIn: SignIn | undefined): SignIn {
  if (!signIn) throw new Problem('sign_in_over')
  return signIn
}
