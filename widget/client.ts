/**
 * The session of this page: what is known, what may be asked, and who is told. No Lit here; the elements and
 * `window.linklatch` are two views of one client.
 */
import { openBridge } from './bridge-client.ts'
import { isFresh, type FromBridge, type PageSession, type ToBridge, type Waiting } from './bridge-messages.ts'
import { isSetup } from './complaints.ts'
import { jwtPart } from './encoding.ts'
import { ownUrl } from './landing.ts'
import { anySession, Line, newSession, type SessionMessage } from './line.ts'
import { browserPage, type Page } from './page.ts'
import { addressOf, type State } from './phase.ts'
import { isPassing } from './patiently.ts'
import { asRefusal, Refusal } from './refusal.ts'
import { isSeen, now, Standing, type Listener } from './standing.ts'
import { startBody, startSignIn, typedAddress, type Place, type SignInRequest } from './start-sign-in.ts'
import { unlessAborted } from './unless-aborted.ts'
import { Watchdog } from './watchdog.ts'

export class Client {
  readonly #at = new Standing(() => this.#place.server)
  #place: Place
  #started = false
  /** The site's id as the bridge of this place named it. */
  #told: string | undefined
  /** Nobody has said yet whether there is a session: not the same as there being none. */
  #unknown = true
  #landing: string | undefined
  /** One whose bridge did not come in time: a late one still claims it. */
  #late: string | undefined
  readonly #line: Line
  #attempt: AbortController | undefined
  #refreshing: Promise<unknown> | undefined
  #interrupted: Waiting | undefined
  #known = (): void => {}
  readonly #watchdog: Watchdog
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
    this.#watchdog = new Watchdog((event) => this.#at.step(event), (waiting) => this.#tell({ type: 'watch', waiting }))
    this.#at.subscribe((state, cause) => this.#watchdog.saw(state, cause))
  }

  get state(): State { return this.#at.state }
  get session(): PageSession | null { return this.#at.state.session }

  /** Calls back at each step. @returns what ends it */
  subscribe(listener: Listener): () => void {
    return this.#at.subscribe(listener)
  }

  /** An element names another place: before the start that is all, afterwards the bridge is opened anew, unless it is of that very site. What was refused for want of a server is forgotten. */
  use(place: Partial<Place>): void {
    const next = { ...this.#place, ...place }
    if (next.server === this.#place.server && next.site === this.#place.site) return
    const same = next.server === this.#place.server && next.site === this.#told
    if (!this.#place.server && this.state.failure) this.#at.step({ type: 'again', address: addressOf(this.state.phase) })
    this.#place = next
    if (!this.#started || same) return
    this.#told = undefined
    this.#unknown = true
    this.#line.close()
    this.revive()
  }

  /** Shows what the hint promises, opens the bridge, claims what a link brought. */
  start(landing?: string): void {
    this.#landing = landing
    this.#started = true
    this.#page.onReturn(() => this.#look())
    this.#at.step({ type: 'started', hint: this.#page.hint(), landing: !!landing })
    if (landing) void this.#land(landing)
    else this.revive()
  }

  /** Opens the bridge again where the page has thrown its frame away. */
  revive(): void {
    if (this.#started) this.#line.ready().catch(() => {})
  }

  /** Asks for a link. @returns what waits, as soon as A has taken it on. @throws {Refusal}; an abort throws its reason */
  async signIn(request: SignInRequest): Promise<Waiting> {
    request.signal?.throwIfAborted()
    this.#attempt?.abort()
    const attempt = (this.#attempt = new AbortController())
    request.signal?.addEventListener('abort', () => attempt.abort(request.signal?.reason), { signal: attempt.signal })
    const address = typedAddress(request)
    this.#at.step({ type: 'submitted', address })
    try {
      return await this.#attemptSignIn(request, attempt.signal)
    } catch (thrown) {
      if (!attempt.signal.aborted) throw this.#at.refuse(thrown)
      if (this.#attempt === attempt && this.#at.state.phase.name === 'sending') this.#at.step({ type: 'again', address })
      throw attempt.signal.reason
    } finally {
      attempt.abort()
    }
  }

  /** The code as a person typed it. @throws {Refusal} */
  async enterCode(code: string): Promise<void> {
    this.#at.step({ type: 'checking' })
    await this.#ask({ type: 'claim', code }, newSession)
  }

  /** The same mail once more. @throws {Refusal} */
  async resend(): Promise<void> {
    await this.#ask({ type: 'resend' }, (said) => (said.type === 'delivery' && said.resendIn !== undefined ? said : undefined))
  }

  /** "Use another address": gives up what is under way; its link and code are dead as soon as A has heard of it. */
  cancel(): void {
    this.#attempt?.abort()
    const { phase } = this.#at.state
    if (phase.name === 'waiting') this.#tell({ type: 'cancel' })
    this.#at.step({ type: 'again', address: addressOf(phase) })
  }

  /** Signs out here and in every tab of this host; with `everywhere` on every device. @throws {Refusal} and stays signed in */
  async signOut({ everywhere = false }: { everywhere?: boolean | undefined } = {}): Promise<void> {
    await this.#ask(everywhere ? { type: 'end', everywhere } : { type: 'end' }, (said) => anySession(said)?.session === null || undefined)
  }

  /** A token with at least 30 s left, renewed if need be; null when signed out. `anew`: A refused the one at hand. @throws {Refusal} when A cannot say */
  async getToken(anew?: true): Promise<string | null> {
    await this.ready
    const { session } = this
    if (!anew && (session ? isFresh(session) : !this.#unknown)) return session?.accessToken ?? null
    this.#refreshing ??= this.#ask(anew ? { type: 'refresh', anew } : { type: 'refresh' }, anySession).finally(() => { this.#refreshing = undefined })
    await this.#refreshing
    return this.session?.accessToken ?? null
  }

  /** Says a code that somebody else found. */
  fail(code: string): void {
    this.#at.refuse(new Refusal(code))
  }

  async #attemptSignIn(request: SignInRequest, signal: AbortSignal): Promise<Waiting> {
    const body = startBody(request, this.#place.site, this.#page)
    const challenge = await unlessAborted(this.#line.ask({ type: 'prepare' }, (said) => (said.type === 'challenge' ? said.challenge : undefined)), signal)
    const waiting = await startSignIn(this.#place, { ...body, challenge }, signal)
    this.#tell({ type: 'watch', waiting })
    this.#at.step({ type: 'sent', waiting })
    return waiting
  }

  async #land(token: string): Promise<void> {
    try {
      await this.#line.ask(jwtPart(token, 0, 'typ') === 'handoff+jwt' ? { type: 'claim', handoff: token } : { type: 'claim', arrival: token }, newSession)
    } catch (thrown) {
      const { code } = asRefusal(thrown)
      if (code === 'elsewhere') return this.#page.replace(`${this.#place.server}/approve?token=${token}`)
      // Whose session there is comes first: it would take the refusal's place.
      if (code === 'other_session') await this.#line.ask({ type: 'refresh' }, anySession).catch(() => {})
      else if (this.#line.lives) this.#goOnWithout(thrown)
      else this.#late = token
      this.#at.refuse(thrown)
    } finally {
      this.#landing = undefined
    }
  }

  /** A link that came to nothing: looks for an older session, and where A may be well in a moment, shows what still waits. */
  #goOnWithout(thrown: unknown): void {
    const waiting = (this.#interrupted = isPassing(thrown) ? this.#interrupted : undefined)
    if (waiting) this.#tell({ type: 'watch', waiting })
    this.#goOn()
    this.#tell({ type: 'refresh' })
  }

  /** Looks for the session of which nobody could tell. */
  #look(): void {
    if (!this.#unknown) return
    if (this.#line.lives) this.#tell({ type: 'refresh' })
    else this.revive()
  }

  #heard(message: FromBridge): void {
    switch (message.type) {
      case 'ready': return this.#readyHeard(message)
      case 'session': return this.#sessionHeard(message)
      case 'state': return this.#at.step(message)
      case 'delivery': return this.#at.step({ type: 'delivery', id: message.id, status: message.status, ...(message.resendIn !== undefined && { resendAt: now() + message.resendIn }) })
      case 'error': return this.#errorHeard(message)
      case 'challenge': return
    }
  }

  #readyHeard({ site, waiting }: Extract<FromBridge, { type: 'ready' }>): void {
    this.#told = site
    const { phase, failure } = this.#at.state
    if (phase.name === 'ask' && failure && isSetup(failure.code) && !failure.code.startsWith('invalid')) this.#at.step({ type: 'again', address: phase.address })
    this.#interrupted = waiting
    const late = this.#late
    this.#late = undefined
    if (late) void this.#land(late)
    else if (phase.name === 'ask') this.#goOn()
  }

  /** Shows a sign-in that a reload interrupted. */
  #goOn(): void {
    if (this.#interrupted) this.#at.step({ type: 'restored', waiting: this.#interrupted })
    this.#interrupted = undefined
  }

  #sessionHeard({ session, kept, returnTo }: SessionMessage): void {
    this.#unknown = false
    this.#page.remember(!!session)
    this.#at.step(kept ? { type: 'session', session, kept } : { type: 'session', session })
    if (session) this.#interrupted = undefined
    else this.#goOn()
    this.#known()
    const target = returnTo && ownUrl(returnTo, this.#page.location)
    if (target && target !== this.#page.location.href) this.#page.assign(target)
  }

  /** An error that answers no request of ours: the stream's end, a claim after approval, the first look for a session; of `watch`: V went with a frame that the page threw away, so nothing can finish this sign-in. */
  #errorHeard({ on, code, retryAfter }: Extract<FromBridge, { type: 'error' }>): void {
    if (on === 'watch') this.cancel()
    if (on === 'stream') this.#watchdog.streamLost(this.#at.state)
    if (on !== 'cancel' && (on !== 'refresh' || this.#at.state.phase.name === 'starting')) this.#at.refuse(new Refusal(on === 'watch' ? 'temporarily_unavailable' : code, retryAfter))
    this.#known()
  }

  /** A request of a person: what refuses it is shown too, where it is still about what they see. */
  async #ask<Answer>(message: ToBridge, answer: (said: FromBridge) => Answer | undefined): Promise<Answer> {
    try {
      return await this.#line.ask(message, answer)
    } catch (thrown) {
      const isCode = message.type === 'claim' && /^invalid_[gr]/.test(asRefusal(thrown).code)
      const refused = isCode ? new Refusal('wrong_code') : thrown
      throw isSeen(message, this.#at.state.phase) ? this.#at.refuse(refused) : this.#at.refusal(refused)
    }
  }

  #tell(message: ToBridge): void {
    this.#line.post(message).catch(() => {})
  }
}
