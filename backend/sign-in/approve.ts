/**
 * The press on the approve page. Approving alone never delivers: the session goes to the browser that asked, and only because the person
 * carried the number from its screen to this page by hand; or to this browser, after the press "here" (security, "the threat").
 */
import { createHash } from 'node:crypto'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { LinkTokenKind } from '../tokens/link-token.ts'
import { equalText } from '../tokens/secrets.ts'
import { readLiveToken, withFragment, type Opened } from './open-link.ts'
import { approve, handoffSeconds, moveHere, pressAgainSeconds, reject, wrongNumber, type SignIn } from './sign-in.ts'

/** `page`: the random id of the page that was pressed on, by which a double click or a reload is known for what it is. */
export type Choice = ({ choice: 'there'; number: string } | { choice: 'here' } | { choice: 'reject' }) & { page?: string | undefined }

type Approvable = Extract<Opened, { kind: 'approve' }>
type Dead = Extract<Opened, { kind: 'dead' }>
type Shown = Omit<Approvable, 'kind' | 'token'> & { token?: string }
export type Decided =
  | { kind: 'approved'; page: Shown }
  | { kind: 'rejected'; page: Shown }
  | { kind: 'wrong_number'; page: Approvable }
  /** The site is strict: no press brings a session elsewhere. */
  | { kind: 'strict'; page: Approvable }
  /** Nothing that could be one was typed: no try. */
  | { kind: 'no_number'; page: Approvable }
  | { kind: 'already_approved'; page: Approvable }
  | { kind: 'here'; url: string }
  | Dead

/**
 * One atomic step in the store; whatever else happens to the sign-in at the same moment, one of them wins and the others see the end.
 * The very same press once more changes nothing, and is answered as it was the first time.
 * @throws {Problem} `not_found` for "here" where the asking origin has no landing URL
 */
export async function decide(services: Services, token: string, choice: Choice): Promise<Decided> {
  const page = await readLiveToken(services, token, kinds)
  const press = pressOf(choice)
  const before = again(services, page, { press, choice })
  if (before) return before
  if (page.kind === 'dead') return page
  if (page.site.strict && choice.choice !== 'reject') return { kind: 'strict', page }
  try {
    return (await steps[choice.choice](services, page, { press, number: choice.choice === 'there' ? choice.number.trim() : '' })) ?? (await lookAgain(services, token, { press, choice }))
  } catch (error) {
    if (error instanceof Problem && error.code === 'already_approved') return { kind: 'already_approved', page }
    if (error instanceof Problem && error.code === 'sign_in_over') return lookAgain(services, token, { press, choice })
    throw error
  }
}

const kinds: LinkTokenKind[] = ['link', 'arrival']
const isNumber = (typed: string): boolean => /^\d{1,2}$/.test(typed)

/** Of one page, one choice and one number: anything else is another press. As a hash: the record that knows it tells neither number nor page (R6). */
function pressOf({ page, ...choice }: Choice): string | undefined {
  const number = choice.choice === 'there' ? choice.number.trim() : ''
  return page === undefined || (choice.choice === 'there' && !isNumber(number)) ? undefined : createHash('sha256').update(`${page}.${choice.choice}.${number}`).digest('base64url')
}

/** Somebody else ended it between the look and the step: say how. */
async function lookAgain(services: Services, token: string, pressed: Pressed): Promise<Decided> {
  const page = await readLiveToken(services, token, kinds)
  return again(services, page, pressed) ?? (page.kind === 'dead' ? page : { kind: 'dead', why: 'expired' })
}

type Pressed = { press: string | undefined; choice: Choice }

/** What the press was answered that the record knows as its last one. Whoever has the link and not that page gets nothing by it. */
function again(services: Services, page: Approvable | Dead, { press, choice }: Pressed): Decided | undefined {
  const seen = page.kind === 'dead' ? page.over : page
  if (!seen || press === undefined || seen.signIn.press !== press) return undefined
  const { signIn, landing } = seen
  const isJustNow = (at: number): boolean => services.clock.now() < at + pressAgainSeconds
  if (page.kind === 'approve') return { kind: signIn.state === 'approved' ? 'approved' : 'wrong_number', page }
  if (signIn.state === 'rejected' && choice.choice === 'reject') return { kind: 'rejected', page: seen }
  if (signIn.completed?.by === 'approval' && isJustNow(signIn.completed.at)) return { kind: 'approved', page: seen }
  if (landing !== undefined && signIn.handoff && isJustNow(pressedAt(signIn.handoff))) return { kind: 'here', url: hereUrl(services, { ...seen, landing }, signIn.handoff) }
  return undefined
}

const pressedAt = (handoff: { expiresAt: number }): number => handoff.expiresAt - handoffSeconds

function hereUrl({ linkTokens }: Services, page: { signIn: SignIn; landing: string }, handoff: { id: string; expiresAt: number }): string {
  return withFragment(page.landing, linkTokens.handoff(page.signIn, handoff, pressedAt(handoff)))
}

type Press = { press: string | undefined; number: string }

/** Each gives nothing where the record had taken this very press before. */
const steps: Record<Choice['choice'], (services: Services, page: Approvable, press: Press) => Promise<Decided | undefined>> = {
  async there(services, page, { press, number: typed }) {
    if (page.signIn.state === 'approved') return { kind: 'already_approved', page }
    if (!isNumber(typed)) return { kind: 'no_number', page }
    const right = equalText(typed.padStart(2, '0'), services.secrets.numberOf(page.signIn))
    const next = await change(services, page, press, right ? approve : wrongNumber)
    if (!next) return undefined
    services.audit({ event: right ? 'sign_in.approved' : 'sign_in.wrong_number', siteId: page.site.id, signInId: page.signIn.id })
    if (right) return { kind: 'approved', page }
    return next.state === 'pending' ? { kind: 'wrong_number', page } : { kind: 'dead', why: 'rejected', site: page.site, locale: page.signIn.locale, ...(page.landing && { backTo: page.landing }) }
  },

  async here(services, page, { press }) {
    const { landing } = page
    if (landing === undefined) throw new Problem('not_found')
    const id = services.random.id()
    const moved = await change(services, page, press, (signIn, now) => moveHere(signIn, id, now))
    if (!moved) return undefined
    if (!moved.handoff) throw new TypeError('a moved sign-in has a handoff')
    services.audit({ event: 'sign_in.moved', siteId: page.site.id, signInId: page.signIn.id })
    return { kind: 'here', url: hereUrl(services, { signIn: moved, landing }, moved.handoff) }
  },

  async reject(services, page, { press }) {
    if (!(await change(services, page, press, reject))) return undefined
    services.audit({ event: 'sign_in.rejected', siteId: page.site.id, signInId: page.signIn.id })
    return { kind: 'rejected', page }
  },
}

/** @returns the record after the step; nothing where this very press was taken before, and then nothing is changed */
function change({ store, clock }: Services, page: Approvable, press: string | undefined, step: (signIn: SignIn, now: number) => SignIn): Promise<SignIn | undefined> {
  return store.signIns.change<SignIn | undefined>(page.signIn.id, (signIn) => {
    if (press !== undefined && signIn?.press === press) return { result: undefined }
    const next = step(found(signIn), clock.now())
    const pressed = { ...next, press }
    return { next: pressed, result: pressed }
  })
}

function found(signIn: SignIn | undefined): SignIn {
  if (!signIn) throw new Problem('sign_in_over')
  return signIn
}
