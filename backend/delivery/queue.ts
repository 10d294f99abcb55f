/**
 * The worker that gets mails out. Each mail's fate is in its sign-in's record, so the queue itself remembers nothing that matters:
 * after a crash it picks up what the store says is due, and a mail that was in flight is sent again with the same link (at least once).
 */
import type { SignIn } from '../sign-in/sign-in.ts'
import type { SignInStore } from '../store/store.ts'
import { unrefTimer, type Timer } from '../timer.ts'
import { attempts, troubleSeconds, type Attempt, type Attempts } from './attempt.ts'
import { reasonOf } from './reason.ts'

export type { QueueLog } from './attempt.ts'

export type QueueOptions = Omit<Attempts, 'signIns' | 'timer' | 'claimSeconds'> & {
  signIns: Pick<SignInStore, 'mailDue' | 'change'>
  /** Attempts at once (default 8). */
  concurrency?: number
  /**
   * For a store that several servers share: how long one of them has a mail to itself, more than an attempt takes at most.
   * After a crash its mail waits as long. 0 (default): this process is the only one, and nothing is written before an attempt.
   */
  claimSeconds?: number
  /** How long `stop` waits for what is in flight (default 8). */
  stopSeconds?: number
  timer?: Timer
}

export type DeliveryQueue = {
  /** A mail may be due: look in a moment. Cheap; call it after each start and resend. */
  wake(): void
  /** Begins nothing new, and resolves when what is in flight is settled, or after `stopSeconds`. */
  stop(): Promise<void>
}

/**
 * From a start to its mail: by then the answer has left, and whoever asked has it, so that neither its time nor that of what is asked right
 * after it tells whether a letter is written (R14). A turn of the loop is too short: on one machine the asking process waits for the core.
 */
const afterAnswerSeconds = 0.01

/** Mails that are read at once, for each that is sent at once. */
const readAhead = 8

/** Mails in flight, with those whose fate is being written down, for each that is sent at once. */
const mostUnwritten = 3

/** With several servers: how often to look for what a dead one has left. */
const lookAgainSeconds = 30

/** Starts the worker; it looks for due mails at once. */
export function startDeliveryQueue(options: QueueOptions): DeliveryQueue {
  const queue = new Queue({ concurrency: 8, claimSeconds: 0, stopSeconds: 8, timer: unrefTimer, ...options })
  queue.look()
  return { wake: () => queue.wake(), stop: () => queue.stop() }
}

type Absent = 'ready' | 'count'
type Options = Required<Omit<QueueOptions, Absent>> & Pick<QueueOptions, Absent>

class Queue {
  readonly #options: Options
  readonly #attempt: Attempt
  readonly #inFlight = new Map<string, Promise<void>>()
  /** Of those in flight, the ones whose fate is not known yet. */
  #sending = 0
  /** Due when the store was read last, oldest first: each attempt looks at its own again before it begins. */
  #next: SignIn[] = []
  #woken = false
  #looking = false
  #lookAgain = false
  #stopped = false
  /** One each at the most, none while nothing is waiting: for the mail that is due next, and for one that the store could not hand over. */
  readonly #cancelLook = { due: () => {}, trouble: () => {} }

  constructor(options: Options) {
    this.#options = options
    this.#attempt = attempts(options)
  }

  wake(): void {
    if (this.#woken) return
    this.#woken = true
    this.#options.timer(afterAnswerSeconds, () => {
      this.#woken = false
      this.look()
    })
  }

  look(): void {
    this.#lookAgain = true
    if (this.#looking) return
    this.#looking = true
    setImmediate(() => void this.#look())
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const cancel of Object.values(this.#cancelLook)) cancel()
    await settledWithin(this.#options.stopSeconds, [...this.#inFlight.values()])
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false
      await this.#lookOnce().catch((cause: unknown) => this.#trouble(cause))
    }
    this.#looking = false
  }

  async #lookOnce(): Promise<void> {
    if (this.#free() === 0) return
    if (this.#next.length === 0) await this.#read()
    for (const signIn of this.#next.splice(0, this.#free())) this.#begin(signIn)
  }

  /** To write down a mail's fate takes as long as to send it, and keeps no other one waiting; where the store takes nothing any more, sending ends soon. */
  #free(): number {
    const { concurrency } = this.#options
    return Math.max(0, Math.min(concurrency - this.#sending, concurrency * mostUnwritten - this.#inFlight.size))
  }

  /** More than can begin now: under a burst, to read the store for each mail would cost more than the mail's other changes. */
  async #read(): Promise<void> {
    const { signIns, concurrency, clock } = this.#options
    // Taken before the store is read: a mail that ends during the read stands in the answer as it was before.
    const busy = new Set(this.#inFlight.keys())
    const found = (await signIns.mailDue(concurrency * readAhead + busy.size)).filter(({ id }) => !busy.has(id))
    const now = clock.now()
    this.#next = found.filter((signIn) => dueAt(signIn) <= now)
    const seconds = Math.min(...found.filter((signIn) => dueAt(signIn) > now).map(dueAt)) - now
    this.#lookIn('due', Math.min(seconds, this.#options.claimSeconds > 0 ? lookAgainSeconds : Infinity))
  }

  #begin(signIn: SignIn): void {
    if (this.#stopped) return
    let isSending = true
    this.#sending += 1
    const sent = () => {
      if (isSending) this.#sending -= 1
      isSending = false
    }
    const ended = (then: () => void) => {
      sent()
      this.#inFlight.delete(signIn.id)
      then()
    }
    const next = () => {
      sent()
      this.look()
    }
    const done = this.#attempt(signIn, next).then(
      () => ended(() => this.look()),
      (cause: unknown) => ended(() => this.#trouble(cause)),
    )
    this.#inFlight.set(signIn.id, done)
  }

  #lookIn(why: 'due' | 'trouble', seconds: number): void {
    this.#cancelLook[why]()
    if (seconds < Infinity && !this.#stopped) this.#cancelLook[why] = this.#options.timer(seconds, () => this.look())
  }

  #trouble(cause: unknown): void {
    this.#options.log.error({ reason: reasonOf(cause) }, 'the delivery queue could not use the store')
    this.#lookIn('trouble', troubleSeconds)
  }
}

/** When something is to be done about it: an attempt, or writing down that it is over. */
function dueAt({ delivery, expiresAt }: SignIn): number {
  return Math.min(delivery.nextAttemptAt, expiresAt)
}

/** This timer does keep the process alive: the entry waits for it on its way out. */
async function settledWithin(seconds: number, promises: Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1000)))
  await Promise.race([Promise.all(promises), late])
  clearTimeout(timer)
}
