/**
 * Where this page's sign-in stands: one state, one pure step for each thing that happens. No clock, no network, no DOM.
 *
 * ```
 * starting → ask → sending → waiting → signed-in
 *             ▲       │         ├────→ ended (expired | rejected | cancelled | moved)
 *             └───────┴─────────┴─ refused, or "use another address"
 * ```
 */
import type { DeliveryStatus, SignInState } from '../backend/protocol.ts'
import type { Kept, PageSession, Waiting } from './bridge-messages.ts'

export type EndedWhy = 'expired' | 'rejected' | 'cancelled' | 'moved'

export type Phase =
  /** Nothing is known yet; `landing`: a link brought the person here. */
  | { name: 'starting'; landing: boolean }
  | { name: 'ask'; address: string }
  | { name: 'sending'; address: string }
  /** `checking`: a code or an approval is being turned into a session. */
  | { name: 'waiting'; waiting: Waiting; checking: boolean }
  | { name: 'ended'; why: EndedWhy; address: string; codeOnly?: boolean | undefined }
  | { name: 'signed-in' }

/** What went wrong last. `retryAt`: epoch seconds from which another try with the same `address` is worth it. */
export type Failure = { code: string; retryAt?: number | undefined; address?: string }

export type State = { phase: Phase; session: PageSession | null; kept?: Kept | undefined; failure?: Failure | undefined }

export type Step =
  | { type: 'started'; hint: boolean; landing: boolean }
  | { type: 'restored'; waiting: Waiting }
  | { type: 'session'; session: PageSession | null; kept?: Kept | undefined }
  | { type: 'submitted'; address: string }
  | { type: 'sent'; waiting: Waiting }
  | { type: 'state'; id: string; state: SignInState }
  | { type: 'delivery'; id: string; status: DeliveryStatus; resendAt?: number | undefined }
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

/** The next state, or the same one where the step means nothing now. */
export function step(state: State, event: Step): State {
  const { phase, session, failure } = state
  const to = (phase: Phase, failure?: Failure): State => ({ ...state, phase, failure })
  const rest = (address = ''): Phase => (session ? { name: 'signed-in' } : { name: 'ask', address })
  const isIdle = phase.name === 'starting' || (phase.name === 'ask' && !phase.address)
  switch (event.type) {
    case 'started': return to(event.hint || event.landing ? { name: 'starting', landing: event.landing } : rest(), failure)
    case 'restored': return isIdle ? to({ name: 'waiting', waiting: event.waiting, checking: false }) : state
    case 'session': return sessionStep(state, event.session, event.kept)
    case 'submitted': return to({ name: 'sending', address: event.address })
    case 'sent': return to({ name: 'waiting', waiting: event.waiting, checking: false })
    case 'refused': return to(phase.name === 'waiting' ? { ...phase, checking: false } : phase.name === 'starting' || phase.name === 'sending' ? rest(addressOf(phase)) : phase, event.failure)
    case 'again': return to(rest(event.address))
    default: return phase.name === 'waiting' && (!('id' in event) || event.id === phase.waiting.id) ? waitingStep(state, phase, event) : state
  }
}

function waitingStep(state: State, phase: Extract<Phase, { name: 'waiting' }>, event: Extract<Step, { type: 'checking' | 'delivery' | 'state' }>): State {
  const { waiting } = phase
  const failure = state.failure?.code === 'stream_lost' ? undefined : state.failure
  if (event.type === 'checking') return { ...state, failure: undefined, phase: { ...phase, checking: true } }
  if (event.type === 'delivery') return { ...state, failure, phase: { ...phase, waiting: { ...waiting, delivery: event.status, resendAt: event.resendAt ?? waiting.resendAt } } }
  const now = event.state
  if (now === 'pending') return { ...state, failure, phase: { ...phase, waiting: { ...waiting, state: now } } }
  if (now === 'approved' || now === 'completed') return { ...state, failure, phase: { name: 'waiting', waiting: { ...waiting, state: now }, checking: true } }
  return { ...state, failure: undefined, phase: { name: 'ended', why: now, address: waiting.address, codeOnly: waiting.codeOnly } }
}

/** Signed out, in any tab, is back to the form, without what was refused before; a sign-in under way goes on. */
function sessionStep({ phase, failure }: State, session: PageSession | null, kept?: Kept): State {
  if (session) return { phase: { name: 'signed-in' }, session, kept }
  if (phase.name === 'signed-in') return { session, phase: { name: 'ask', address: '' } }
  return { session, failure, phase: phase.name === 'starting' ? { name: 'ask', address: '' } : phase }
}
