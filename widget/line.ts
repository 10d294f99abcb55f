/** Requests over the bridge: it is opened once, asked in turn, and opened anew when the page has thrown its frame away. */
import type { FromBridge, ToBridge } from './bridge-messages.ts'
import { openBridge, type BridgeLine, type BridgePlace } from './bridge-client.ts'
import { Refusal } from './refusal.ts'

/** How long the bridge may take to answer a request, in milliseconds. */
const answerWithin = 20_000

type Asked = { on: ToBridge['type']; heard: (message: FromBridge) => void; refused: (refusal: Refusal) => void }

export type LineEars = { heard: (message: FromBridge) => void; failed: (code: string) => void }

export class Line {
  readonly #place: BridgePlace
  readonly #ears: LineEars
  readonly #open: typeof openBridge
  readonly #asked = new Set<Asked>()
  #bridge: BridgeLine | undefined
  #ready: PromiseWithResolvers | undefined

  constructor(place: BridgePlace, ears: LineEars, open = openBridge) {
    this.#place = place
    this.#ears = ears
    this.#open = open
  }

  /** Opens the bridge where there is none. @throws {Refusal} why there will be none */
  ready(): Promise<void> {
    if (!this.#ready || !this.#bridge?.isAttached()) this.#start()
    return this.#ready?.promise ?? Promise.reject(new Refusal('unexpected'))
  }

  /** Posts once the bridge lives. */
  async post(message: ToBridge): Promise<void> {
    await this.ready()
    this.#bridge?.post(message)
  }

  /** Posts, and waits for the first message that `answer` takes. @throws {Refusal} the bridge's `error` on this request */
  async ask<Answer>(message: ToBridge, answer: (message: FromBridge) => Answer | undefined): Promise<Answer> {
    await this.ready()
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#asked.delete(asked)
      }
      const refused = (refusal: Refusal): void => {
        done()
        reject(refusal)
      }
      const heard = (said: FromBridge): void => {
        const value = answer(said)
        if (value === undefined) return
        done()
        resolve(value)
      }
      const asked: Asked = { on: message.type, heard, refused }
      const timer = setTimeout(() => refused(new Refusal('temporarily_unavailable')), answerWithin)
      this.#asked.add(asked)
      this.#bridge?.post(message)
    })
  }

  close(): void {
    this.#bridge?.close()
    for (const { refused } of [...this.#asked]) refused(new Refusal('temporarily_unavailable'))
    this.#ready = undefined
  }

  #start(): void {
    this.close()
    const ready = withResolvers()
    // Somebody may ask for it later only.
    ready.promise.catch(() => {})
    this.#ready = ready
    this.#bridge = this.#open(this.#place, {
      heard: (message) => this.#heard(message, ready),
      failed: (code) => this.#failed(code, ready),
    })
  }

  #heard(message: FromBridge, ready: PromiseWithResolvers): void {
    if (message.type === 'ready') {
      if (this.#ready !== ready) this.#ready = { ...ready, promise: Promise.resolve() }
      ready.resolve()
    }
    if (message.type === 'error' && this.#refused(message)) return
    this.#ears.heard(message)
    for (const asked of [...this.#asked]) asked.heard(message)
  }

  /** @returns whether the error answered a request: then it is that request's affair alone */
  #refused({ on, code, retryAfter }: Extract<FromBridge, { type: 'error' }>): boolean {
    const meant = [...this.#asked].filter((asked) => asked.on === on)
    for (const asked of meant) asked.refused(new Refusal(code, retryAfter))
    return meant.length > 0
  }

  /** The next request tries again with a new frame; a late `ready` of this one still counts. */
  #failed(code: string, ready: PromiseWithResolvers): void {
    ready.reject(new Refusal(code))
    if (this.#ready === ready) this.#ready = undefined
    this.#ears.failed(code)
  }
}

type PromiseWithResolvers = { promise: Promise<void>; resolve: () => void; reject: (refusal: Refusal) => void }

function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {}
  let reject = (_: Refusal): void => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
