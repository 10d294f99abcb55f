/**
 * The session of this page: what is known, what may be asked, and who is told. No Lit here; the elements and
 * `window.linklatch` are two views of one client.
 */
import type { FromBridge, PageSession, ToBridge, Waiting } from './bridge-messages.ts'
import { openBridge } from './bridge-client.ts'
import { isSetup } from './complaints.ts'
import { ownUrl, takeLanding, type Landing } from './landing.ts'
import { Line } from './line.ts'
import { browserPage, type Page } from './page.ts'
import { addressOf, firstState, step, type State, type Step } from './phase.ts'
import { asRefusal, Refusal } from './refusal.ts'
import { startBody, startSignIn, typedAddress, type Place, type SignInRequest } from './start-sign-in.ts'
import { plainly, Warnings } from './warn.ts'
import { Watchdog } from './watchdog.ts'

export type Listener = (state: State, cause: Step) => void
const enoughSeconds = 30
/** From when A's seconds are counted: never a moment early, which A would refuse. */
const now = (): number => Math.ceil(Date.now() / 1000)
type SessionMessage = Extract<FromBridge, { type: 'session' }>
const anySession = (said: FromBridge): SessionMessage | undefined => (said.type === 'session' ? said : undefined)
const newSession = (said: FromBridge): PageSession | undefined => anySession(said)?.session ?? undefined

export class Client {
  #state = firstState
  #place: Place
  #started = false
  #landing: Landing | undefined
  /** One whose bridge did not come in time: a late one still claims it. */
  #late: Landing | undefined
  readonly #line: Line
  #attempt: AbortController | undefined
  #refreshing: Promise<unknown> | undefined
  #interrupted: Waiting | undefined
  #known = (): void => {}
  readonly #watchdog: Watchdog
  readonly #warnings = new Warnings()
  readonly #listeners = new Set<Listener>()
  readonly #page: Page
  /** Resolves, with the session or null, when it is first known whether there is one; at the latest when the bridge is given up. */
  readonly ready: Promise<PageSession | null>

  constructor(place: Place, page: Page = browserPage, open = openBridge) {
    this.#place = place
    this.#page = page
    const failed = (code: string): void => {
      this.fail(code)
      this.#known()
    }
    this.#line = new Line(() => ({ server: this.#place.server, site: this.#place.site, claim: !!this.#landing }), { heard: (message) => this.#heard(message), failed }, open)
    this.ready = new Promise<void>((resolve) => { this.#known = resolve }).then(() => this.session)
    this.#watchdog = new Watchdog((event) => this.#step(event), (waiting) => this.#tell({ type: 'watch', waiting }))
  }

  get state(): State {
    return this.#state
  }

  get session(): PageSession | null {
    return this.#state.session
  }

  /** Calls back at each step. @returns what ends it */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** An element names another place: before the start that is all, afterwards the bridge is opened anew. */
  use(place: Partial<Place>): void {
    const next = { ...this.#place, ...place }
    if (next.server === this.#place.server && next.site === this.#place.site) return
    this.#place = next
    if (!this.#started) return
    this.#line.close()
    this.revive()
  }

  /** Takes the landing token, shows what the hint promises, opens the bridge. */
  start(): void {
    const landing = (this.#landing = takeLanding(this.#page))
    this.#started = true
    this.#step({ type: 'started', hint: this.#page.hint(), landing: !!landing })
    if (landing) void this.#land(landing)
    else this.revive()
  }

  /** Opens the bridge again where the page has thrown its frame away. */
  revive(): void {
    if (this.#started) this.#line.ready().catch(() => {})
  }

  /** Asks for a link. @returns what waits, as soon as A has taken it on. @throws {Refusal}; an abort throws its reason */
  async signIn(request: SignInRequest): Promise<Waiting> {
    this.#attempt?.abort()
    const attempt = (this.#attempt = new AbortController())
    const stop = (): void => attempt.abort(request.signal?.reason)
    request.signal?.addEventListener('abort', stop, { once: true })
    const address = typedAddress(request)
    this.#step({ type: 'submitted', address })
    try {
      return await this.#attemptSignIn(request, attempt.signal)
    } catch (thrown) {
      if (!attempt.signal.aborted) throw this.#refuse(thrown)
      if (this.#attempt === attempt && this.#state.phase.name === 'sending') this.#step({ type: 'again', address })
      throw attempt.signal.reason
    } finally {
      request.signal?.removeEventListener('abort', stop)
    }
  }

  /** The code as a person typed it. @throws {Refusal} */
  async enterCode(code: string): Promise<void> {
    this.#step({ type: 'checking' })
    await this.#ask({ type: 'claim', code }, newSession)
  }

  /** The same mail once more. @throws {Refusal} */
  async resend(): Promise<void> {
    await this.#ask({ type: 'resend' }, (said) => (said.type === 'delivery' && said.resendIn !== undefined ? said : undefined))
  }

  /** "Use another address": gives up what is under way; its link and code are dead as soon as A has heard of it. */
  cancel(): void {
    this.#attempt?.abort()
    const { phase } = this.#state
    if (phase.name === 'waiting') this.#tell({ type: 'cancel' })
    this.#step({ type: 'again', address: addressOf(phase) })
  }

  /** Signs out here and in every tab of this host; with `everywhere` on every device. @throws {Refusal} and stays signed in */
  async signOut({ everywhere = false } = {}): Promise<void> {
    await this.#ask(everywhere ? { type: 'end', everywhere } : { type: 'end' }, (said) => anySession(said)?.session === null || undefined)
  }

  /** A token with at least 30 s left, renewed if need be; null when signed out. @throws {Refusal} when A cannot say */
  async getToken(): Promise<string | null> {
    await this.ready
    const { session } = this
    if (!session || session.expiresAt - Date.now() / 1000 >= enoughSeconds) return session?.accessToken ?? null
    this.#refreshing ??= this.#ask({ type: 'refresh' }, anySession).finally(() => { this.#refreshing = undefined })
    await this.#refreshing
    return this.session?.accessToken ?? null
  }

  /** Says a code that somebody else found. */
  fail(code: string): void {
    this.#refuse(new Refusal(code))
  }

  async #attemptSignIn(request: SignInRequest, signal: AbortSignal): Promise<Waiting> {
    const body = startBody(request, this.#place.site, this.#page.location)
    const challenge = await this.#line.ask({ type: 'prepare' }, (said) => (said.type === 'challenge' ? said.challenge : undefined))
    signal.throwIfAborted()
    const waiting = await startSignIn(this.#place, { ...body, challenge }, signal)
    this.#tell({ type: 'watch', waiting })
    this.#step({ type: 'sent', waiting })
    return waiting
  }

  async #land(landing: Landing): Promise<void> {
    const { kind, token } = landing
    try {
      await this.#line.ask(kind === 'handoff' ? { type: 'claim', handoff: token } : { type: 'claim', arrival: token }, newSession)
    } catch (thrown) {
      if (asRefusal(thrown).code === 'elsewhere') return this.#page.replace(`${this.#place.server}/approve?token=${token}`)
      this.#refuse(thrown)
      if (isSetup(asRefusal(thrown).code)) this.#late = landing
      else this.#tell({ type: 'refresh' })
    } finally {
      this.#landing = undefined
    }
  }

  #heard(message: FromBridge): void {
    switch (message.type) {
      case 'ready': return this.#readyHeard(this.#landing ? undefined : message.waiting)
      case 'session': return this.#sessionHeard(message)
      case 'state': return this.#step(message)
      case 'delivery': return this.#step({ type: 'delivery', id: message.id, status: message.status, ...(message.resendIn !== undefined && { resendAt: now() + message.resendIn }) })
      case 'error': return this.#errorHeard(message)
      case 'challenge': return
    }
  }

  #readyHeard(waiting: Waiting | undefined): void {
    const { phase, failure } = this.#state
    if (phase.name === 'ask' && failure && isSetup(failure.code) && !failure.code.startsWith('invalid')) this.#step({ type: 'again', address: phase.address })
    this.#interrupted = waiting
    const late = this.#late
    this.#late = undefined
    if (late) void this.#land(late)
    else if (phase.name === 'ask') this.#goOn()
  }

  /** Shows a sign-in that a reload interrupted. */
  #goOn(): void {
    if (this.#interrupted) this.#step({ type: 'restored', waiting: this.#interrupted })
    this.#interrupted = undefined
  }

  #sessionHeard({ session, kept, returnTo }: SessionMessage): void {
    this.#page.remember(!!session)
    this.#step(kept ? { type: 'session', session, kept } : { type: 'session', session })
    if (!session) this.#goOn()
    this.#known()
    const target = returnTo && ownUrl(returnTo, this.#page.location)
    if (target && target !== this.#page.location.href) this.#page.assign(target)
  }

  /** An error that answers no request of ours: the stream's end, a claim after approval, the first look for a session. */
  #errorHeard({ on, code, retryAfter }: Extract<FromBridge, { type: 'error' }>): void {
    if (on === 'stream') this.#watchdog.streamLost(this.#state)
    if (on !== 'cancel' && (on !== 'refresh' || this.#state.phase.name === 'starting')) this.#refuse(new Refusal(code, retryAfter))
    this.#known()
  }

  /** A request of a person: what refuses it is shown too. */
  async #ask<Answer>(message: ToBridge, answer: (said: FromBridge) => Answer | undefined): Promise<Answer> {
    try {
      return await this.#line.ask(message, answer)
    } catch (thrown) {
      const isCode = message.type === 'claim' && /^invalid_[gr]/.test(asRefusal(thrown).code)
      throw this.#refuse(isCode ? new Refusal('wrong_code') : thrown)
    }
  }

  #tell(message: ToBridge): void {
    this.#line.post(message).catch(() => {})
  }

  #refuse(thrown: unknown): Refusal {
    const { code, retryAfterSeconds } = asRefusal(thrown)
    const refusal = new Refusal(code, retryAfterSeconds, plainly(code, this.#place.server))
    const { phase, failure } = this.#state
    const known = failure?.code === code && phase.name === 'ask'
    if (!known) this.#step({ type: 'refused', failure: { code, ...(retryAfterSeconds && { retryAt: now() + retryAfterSeconds, address: addressOf(phase) }) } })
    this.#warnings.warn(code, refusal.message)
    return refusal
  }

  #step(cause: Step): void {
    const next = step(this.#state, cause)
    if (next === this.#state) return
    this.#state = next
    this.#watchdog.saw(next, cause)
    for (const listener of [...this.#listeners]) listener(next, cause)
  }
}
