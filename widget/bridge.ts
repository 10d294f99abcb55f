/**
 * A's end, in the hidden iframe: makes and keeps V, listens for the sign-in's end, claims the session and keeps it.
 * Everything happens in handlers of messages and streams: timers of a hidden frame may be a minute late.
 */
import { claimFirst, field, isFromTab, type FromBridge, type FromTab, type ToBridge, type Waiting } from './bridge-messages.ts'
import { Sessions, type SessionMessage } from './bridge-session.ts'
import { openPendingStore, type PendingStore } from './bridge-store.ts'
import { openStream, type Stream, type StreamEvent } from './bridge-stream.ts'
import { tabs } from './bridge-tabs.ts'
import { challengeOf, jwtPart, random } from './encoding.ts'
import { call, json } from './http.ts'
import { isPassing, patiently, pause } from './patiently.ts'
import { asRefusal, Refusal } from './refusal.ts'

export type BridgeOptions = { site: string; host: string; tell: (message: FromBridge) => void }

/** How long the tab that shows a sign-in may take to get a lost answer again, in milliseconds: A does not repeat it for longer. */
const repeatWithin = 60_000

const over: readonly string[] = ['moved', 'expired', 'cancelled', 'rejected']

export class Bridge {
  readonly #tell: (message: FromBridge) => void
  readonly #pending: PendingStore
  readonly #sessions: Sessions
  readonly #stream: Stream
  readonly #others: (data: unknown) => void
  readonly #site: string
  /** Which sign-in this tab shows. */
  #id: string | undefined
  #verifier: string | undefined
  /** When this tab last got or lost a session by itself: milliseconds. */
  #changedAt = 0
  /** What a stream that is opened anew need not start a second time. */
  readonly #underWay = new Set<string>()

  constructor({ site, host, tell }: BridgeOptions) {
    const name = `linklatch ${host} ${site}`
    this.#site = site
    this.#tell = tell
    this.#pending = openPendingStore(name)
    this.#sessions = new Sessions(name, site, (message, shared) => this.#sessionChanged(message, shared), () => this.#others({ ask: 'session' }))
    this.#stream = openStream(name, () => this.#waitingIds(), (event) => this.#streamSaid(event), () => this.#streamLost())
    this.#others = tabs(name, (data) => this.#heard(data))
  }

  /** Says that it lives, goes on with what a reload interrupted, and looks for a session. */
  start(): void {
    const waiting = this.#pending.mine()?.waiting
    this.#tell({ type: 'ready', site: this.#site, waiting })
    if (location.hash === claimFirst) return
    if (waiting) this.#listen(waiting.id)
    this.#try('refresh', () => patiently(() => this.#refresh(), (thrown) => this.#refused('refresh', thrown)))
  }

  /** One message of H's page. What fails is said as `error` with `on`. */
  handle(message: ToBridge): void {
    this.#try(message.type, () => this.#do(message))
  }

  /** The page is seen again, perhaps after hours. `asleep`: it ran no script meanwhile, so anything may have happened unheard. */
  wake(asleep: boolean): void {
    if (this.#id) {
      this.#stream.follow(true)
      this.#others({ ask: 'anew' })
    }
    if (asleep || this.#sessions.current.session) this.#try('refresh', () => this.#sessions.refresh(asleep))
  }

  /** The page goes, or goes to sleep: another tab takes the stream over. */
  rest(): void {
    this.#stream.rest()
  }

  #do(message: ToBridge): Promise<void> | void {
    switch (message.type) {
      case 'prepare': return this.#prepare()
      case 'watch': return this.#watch(message.waiting)
      case 'claim': return this.#claim(message)
      case 'resend': return this.#resend()
      case 'cancel': return this.#cancel()
      case 'refresh': return this.#refresh(message.anew)
      case 'end': return this.#sessions.end(message.everywhere)
    }
  }

  #try(on: ToBridge['type'], act: () => Promise<void> | void): void {
    (async () => act())().catch((thrown: unknown) => this.#refused(on, thrown))
  }

  #refused(on: ToBridge['type'], thrown: unknown): void {
    const { code, retryAfterSeconds } = asRefusal(thrown)
    this.#tell({ type: 'error', on, code, retryAfter: retryAfterSeconds })
  }

  async #prepare(): Promise<void> {
    // The one at hand until a sign-in is tied to it: where two starts overlap, either's answer then fits.
    const challenge = await challengeOf((this.#verifier ??= random(32)))
    this.#tell({ type: 'challenge', challenge })
    void this.#sessions.cookieSticks()
  }

  #watch(waiting: Waiting): void {
    const verifier = this.#pending.get(waiting.id)?.verifier ?? this.#verifier
    if (!verifier) throw new Refusal('invalid_grant')
    this.#pending.put({ verifier, waiting })
    this.#verifier = undefined
    this.#listen(waiting.id)
  }

  #listen(id: string): void {
    this.#id = id
    this.#pending.show(id)
    this.#stream.follow()
    this.#others({ ask: 'stream' })
  }

  /** All that waits in this browser, and what this tab shows, even where another tab has dropped it: the stream says how it ended. */
  #waitingIds(): string[] {
    return [...new Set(this.#pending.list().map((one) => one.waiting.id).concat(this.#id ?? []))]
  }

  #mine(): { id: string; verifier: string; waiting: Waiting } {
    const pending = this.#pending.get(this.#id)
    if (!pending) throw new Refusal('invalid_grant')
    return { id: pending.waiting.id, ...pending }
  }

  async #claim(message: Extract<ToBridge, { type: 'claim' }>): Promise<void> {
    if ('handoff' in message) return this.#sessions.claim(() => ({ handoff: message.handoff }))
    if ('code' in message) return this.#claimPending(this.#mine().id, { sign_in: this.#id, code: message.code })
    const id = jwtPart(message.arrival, 1, 'jti')
    if (!id || !this.#pending.get(id)) throw new Refusal('elsewhere')
    return this.#claimPending(id, { arrival: message.arrival })
  }

  /** Nothing to do where another tab was quicker. */
  async #claimPending(id: string, what: object): Promise<void> {
    await this.#sessions.claim(() => {
      const pending = this.#pending.get(id)
      return pending && { ...what, verifier: pending.verifier }
    })
    // Where V is gone, another tab has said so, or the person has given it up.
    if (this.#pending.get(id)) this.#share({ type: 'state', id, state: 'completed' })
    this.#done(id)
  }

  /** Somewhere in this browser: where no session came of it, the answer was lost, and A gives it again. */
  async #completed(id: string): Promise<void> {
    await this.#sessions.refresh()
    if (!this.#sessions.current.session) await (id === this.#id ? this.#claimPending(id, { sign_in: id }) : pause(repeatWithin))
    this.#done(id)
  }

  async #resend(): Promise<void> {
    const { id, verifier } = this.#mine()
    this.#pending.change(id, { delivery: 'queued' })
    const answer = await call(`/v1/sign-ins/${id}/resend`, json({ verifier }))
    const resendIn = Number(field(answer, 'resend_in')) || 30
    this.#pending.change(id, { resendAt: Math.ceil(Date.now() / 1000) + resendIn })
    this.#tell({ type: 'delivery', id, status: this.#mine().waiting.delivery, resendIn })
  }

  /** Where the address has signed in here before, A's cookie says so, and the mail need not wait for the address's budget. */
  #vouch(id: string, verifier: string): void {
    call(`/v1/sign-ins/${id}/vouch`, json({ verifier })).catch(() => {})
  }

  async #cancel(): Promise<void> {
    const { id, verifier } = this.#mine()
    // Dropped here first: this browser does not go on with it, whenever A hears of it.
    this.#streamSaid({ type: 'state', id, state: 'cancelled' })
    await patiently(() => call(`/v1/sign-ins/${id}/cancel`, json({ verifier })))
  }

  async #refresh(anew?: true): Promise<void> {
    const before = this.#sessions.current
    await this.#sessions.refresh(anew)
    // Where nothing changed, nobody was told yet.
    if (before === this.#sessions.current) this.#tell(before)
  }

  #done(id: string): void {
    if (id === this.#id) this.#id = undefined
    this.#pending.drop(id)
    this.#stream.follow()
  }

  /** H hears of it, and so do the other tabs, without where to go. */
  #sessionChanged(message: SessionMessage, shared: boolean): void {
    this.#tell(message)
    const { returnTo: _, ...rest } = message
    this.#changedAt = Date.now()
    if (shared) this.#share(rest)
  }

  /** Our own stream spoke, of this tab's sign-in or another's. */
  #streamSaid(event: StreamEvent): void {
    this.#share(event)
    const pending = this.#pending.get(event.id)
    if (pending && event.type === 'delivery' && event.status === 'deferred') this.#vouch(event.id, pending.verifier)
    this.#follow(event)
  }

  #streamLost(): void {
    if (this.#id) this.#tell({ type: 'error', on: 'stream', code: 'stream_lost' })
  }

  /** The tab that shows a sign-in claims it, since it knows where the person is going. */
  #follow(event: StreamEvent): void {
    const { id, type } = event
    const isMine = id === this.#id
    if (isMine) this.#tell(event)
    if (isMine && type === 'delivery') this.#pending.change(id, { delivery: event.status })
    if (type === 'delivery') return
    if (isMine && event.state === 'approved') this.#once(event, 'claim', () => this.#claimPending(id, { sign_in: id }))
    if (event.state === 'completed') this.#once(event, isMine ? 'claim' : 'refresh', () => this.#completed(id).catch((thrown: unknown) => this.#lost(id, thrown)))
    else if (over.includes(event.state)) this.#done(id)
  }

  #once({ id, state }: Extract<StreamEvent, { type: 'state' }>, on: ToBridge['type'], act: () => Promise<void>): void {
    const what = `${id} ${state}`
    if (this.#underWay.has(what)) return
    this.#underWay.add(what)
    this.#try(on, () => act().finally(() => this.#underWay.delete(what)))
  }

  /** What passes is tried again when the stream says so again. */
  #lost(id: string, thrown: unknown): never {
    if (!isPassing(thrown)) this.#done(id)
    throw thrown
  }

  #share(message: FromTab): void {
    this.#others({ linklatch: 1, at: Date.now(), ...message })
  }

  #heard(data: unknown): void {
    const ask = field(data, 'ask')
    if (ask === 'stream' || ask === 'anew') this.#stream.follow(ask === 'anew')
    if (ask === 'session' && this.#sessions.holdsKey) this.#try('refresh', () => this.#sessions.refresh().then(() => this.#share(this.#sessions.current)))
    if (!isFromTab(data)) return
    if (data.type !== 'session') return this.#follow(data)
    // A renewal from before our own sign-out, which its tab told late. All took their turns, so the time of the day orders them.
    if (data.session && (field(data, 'at') as number) < this.#changedAt) return
    this.#sessions.take(data)
    this.#tell(data)
  }
}
