/**
 * From a proved sign-in to a session: the one place where sessions begin.
 *
 * `{sign_in, verifier}` after approval · `{arrival, verifier}` in the same browser · `{sign_in, verifier, code}` · `{handoff}` after "here".
 * Every refusal is the same `invalid_grant`; a wrong verifier burns nothing, because without V nobody is that browser.
 */
import { countedFor, type Taking } from '../budgets.ts'
import { Problem } from '../problems.ts'
import type { ClaimRequest } from '../protocol.ts'
import type { Services } from '../services.ts'
import { complete, completeMoved, repeatSeconds, wrongCode, type CompletedBy, type SignIn } from '../sign-in/sign-in.ts'
import { provesVerifier } from '../sign-in/verifier.ts'
import { siteAllowsOrigin } from '../sites/origins.ts'
import type { Site } from '../sites/site.ts'
import type { Completing, CompletingStep } from '../store/store.ts'
import { markIdOf } from '../tokens/browser-mark.ts'
import type { Proof } from '../tokens/dpop-proof.ts'
import { equalText } from '../tokens/secrets.ts'
import { maySignIn } from '../users/may-sign-in.ts'
import type { User } from '../users/user.ts'
import { removeSession } from './end-session.ts'
import { currentSession } from './refresh-session.ts'
import { isOver, type Session } from './session.ts'

/** How the request came: which key it proved (RFC 9449), and the browser in words. */
export type Claimant = { proof?: Proof; browser: string; /** The refresh secret that the browser holds for a site already. */ heldAt?: (siteId: string) => string | undefined; /** The marks that it has of who signed in there before. */ marksFor?: (siteId: string) => string[] }
export type Claimed = { site: Site; user: User; session: Session; returnTo?: string }

/** `expired`: good for a repeat at the most. */
type Grant = { id: string; by: CompletedBy; verifier?: string; code?: string; handoffId?: string; expired?: boolean }

/** @throws {Problem} `invalid_grant`, whatever was wrong; `invalid_dpop_proof` where a repeat proves another key */
export async function claimSession(services: Services, request: ClaimRequest, claimant: Claimant): Promise<Claimed> {
  const grant = readGrant(services, request)
  const signIn = await services.store.signIns.get(grant.id)
  const site = signIn && (await services.store.sites.get(signIn.siteId))
  if (!signIn || !site) throw new Problem('invalid_grant')
  const refused = (why: string) => services.audit({ event: 'session.claim_refused', siteId: site.id, signInId: grant.id, why })
  if (!siteAllowsOrigin(site, signIn.origin, services.config) || !proves(signIn, grant)) {
    refused('not_proved')
    throw new Problem('invalid_grant')
  }
  const outcome = await claimOnce(services, { site, grant, claimant }, signIn).catch((error: unknown) => {
    if (error instanceof Problem) refused(error.code)
    throw error
  })
  if (outcome.kind === 'wrong_code') {
    services.audit({ event: 'sign_in.wrong_code', siteId: site.id, signInId: grant.id })
    if (outcome.isOver) services.audit({ event: 'sign_in.rejected', siteId: site.id, signInId: grant.id })
    throw new Problem('invalid_grant')
  }
  const { user, session } = outcome
  await refuseIfShutOut(services, session, user)
  if (outcome.isNewUser) services.audit({ event: 'user.created', siteId: site.id, userId: user.id })
  // A repeat costs whoever holds V nothing: told each time, it would push all else out of the log.
  if (!outcome.isRepeat) services.audit({ event: 'session.claimed', siteId: site.id, signInId: grant.id, userId: user.id, sessionId: session.id })
  return { site, user, session, ...(signIn.returnTo !== undefined && { returnTo: signIn.returnTo }) }
}

/** A proof is spent on what will be accepted and on nothing else, so first it is only looked at: within the same budgets, or what was spent would tell. */
async function claimOnce(services: Services, about: About, signIn: SignIn): Promise<Outcome> {
  const { grant, claimant } = about
  if (grant.by === 'handoff') await leaveOthersSignedIn(services, signIn, claimant.heldAt?.(signIn.siteId))
  const budgets = grant.code === undefined ? undefined : await codeBudgets(services, signIn, claimant.marksFor?.(signIn.siteId) ?? [])
  const run = (step: Deciding) => (budgets ? withinCodeBudgets(services, signIn, budgets, step) : services.store.signIns.complete(grant.id, step))
  if (claimant.proof) {
    const outcome = await run((found) => ({ result: decide(services, about, found).result, counts: false }))
    if (outcome.kind === 'claimed') await claimant.proof.spend()
  }
  return run((found) => {
    const step = decide(services, about, found)
    return { ...step, counts: step.result.kind === 'wrong_code' }
  })
}

type Deciding = (found: Completing) => CompletingStep<Outcome> & { counts: boolean }

/**
 * A handoff was pressed for in some browser, and whoever holds it may send anybody's to the landing page: nobody is put into a stranger's account
 * in place of their own (R8). The same person's session is renewed by it.
 * @throws {Problem} `other_session`; nothing is spent then
 */
async function leaveOthersSignedIn(services: Services, { siteId, address }: SignIn, refreshToken: string | undefined): Promise<void> {
  const held = await currentSession(services, { siteId, refreshToken }).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'signed_out') return undefined
    throw error
  })
  if (held && held.user.address !== address) throw new Problem('other_session')
}

/** The site was read before the step, and its owner may have narrowed it in between: then nobody else ends this session (R24). */
async function refuseIfShutOut({ store }: Services, session: Session, user: User): Promise<void> {
  const site = await store.sites.get(session.siteId)
  if (site && maySignIn(site, user.address, user)) return
  await removeSession(store, session)
  throw new Problem('invalid_grant')
}

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
async function codeBudgets({ store, secrets, clock }: Services, { siteId, address }: SignIn, marks: string[]): Promise<Taking[]> {
  const user = marks.length > 0 ? await store.users.findByAddress(siteId, address) : undefined
  const isKnown = marks.some((mark) => markIdOf(secrets, mark, user, clock.now()) !== undefined)
  const whose = isKnown ? `${siteId}:marked` : siteId
  return [{ limit: 'code.address', whose: `${whose}:${secrets.pseudonym(address)}` }, { limit: 'code.site', whose }]
}

/** Looked at and counted with the code, in one step: parallel guesses never outrun a budget, and right ones take nothing (R5). @throws {Problem} `invalid_grant` past a budget */
async function withinCodeBudgets(services: Services, signIn: SignIn, takings: Taking[], step: Deciding): Promise<Outcome> {
  const counted = takings.map((taking) => countedFor(services, taking))
  const answer = await services.store.signIns.completeCounted(signIn.id, counted, step)
  if ('result' in answer) return answer.result
  for (const { limit } of takings.filter((_, index) => counted[index]?.key === answer.usedUp)) services.limitReached(limit)
  throw new Problem('invalid_grant')
}

type About = { site: Site; grant: Grant; claimant: Claimant }
type Outcome = { kind: 'claimed'; user: User; session: Session; isNewUser?: boolean; isRepeat?: boolean } | { kind: 'wrong_code'; isOver: boolean }

/** The atomic step: a repeat of what has been, a wrong code counted, or the one completion. Pure but for fresh ids. */
function decide(services: Services, about: About, found: Completing): CompletingStep<Outcome> {
  const now = services.clock.now()
  const { signIn, user } = found
  if (!signIn) throw new Problem('invalid_grant')
  const mayNot = !maySignIn(about.site, signIn.address, user)
  // A code for somebody who may not sign in costs what a wrong one costs, in tries and in time (R14).
  const codeIsWrong = about.grant.code !== undefined && (!equalText(about.grant.code, services.secrets.codeOf(signIn)) || mayNot)
  if (mayNot && !codeIsWrong) throw new Problem('invalid_grant')
  if (signIn.completed) return { result: repeat(found, about, codeIsWrong, now) }
  if (about.grant.expired) throw new Problem('invalid_grant')
  return refusingAlike(() => {
    if (about.grant.by === 'code' && signIn.codeTriesLeft < 1) throw new Problem('invalid_grant')
    if (codeIsWrong) {
      const next = wrongCode(signIn, now)
      return { next: { signIn: next }, result: { kind: 'wrong_code', isOver: next.state === 'rejected' } }
    }
    const step = begin(services, about, { signIn, user: user ?? newUser(services, signIn, now) }, now)
    return { ...step, result: { ...step.result, isNewUser: !user } }
  })
}

/** The answer was lost: the same session again, never a second one. A handoff has no second use. */
function repeat({ signIn, user, session }: Completing, { grant, claimant }: About, codeIsWrong: boolean, now: number): Outcome {
  const inTime = signIn?.completed && now - signIn.completed.at <= repeatSeconds
  if (!inTime || grant.by === 'handoff' || signIn.completed?.by === 'handoff' || codeIsWrong) throw new Problem('invalid_grant')
  if (!user || !session || session.generation !== 0 || isOver(session, now)) throw new Problem('invalid_grant')
  if (session.jkt !== claimant.proof?.jkt) throw new Problem('invalid_dpop_proof')
  return { kind: 'claimed', user, session, isRepeat: true }
}

function begin(services: Services, { site, grant, claimant }: About, { signIn, user }: { signIn: SignIn; user: User }, now: number): CompletingStep<Outcome> {
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
  return { next: { signIn: completed, user: seen, session }, result: { kind: 'claimed', user: seen, session } }
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
