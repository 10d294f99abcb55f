/**
 * A's end, in the hidden iframe: makes and keeps V, listens for the sign-in's end, claims the session and keeps it.
 * Everything happens in handlers of messages and streams: timers of a hidden frame may be a minute late.
 */
import { claimFirst, field, isFromBridge, type FromBridge, type ToBridge, type Waiting } from './bridge-messages.ts'
import { Sessions, type SessionMessage } from './bridge-session.ts'
import { PendingStore } from './bridge-store.ts'
import { Streams, type StreamEvent } from './bridge-stream.ts'
import { tabs } from './bridge-tabs.ts'
import { challengeOf, jwtPart, random } from './encoding.ts'
import { call, json } from './http.ts'
import { asRefusal, Refusal } from './refusal.ts'

export type BridgeOptions = { site: string; host: string; tell: (message: FromBridge) => void }

const over: readonly string[] = ['completed', 'moved', 'expired', 'cancelled', 'rejected']

export class Bridge {
  readonly #tell: (message: FromBridge) => void
  readonly #pending: PendingStore
  readonly #sessions: Sessions
  readonly #streams: Streams
  readonly #others: (data: unknown) => void
  readonly #site: string
  /** Which sign-in this tab shows. */
  #id: string | undefined
  #verifier: string | undefined

  constructor({ site, host, tell }: BridgeOptions) {
    const name = `linklatch ${host} ${site}`
    this.#site = site
    this.#tell = tell
    this.#pending = new PendingStore(name)
    this.#sessions = new Sessions(name, site, (message, shared) => this.#sessionChanged(message, shared))
    this.#streams = new Streams(name, (event) => this.#streamSaid(event), (id) => this.#streamLost(id))
    this.#others = tabs(name, (data) => this.#heard(data))
  }

  /** Says that it lives, goes on with what a reload interrupted, and looks for a session. */
  start(): void {
    const waiting = this.#pending.mine()?.waiting
    this.#tell(waiting ? { type: 'ready', site: this.#site, waiting } : { type: 'ready', site: this.#site })
    if (location.hash === claimFirst) return
    if (waiting) this.#listen(waiting.id)
    this.#try('refresh', () => this.#refresh())
  }

  /** One message of H's page. What fails is said as `error` with `on`. */
  handle(message: ToBridge): void {
    this.#try(message.type, () => this.#do(message))
  }

  /** The page is seen again, perhaps after hours: the stream and the token may have ended unheard. */
  wake(): void {
    if (this.#id && this.#pending.get(this.#id)) this.#streams.watch(this.#id)
    if (this.#sessions.current.session && !this.#sessions.isFresh) this.#try('refresh', () => this.#refresh())
  }

  #do(message: ToBridge): Promise<void> | void {
    switch (message.type) {
      case 'prepare': return this.#prepare()
      case 'watch': return this.#watch(message.waiting)
      case 'claim': return this.#claim(message)
      case 'resend': return this.#resend()
      case 'cancel': return this.#cancel()
      case 'refresh': return this.#refresh()
      case 'end': return this.#sessions.end(message.everywhere ?? false)
    }
  }

  #try(on: ToBridge['type'], act: () => Promise<void> | void): void {
    new Promise<void>((resolve) => resolve(act())).catch((thrown: unknown) => {
      const { code, retryAfterSeconds } = asRefusal(thrown)
      this.#tell(retryAfterSeconds ? { type: 'error', on, code, retryAfter: retryAfterSeconds } : { type: 'error', on, code })
    })
  }

  async #prepare(): Promise<void> {
    const verifier = random(32)
    const challenge = await challengeOf(verifier)
    this.#verifier = verifier
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
    this.#streams.watch(id)
    this.#others({ ask: id })
  }

  #mine(): { id: string; verifier: string; waiting: Waiting } {
    const pending = this.#pending.get(this.#id)
    if (!pending) throw new Refusal('invalid_grant')
    return { id: pending.waiting.id, ...pending }
  }

  async #claim(message: Extract<ToBridge, { type: 'claim' }>): Promise<void> {
    if ('handoff' in message) return this.#sessions.claim({ handoff: message.handoff })
    if ('code' in message) return this.#claimPending(this.#mine().id, { sign_in: this.#mine().id, code: message.code })
    return this.#claimPending(jwtPart(message.arrival, 1, 'jti'), { arrival: message.arrival })
  }

  async #claimPending(id: string | undefined, what: object): Promise<void> {
    const pending = this.#pending.get(id)
    if (!pending) throw new Refusal('elsewhere')
    await this.#sessions.claim({ ...what, verifier: pending.verifier })
    this.#share({ type: 'state', id: pending.waiting.id, state: 'completed' })
    this.#done(pending.waiting.id)
  }

  async #resend(): Promise<void> {
    const { id, verifier, waiting } = this.#mine()
    this.#pending.put({ verifier, waiting: { ...waiting, delivery: 'queued' } })
    const answer = await call(`/v1/sign-ins/${id}/resend`, json({ verifier }))
    const resendIn = Number(field(answer, 'resend_in')) || 30
    const now = this.#mine().waiting
    this.#pending.put({ verifier, waiting: { ...now, resendAt: Math.floor(Date.now() / 1000) + resendIn } })
    this.#tell({ type: 'delivery', id, status: now.delivery, resendIn })
  }

  async #cancel(): Promise<void> {
    const { id, verifier } = this.#mine()
    await call(`/v1/sign-ins/${id}/cancel`, json({ verifier }))
    this.#streamSaid({ type: 'state', id, state: 'cancelled' })
  }

  async #refresh(): Promise<void> {
    const before = this.#sessions.current
    await this.#sessions.refresh()
    // Where nothing changed, nobody was told yet.
    if (before === this.#sessions.current) this.#tell(before)
  }

  #done(id: string): void {
    this.#streams.stop(id)
    this.#pending.drop(id)
  }

  /** H hears of it, and so do the other tabs, without where to go. */
  #sessionChanged(message: SessionMessage, shared: boolean): void {
    this.#tell(message)
    const { returnTo: _, ...rest } = message
    if (shared) this.#share(rest)
  }

  /** Our own stream spoke: whoever has it claims at once. */
  #streamSaid(event: StreamEvent): void {
    this.#share(event)
    const pending = this.#pending.get(event.id)
    if (event.type === 'delivery' && pending) this.#pending.put({ ...pending, waiting: { ...pending.waiting, delivery: event.status } })
    this.#follow(event)
    if (event.type === 'state' && event.state === 'approved') {
      this.#try('claim', () => this.#claimPending(event.id, { sign_in: event.id }))
    }
  }

  #streamLost(id: string): void {
    if (id === this.#id) this.#tell({ type: 'error', on: 'stream', code: 'stream_lost' })
  }

  #follow(event: StreamEvent): void {
    if (event.id === this.#id) this.#tell(event)
    if (event.type === 'delivery' || !over.includes(event.state)) return
    this.#streams.stop(event.id)
    if (event.state === 'completed') this.#try('refresh', () => this.#sessions.refresh().then(() => this.#done(event.id)))
    else this.#done(event.id)
  }

  #share(message: FromBridge): void {
    this.#others({ linklatch: 1, ...message })
  }

  #heard(data: unknown): void {
    for (const event of this.#streams.last(field(data, 'ask'))) this.#share(event)
    if (!isFromBridge(data)) return
    if (data.type === 'state' || data.type === 'delivery') this.#follow(data)
    if (data.type !== 'session') return
    this.#sessions.take(data)
    this.#tell(data)
  }
}
