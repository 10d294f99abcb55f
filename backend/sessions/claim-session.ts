/**
 * From a proved sign-in to a session: the one place where sessions begin.
 *
 * `{sign_in, verifier}` after approval · `{arrival, verifier}` in the same browser · `{sign_in, verifier, code}` · `{handoff}` after "here".
 * Every refusal is the same `invalid_grant`; a wrong verifier burns nothing, because without V nobody is that browser.
 */
import { countedFor, limitOf, type Taking } from '../budgets.ts'
import type { LimitName } from '../config-limits.ts'
import { Problem } from '../problems.ts'
import type { ClaimRequest } from '../protocol.ts'
import type { Services } from '../services.ts'
import { complete, completeMoved, repeatSeconds, wrongCode, type CompletedBy, type SignIn } from '../sign-in/sign-in.ts'
import { provesVerifier } from '../sign-in/verifier.ts'
import { siteAllowsOrigin } from '../sites/origins.ts'
import type { Site } from '../sites/site.ts'
import type { Completing, CompletingStep, Counted } from '../store/store.ts'
import { markIdOf } from '../tokens/browser-mark.ts'
import type { Proof } from '../tokens/dpop-proof.ts'
import { equalText } from '../tokens/secrets.ts'
import { maySignIn } from '../users/may-sign-in.ts'
import type { User } from '../users/user.ts'
import { currentSession } from './refresh-session.ts'
import { isOver, type Session } from './session.ts'

/** How the request came: which key it proved (RFC 9449), and the browser in words. */
export type Claimant = { proof?: Proof; browser: string; /** The refresh secret that the browser holds for a site already. */ heldAt?: (siteId: string) => string | undefined; /** The marks that it has of who signed in there before. */ marksFor?: (siteId: string) => string[] }
export type Claimed = { user: User; session: Session; returnTo?: string }

/** `expired`: good for a repeat at the most. */
type Grant = { id: string; by: CompletedBy; verifier?: string; code?: string; handoffId?: string; expired?: boolean }

/** @throws {Problem} `invalid_grant`, whatever was wrong; `invalid_dpop_proof` where a repeat proves another key */
export async function claimSession(services: Services, request: ClaimRequest, claimant: Claimant): Promise<Claimed> {
  const grant = readGrant(services, request)
  const outcome = await claimOnce(services, { grant, claimant })
  tell(services, grant, outcome)
  if (outcome.kind === 'claimed') return outcome
  throw outcome.kind === 'refused' ? outcome.problem : new Problem('invalid_grant')
}

function tell({ audit, limitReached }: Services, { id: signInId }: Grant, outcome: Outcome): void {
  const { siteId } = outcome
  // Nothing is known of it.
  if (siteId === undefined) return
  if (outcome.kind === 'refused') {
    if (outcome.limit !== undefined) limitReached(outcome.limit)
    return audit({ event: 'session.claim_refused', siteId, signInId, why: outcome.why })
  }
  if (outcome.kind === 'wrong_code') {
    audit({ event: 'sign_in.wrong_code', siteId, signInId })
    if (outcome.isOver) audit({ event: 'sign_in.rejected', siteId, signInId })
    return
  }
  const { user, session, isNewUser, isRepeat } = outcome
  if (isNewUser) audit({ event: 'user.created', siteId, userId: user.id })
  // A repeat costs whoever holds V nothing: told each time, it would push all else out of the log.
  if (!isRepeat) audit({ event: 'session.claimed', siteId, signInId, userId: user.id, sessionId: session.id })
}

async function claimOnce(services: Services, about: About): Promise<Outcome> {
  const { grant, claimant } = about
  const { signIns } = services.store
  const refusal = grant.by === 'handoff' ? await leaveOthersSignedIn(services, grant.id, claimant) : undefined
  if (refusal) return refusal
  const budgets = grant.code === undefined ? undefined : (found: Completing) => codeBudgets(services, claimant, found)
  const step = (found: Completing, usedUp?: Counted) => decide(services, about, found, usedUp)
  if (claimant.proof) {
    // Spent on what will be accepted and on nothing else, so first it is only looked at: within the same budgets, or what was spent would tell.
    const outcome = await signIns.complete(grant.id, (...seen) => ({ result: step(...seen).result }), budgets)
    const problem = outcome.kind === 'claimed' ? await problemOf(claimant.proof.spend()) : undefined
    if (problem) return refused(problem, outcome.siteId)
  }
  return signIns.complete(grant.id, step, budgets)
}

/**
 * A handoff was pressed for in some browser, and whoever holds it may send anybody's to the landing page: nobody is put into a stranger's account
 * in place of their own (R8). The same person's session is renewed by it.
 * @returns the refusal, before anything is spent
 */
async function leaveOthersSignedIn(services: Services, id: string, { heldAt }: Claimant): Promise<Outcome | undefined> {
  const signIn = await services.store.signIns.get(id)
  const refreshToken = signIn && heldAt?.(signIn.siteId)
  if (!signIn || refreshToken === undefined) return undefined
  const held = await currentSession(services, { siteId: signIn.siteId, refreshToken }).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'signed_out') return undefined
    throw error
  })
  return held && held.user.address !== signIn.address ? refused(new Problem('other_session'), signIn.siteId) : undefined
}

/** What it was refused with. */
const problemOf = (asked: Promise<void>): Promise<Problem | undefined> =>
  asked.then(() => undefined, (error: unknown) => (error instanceof Problem ? error : Promise.reject(error)))

function readGrant({ linkTokens, clock }: Services, request: ClaimRequest): Grant {
  if ('sign_in' in request) {
    const { sign_in: id, verifier } = request
    return 'code' in request ? { id, by: 'code', verifier, code: request.code } : { id, by: 'approval', verifier }
  }
  const kind = 'arrival' in request ? 'arrival' : 'handoff'
  const read = linkTokens.read('arrival' in request ? request.arrival : request.handoff, [kind], clock.now())
  if (!read) throw new Problem('invalid_grant')
  if ('arrival' in request) return { id: read.signInId, by: 'arrival', verifier: request.verifier, expired: read.expired }
  if (read.expired) throw new Problem('invalid_grant')
  return { id: read.signInId, by: 'handoff', ...(read.handoffId !== undefined && { handoffId: read.handoffId }) }
}

const proves = (signIn: SignIn, grant: Grant): boolean => grant.by === 'handoff' || provesVerifier(signIn, grant.verifier ?? '')

/** A browser in which that person has signed in has budgets of its own: whoever uses up the others keeps no code from it (R92). */
function codeBudgets(services: Services, { marksFor }: Claimant, { signIn, user }: Completing): Counted[] {
  if (!signIn) return []
  const { secrets, clock } = services
  const { siteId, address } = signIn
  const isKnown = (marksFor?.(siteId) ?? []).some((mark) => markIdOf(secrets, mark, user, clock.now()) !== undefined)
  const whose = isKnown ? `${siteId}:marked` : siteId
  const takings: Taking[] = [{ limit: 'code.address', whose: `${whose}:${secrets.pseudonym(address)}` }, { limit: 'code.site', whose }]
  return takings.map((taking) => countedFor(services, taking))
}

type About = { grant: Grant; claimant: Claimant }
type Outcome =
  | { kind: 'claimed'; siteId: string; user: User; session: Session; isNewUser: boolean; isRepeat: boolean; returnTo?: string }
  | { kind: 'wrong_code'; siteId: string; isOver: boolean }
  | { kind: 'refused'; problem: Problem; siteId: string | undefined; why: string; limit: LimitName | undefined }

const refused = (problem: Problem, siteId: string | undefined, why: string = problem.code, limit?: LimitName): Outcome => ({ kind: 'refused', problem, siteId, why, limit })

/** The atomic step: a refusal, a repeat of what has been, a wrong code counted, or the one completion. Pure but for fresh ids. */
function decide(services: Services, about: About, { signIn, site, user, session }: Completing, usedUp: Counted | undefined): CompletingStep<Outcome> {
  if (!signIn || !site) return { result: refused(new Problem('invalid_grant'), undefined) }
  if (!siteAllowsOrigin(site, signIn.origin, services.config) || !proves(signIn, about.grant)) return { result: refused(new Problem('invalid_grant'), site.id, 'not_proved') }
  // Looked at and counted with the code: parallel guesses never outrun a budget, and right ones take nothing (R5).
  if (usedUp) return { result: refused(new Problem('invalid_grant'), site.id, 'invalid_grant', limitOf(usedUp)) }
  try {
    return decideProved(services, about, { signIn, site, user, session })
  } catch (error) {
    if (error instanceof Problem) return { result: refused(error, site.id) }
    throw error
  }
}

type Proved = { signIn: SignIn; site: Site; user: User | undefined; session: Session | undefined }

function decideProved(services: Services, about: About, found: Proved): CompletingStep<Outcome> {
  const now = services.clock.now()
  const { signIn, site, user } = found
  const mayNot = !maySignIn(site, signIn.address, user)
  // A code for somebody who may not sign in costs what a wrong one costs, in tries and in time (R14).
  const codeIsWrong = about.grant.code !== undefined && (!equalText(about.grant.code, services.secrets.codeOf(signIn)) || mayNot)
  if (mayNot && !codeIsWrong) throw new Problem('invalid_grant')
  if (signIn.completed) return { result: repeat(found, about, codeIsWrong, now) }
  if (about.grant.expired) throw new Problem('invalid_grant')
  return refusingAlike(() => {
    if (about.grant.by === 'code' && signIn.codeTriesLeft < 1) throw new Problem('invalid_grant')
    if (!codeIsWrong) return begin(services, about, found, now)
    const next = wrongCode(signIn, now)
    return { next: { signIn: next }, result: { kind: 'wrong_code', siteId: site.id, isOver: next.state === 'rejected' }, counts: true }
  })
}

/** The answer was lost: the same session again, never a second one. A handoff has no second use. */
function repeat({ signIn, user, session }: Proved, { grant, claimant }: About, codeIsWrong: boolean, now: number): Outcome {
  const inTime = signIn.completed && now - signIn.completed.at <= repeatSeconds
  if (!inTime || grant.by === 'handoff' || signIn.completed?.by === 'handoff' || codeIsWrong) throw new Problem('invalid_grant')
  if (!user || !session || session.generation !== 0 || isOver(session, now)) throw new Problem('invalid_grant')
  if (session.jkt !== claimant.proof?.jkt) throw new Problem('invalid_dpop_proof')
  return { kind: 'claimed', siteId: session.siteId, user, session, isNewUser: false, isRepeat: true, ...returnToOf(signIn) }
}

const returnToOf = ({ returnTo }: SignIn) => (returnTo === undefined ? undefined : { returnTo })

function begin(services: Services, { grant, claimant }: About, { signIn, site, user: known }: Proved, now: number): CompletingStep<Outcome> {
  const user = known ?? newUser(services, signIn, now)
  const sessionId = services.random.id()
  const completed =
    grant.by === 'handoff' ? completeMoved(signIn, grant.handoffId ?? '', sessionId, now) : complete(signIn, grant.by, sessionId, now)
  const session: Session = {
    id: sessionId,
    siteId: site.id,
    userId: user.id,
    generation: 0,
    seed: services.random.id(),
    createdAt: now,
    lastSeenAt: now,
    rotatedAt: now,
    idleSeconds: site.idleSeconds,
    absoluteEndAt: now + site.absoluteSeconds,
    authTime: services.clock.wall(),
    amr: [grant.by === 'code' ? 'otp' : 'link', ...(signIn.channel === 'sms' ? ['sms'] : [])],
    browser: claimant.browser,
    ...(claimant.proof && { jkt: claimant.proof.jkt }),
  }
  const seen = { ...user, lastSignInAt: now }
  return { next: { signIn: completed, user: seen, session }, result: { kind: 'claimed', siteId: site.id, user: seen, session, isNewUser: !known, isRepeat: false, ...returnToOf(signIn) } }
}

function newUser({ random }: Services, { siteId, channel, address }: SignIn, now: number): User {
  return { id: random.id(), siteId, channel, address, createdAt: now, roles: [], metadata: {} }
}

function refusingAlike<Result>(step: () => Result): Result {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof Problem) throw new Problem('invalid_grant', { cause })
    throw cause
  }
}
