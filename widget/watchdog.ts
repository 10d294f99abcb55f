/** The two clocks of a waiting sign-in, kept on the page because a hidden frame's timers sleep: its end, and a lost stream's retry. */
import type { Waiting } from './bridge-messages.ts'
import type { State, Step } from './phase.ts'

const firstRetry = 5000
const longestRetry = 60_000

export class Watchdog {
  #end: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #delay = firstRetry
  readonly #step: (event: Step) => void
  readonly #watchAgain: (waiting: Waiting) => void

  constructor(step: (event: Step) => void, watchAgain: (waiting: Waiting) => void) {
    this.#step = step
    this.#watchAgain = watchAgain
  }

  /** Follows the state: runs only while something waits. */
  saw({ phase }: State, cause: Step): void {
    if (phase.name !== 'waiting') return this.#stop()
    if (cause.type === 'state' || cause.type === 'delivery') this.#delay = firstRetry
    if (cause.type !== 'sent' && cause.type !== 'restored') return
    const { id, expiresAt } = phase.waiting
    clearTimeout(this.#end)
    this.#end = setTimeout(() => this.#step({ type: 'state', id, state: 'expired' }), expiresAt * 1000 - Date.now() + 1000)
  }

  /** Listens again in a while, and in a longer while each time. */
  streamLost({ phase }: State): void {
    if (phase.name !== 'waiting') return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#watchAgain(phase.waiting), this.#delay)
    this.#delay = Math.min(this.#delay * 2, longestRetry)
  }

  #stop(): void {
    clearTimeout(this.#end)
    clearTimeout(this.#retry)
    this.#delay = firstRetry
  }
}
