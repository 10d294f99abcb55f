/**
 * The one client of this window, as the elements and `window.linklatch` know it. It shows the first state at once and hands everything
 * else to the real one, which comes after the form: nothing that a person sees waits for it.
 */
import type { PageSession, Waiting } from './bridge-messages.ts'
import type { Client } from './client.ts'
import { takeLanding } from './landing.ts'
import { later } from './later.ts'
import { keep, kept } from './page.ts'
import { addressOf, type State, type Step } from './phase.ts'
import type { Listener } from './standing.ts'
import type { Place, SignInRequest } from './start-sign-in.ts'

/** What an element needs of a client; a test hands in its own. */
export type ElementClient = Pick<PageClient, 'state' | 'server' | 'subscribe' | 'signIn' | 'enterCode' | 'resend' | 'cancel' | 'signOut' | 'getToken' | 'use' | 'revive' | 'fail'>

export class PageClient {
  state: State
  /** Resolves, with the session or null, when it is first known whether there is one; at the latest when the bridge is given up. */
  readonly ready: Promise<PageSession | null>
  readonly #listeners = new Set<Listener>()
  #place: Place
  #landing: string | undefined
  #real: Client | undefined
  #coming: Promise<Client> | undefined
  #known!: (session: PageSession | null | Promise<PageSession | null>) => void

  constructor(place: Place) {
    this.#place = place
    this.ready = new Promise((resolve) => { this.#known = resolve })
    // Now, and not when the real one is there: a router that starts meanwhile would put its own fragment in the place of the link's.
    this.#landing = takeLanding(window)
    const landing = !!this.#landing
    this.state = { session: null, phase: landing || kept('hint') ? { name: 'starting', landing } : { name: 'ask', address: '' } }
  }

  get server(): string {
    return this.#place.server
  }

  /** Fetches the real one. @throws when A cannot be reached; the next call tries again */
  async start(): Promise<Client> {
    this.#coming ??= later().then(({ Client }) => this.#begin(new Client(this.#place)))
    return this.#coming.catch((cause: unknown) => {
      const code = 'server_unreachable'
      this.#coming = undefined
      this.#step({ session: null, phase: { name: 'ask', address: addressOf(this.state.phase) }, failure: { code } }, { type: 'refused', failure: { code } })
      console.warn(`[linklatch] ${code}: ${this.server}`)
      this.#known(null)
      throw cause
    })
  }

  #begin(real: Client): Client {
    real.start(this.#landing)
    real.subscribe((state, cause) => this.#step(state, cause))
    this.#known(real.ready)
    return (this.#real = real)
  }

  #step(state: State, cause: Step): void {
    this.state = state
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(state, cause)
  }

  /** Calls back at each step. @returns what ends it */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  use(place: Partial<Place>): void {
    this.#place = { ...this.#place, ...place }
    this.#real?.use(place)
  }

  revive(): void {
    this.#real?.revive()
  }

  async signIn(request: SignInRequest): Promise<Waiting> {
    const address = request.email ?? request.phone ?? ''
    if (!this.#real) this.#step({ ...this.state, phase: { name: 'sending', address } }, { type: 'submitted', address })
    return (await this.start()).signIn(request)
  }

  async enterCode(code: string): Promise<void> {
    return (await this.start()).enterCode(code)
  }

  async resend(): Promise<void> {
    return (await this.start()).resend()
  }

  cancel(): void {
    this.#real?.cancel()
  }

  async signOut(options?: { everywhere?: boolean | undefined }): Promise<void> {
    // Before the end is told: with that every tab draws its form, and fills in what is kept.
    if (options?.everywhere) keep('address', '')
    await (await this.start()).signOut(options)
  }

  async getToken(anew?: true): Promise<string | null> {
    return (await this.start()).getToken(anew)
  }

  fail(code: string): void {
    this.start().then((real) => real.fail(code), () => {})
  }
}

let shared: ElementClient | undefined

export const sharedClient = (): ElementClient | undefined => shared
export const shareClient = (client: ElementClient): void => {
  shared = client
}
