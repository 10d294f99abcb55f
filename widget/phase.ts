/**
 * Where this page's sign-in stands: one state, one pure step for each thing that happens. No clock, no network, no DOM.
 *
 * ```
 * starting → ask → sending → waiting → signed-in
 *             ▲       │         ├────→ ended (expired | rejected | cancelled | moved)
 *             └───────┴─────────┴─ refused, or "use another address"
 * ```
 */
import type { Kept, PageSession, Waiting } from './bridge-messages.ts'
import type { DeliveryStatus, SignInState } from '../backend/protocol.ts'

export type EndedWhy = 'expired' | 'rejected' | 'cancelled' | 'moved'

export type Phase =
  /** Nothing is known yet; `landing`: a link brought the person here. */
  | { name: 'starting'; landing: boolean }
  | { name: 'ask'; address: string }
  | { name: 'sending'; address: string }
  /** `checking`: a code or an approval is being turned into a session. */
  | { name: 'waiting'; waiting: Waiting; checking: boolean }
  | { name: 'ended'; why: EndedWhy; address: string }
  | { name: 'signed-in' }

/** What went wrong last. `retryAt`: epoch seconds from which another try is worth it. */
export type Failure = { code: string; retryAt?: number }

export type State = { phase: Phase; session: PageSession | null; kept?: Kept; failure?: Failure }

export type Step =
  | { type: 'started'; hint: boolean; landing: boolean }
  | { type: 'restored'; waiting: Waiting }
  | { type: 'session'; session: PageSession | null; kept?: Kept }
  | { type: 'submitted'; address: string }
  | { type: 'sent'; waiting: Waiting }
  | { type: 'state'; id: string; state: SignInState }
  | { type: 'delivery'; id: string; status: DeliveryStatus; resendAt?: number }
  | { type: 'checking' }
  | { type: 'refused'; failure: Failure }
  /** Back to the form, with what is known of the address. */
  | { type: 'again'; address: string }

export const firstState: State = { phase: { name: 'starting', landing: false }, session: null }

/** The address in any phase, so that it is never asked for twice. */
export const addressOf = (phase: Phase): string => {
  if (phase.name === 'waiting') return phase.waiting.address
  return 'address' in phase ? phase.address : ''
}

const rest = (state: State, address = ''): Phase => (state.session ? { name: 'signed-in' } : { name: 'ask', address })

/** The next state, or the same one where the step means nothing now. */
export function step(state: State, event: Step): State {
  const { failure: _, ...calm } = state
  switch (event.type) {
    case 'started': return { ...state, phase: event.hint || event.landing ? { name: 'starting', landing: event.landing } : rest(state) }
    case 'restored': return isIdle(state) ? { ...calm, phase: { name: 'waiting', waiting: event.waiting, checking: false } } : state
    case 'session': return sessionStep(state, event.session, event.kept)
    case 'submitted': return { ...calm, phase: { name: 'sending', address: event.address } }
    case 'sent': return { ...calm, phase: { name: 'waiting', waiting: event.waiting, checking: false } }
    case 'state': return signInStep(state, event.id, event.state)
    case 'delivery': return waitingStep(state, event.id, { delivery: event.status, ...(event.resendAt && { resendAt: event.resendAt }) })
    case 'checking': return state.phase.name === 'waiting' ? { ...calm, phase: { ...state.phase, checking: true } } : state
    case 'refused': return { ...state, failure: event.failure, phase: afterRefusal(state) }
    case 'again': return { ...calm, phase: rest(state, event.address) }
  }
}

const isIdle = ({ phase }: State): boolean => phase.name === 'starting' || (phase.name === 'ask' && !phase.address)

function afterRefusal(state: State): Phase {
  const { phase } = state
  if (phase.name === 'waiting') return { ...phase, checking: false }
  return phase.name === 'starting' || phase.name === 'sending' ? rest(state, addressOf(phase)) : phase
}

function sessionStep(state: State, session: PageSession | null, kept?: Kept): State {
  const { kept: _, failure, ...others } = state
  if (session) return { phase: { name: 'signed-in' }, session, ...(kept && { kept }) }
  const leaves = state.phase.name === 'signed-in' || state.phase.name === 'starting'
  return { ...others, ...(failure && { failure }), session, phase: leaves ? { name: 'ask', address: '' } : state.phase }
}

function waitingStep(state: State, id: string, change: Partial<Waiting>): State {
  const { phase } = state
  if (phase.name !== 'waiting' || phase.waiting.id !== id) return state
  const { failure, ...calm } = state
  const next: State = { ...calm, phase: { ...phase, waiting: { ...phase.waiting, ...change } } }
  return failure && failure.code !== 'stream_lost' ? { ...next, failure } : next
}

function signInStep(state: State, id: string, to: SignInState): State {
  const next = waitingStep(state, id, { state: to })
  if (next === state || next.phase.name !== 'waiting' || to === 'pending') return next
  if (to === 'approved' || to === 'completed') return { ...next, phase: { ...next.phase, checking: true } }
  const { failure: _, ...calm } = next
  return { ...calm, phase: { name: 'ended', why: to, address: next.phase.waiting.address } }
}
