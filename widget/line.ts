/** Requests over the bridge: it is opened once, asked in turn, and opened anew when the page has thrown its frame away. */
import type { FromBridge, PageSession, ToBridge } from './bridge-messages.ts'
import { openBridge, type BridgeLine, type BridgePlace } from './bridge-client.ts'
import { Refusal } from './refusal.ts'

/** How long the bridge may take to answer a request, in milliseconds: it tries a claim for half a minute. */
const answerWithin = 45_000

export type SessionMessage = Extract<FromBridge, { type: 'session' }>

/** Two answers that are asked for often. */
export const anySession = (said: FromBridge): SessionMessage | undefined => (said.type === 'session' ? said : undefined)
export const newSession = (said: FromBridge): PageSession | undefined => anySession(said)?.session ?? undefined

type Asked = { on: ToBridge['type']; heard: (message: FromBridge) => void; refused: (refusal: Refusal) => void }

/** What the client hears: every message that answers no request with an error, and why there is no bridge. */
export type LineEars = { heard: (message: FromBridge) => void; failed: (code: string) => void }

type Awaited = { promise: Promise<void>; resolve: () => void; reject: (refusal: Refusal) => void }

function awaited(): Awaited {
  let resolve = (): void => {}
  let reject = (_: Refusal): void => {}
  const promise = new Promise<void>((done, fail) => {
    resolve = done
    reject = fail
  })
  // Somebody may ask for it later only.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

export class Line {
  readonly #place: () => BridgePlace
  readonly #ears: LineEars
  readonly #open: typeof openBridge
  readonly #asked = new Set<Asked>()
  #bridge: BridgeLine | undefined
  #ready: Promise<void> | undefined
  /** Who waits for a bridge that is closed before it comes waits for the next one. */
  #coming: Awaited | undefined

  constructor(place: () => BridgePlace, ears: LineEars, open: typeof openBridge) {
    this.#place = place
    this.#ears = ears
    this.#open = open
  }

  /** Opens the bridge where there is none. @throws {Refusal} why there will be none */
  ready(): Promise<void> {
    if (!this.#ready || !this.#bridge?.isAttached()) this.#start()
    return this.#ready ?? Promise.resolve()
  }

  /** Whether a bridge has said that it lives, and still stands in the page. */
  get lives(): boolean {
    return !!this.#ready && !this.#coming && !!this.#bridge?.isAttached()
  }

  /** Posts once the bridge lives. */
  async post(message: ToBridge): Promise<void> {
    await this.ready()
    this.#bridge?.post(message)
  }

  /** Posts, and waits for the first message that `answer` takes. @throws {Refusal} the bridge's `error` on this request */
  async ask<Answer>(message: ToBridge, answer: (message: FromBridge) => Answer | undefined): Promise<Answer> {
    await this.ready()
    let asked: Asked | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const answered = new Promise<Answer>((resolve, reject) => {
      const heard = (said: FromBridge): void => {
        const value = answer(said)
        if (value !== undefined) resolve(value)
      }
      asked = { on: message.type, heard, refused: reject }
      this.#asked.add(asked)
      timer = setTimeout(() => reject(new Refusal('temporarily_unavailable')), answerWithin)
    })
    this.#bridge?.post(message)
    return answered.finally(() => {
      clearTimeout(timer)
      if (asked) this.#asked.delete(asked)
    })
  }

  close(): void {
    this.#bridge?.close()
    for (const { refused } of this.#asked) refused(new Refusal('temporarily_unavailable'))
    this.#ready = undefined
  }

  #start(): void {
    this.close()
    const { promise, resolve, reject } = (this.#coming ??= awaited())
    this.#ready = promise
    const heard = (message: FromBridge): void => {
      // A late one counts too: the promise that was given up has a successor.
      if (message.type === 'ready') {
        this.#coming = undefined
        this.#ready = Promise.resolve(resolve())
      }
      this.#heard(message)
    }
    const failed = (code: string): void => {
      this.#ready = this.#coming = undefined
      reject(new Refusal(code))
      this.#ears.failed(code)
    }
    this.#bridge = this.#open(this.#place(), { heard, failed })
  }

  #heard(message: FromBridge): void {
    const asked = [...this.#asked]
    const meant = message.type === 'error' ? asked.filter(({ on }) => on === message.on) : []
    if (message.type === 'error') for (const { refused } of meant) refused(new Refusal(message.code, message.retryAfter))
    if (!meant.length) this.#ears.heard(message)
    if (message.type !== 'error') for (const { heard } of asked) heard(message)
  }
}
