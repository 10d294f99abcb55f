/** Where the page's sign-in stands: takes each step, tells who listens, and says what was refused. */
import type { ToBridge } from './bridge-messages.ts'
import { addressOf, firstState, step, type State, type Step } from './phase.ts'
import { asRefusal, Refusal } from './refusal.ts'
import { plainly, Warnings } from './warn.ts'

export type Listener = (state: State, cause: Step) => void

/** From when A's seconds are counted: never a moment early, which A would refuse. */
export const now = (): number => Math.ceil(Date.now() / 1000)

/** Whether what refuses this request is about what the person sees. */
export const isSeen = ({ type }: ToBridge, { name }: State['phase']): boolean => (type === 'claim' ? name === 'waiting' : type !== 'refresh' || name === 'signed-in')

export class Standing {
  state = firstState
  readonly #server: () => string
  readonly #warnings = new Warnings()
  readonly #listeners = new Set<Listener>()

  /** `server`: whom sentences name. */
  constructor(server: () => string) {
    this.#server = server
  }

  /** Calls back at each step. @returns what ends it */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  step(cause: Step): void {
    const next = step(this.state, cause)
    if (next === this.state) return
    this.state = next
    for (const listener of [...this.#listeners]) listener(next, cause)
  }

  /** With its sentence. */
  refusal(thrown: unknown): Refusal {
    const { code, retryAfterSeconds } = asRefusal(thrown)
    return new Refusal(code, retryAfterSeconds, plainly(code, this.#server()))
  }

  /** Shows it, and says it in the console. @returns it with its sentence */
  refuse(thrown: unknown): Refusal {
    const refusal = this.refusal(thrown)
    const { code, retryAfterSeconds } = refusal
    const { phase, failure } = this.state
    const known = failure?.code === code && phase.name === 'ask'
    if (!known) this.step({ type: 'refused', failure: { code, ...(retryAfterSeconds && { retryAt: now() + retryAfterSeconds, address: addressOf(phase) }) } })
    this.#warnings.warn(code, refusal.message)
    return refusal
  }
}
