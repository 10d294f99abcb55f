/** Ties an element to the client while it stands in the page: its state, what to announce, and the countdowns. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { firstState, type State, type Step } from '../phase.ts'
import { sharedClient, type ElementClient } from '../page-client.ts'

export type ClientHost = ReactiveControllerHost & {
  client?: ElementClient
  /** Hears each step, after the state before it. */
  stepped?: (state: State, cause: Step, before: State) => void
}

export class ClientController implements ReactiveController {
  state: State = firstState
  readonly #host: ClientHost
  #leave: (() => void) | undefined
  #tick: ReturnType<typeof setTimeout> | undefined

  constructor(host: ClientHost) {
    this.#host = host
    host.addController(this)
  }

  get client(): ElementClient | undefined {
    return this.#host.client ?? sharedClient()
  }

  hostConnected(): void {
    const { client } = this
    if (!client) return
    this.state = client.state
    this.#leave = client.subscribe((state, cause) => {
      const before = this.state
      this.state = state
      this.#host.stepped?.(state, cause, before)
      this.#host.requestUpdate()
    })
    client.revive()
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#leave?.()
    this.#leave = undefined
    clearTimeout(this.#tick)
  }

  /** Draws again in a second while one of these instants (epoch seconds) lies ahead. */
  hostUpdated(): void {
    clearTimeout(this.#tick)
    const { phase, failure } = this.state
    const ahead = Math.max(failure?.retryAt ?? 0, phase.name === 'waiting' ? phase.waiting.resendAt : 0)
    if (this.#leave && left(ahead)) this.#tick = setTimeout(() => this.#host.requestUpdate(), 1000 - (Date.now() % 1000))
  }
}

/** Whole seconds until an instant, never less than none. */
export const left = (at: number | undefined): number => Math.max(0, (at ?? 0) - Math.floor(Date.now() / 1000))
