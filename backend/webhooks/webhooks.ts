/** When which site's events are sent on: soon after they happen, later where it failed, never in the way of a sign-in. */
import type { AuditEvent } from '../audit.ts'
import { postPublicly, type Post } from '../http/public-request.ts'
import type { Services } from '../services.ts'
import { unrefTimer, type Timer } from '../timer.ts'
import { sendEvents, type Outcome } from './send-events.ts'
import { isTold } from './webhook-event.ts'

export type Webhooks = {
  /** Takes up what an earlier run left. */
  begin(): void
  /** Never throws, never waits. */
  heard(event: AuditEvent): void
  /** No new requests; those under way are cut off, and their events are sent after the next start. */
  stop(): Promise<void>
}

export type WebhooksOptions = {
  services: Services
  /** For tests. */
  post?: (post: Post, signal: AbortSignal) => Promise<number>
  timer?: Timer
}

const gatherSeconds = 0.3
const busySeconds = 5
const longestRetrySeconds = 3600
/** How often several processes look for what one of them left when it died. */
const lookAgainSeconds = 60
/** Sites whose events are being sent, at most. */
const concurrency = 16

/** Seconds until the next try after so many failures: 5, 10, 20 … up to an hour. */
export const webhookRetrySeconds = (failures: number): number => Math.min(5 * 2 ** (failures - 1), longestRetrySeconds)

export function createWebhooks({ services, timer = unrefTimer, ...given }: WebhooksOptions): Webhooks {
  const { production } = services.config
  const ending = new AbortController()
  const post = given.post ?? ((one: Post, signal: AbortSignal) => postPublicly(one, { production, signal }))
  const turns = new Turns({
    timer,
    log: services.log,
    send: (siteId) => sendEvents({ services, post: (one) => post(one, ending.signal), isStopped: () => ending.signal.aborted }, siteId),
  })
  const lookAtAll = lookAtSites(services.store, turns)
  let looking: NodeJS.Timeout | undefined
  return {
    begin() {
      const look = () => void lookAtAll().catch(() => undefined)
      look()
      if (services.isShared) looking = setInterval(look, lookAgainSeconds * 1000).unref()
    },
    heard(event) {
      if (event.siteId === undefined) return
      // It may have another address now, or another secret: what the one before did says nothing of it.
      if (event.event === 'site.changed') turns.wakeAnew(event.siteId)
      else if (isTold(event)) turns.wake(event.siteId)
    },
    async stop() {
      clearInterval(looking)
      ending.abort()
      await turns.stop()
    },
  }
}

function lookAtSites({ sites }: Services['store'], turns: Turns): () => Promise<void> {
  /** What each webhook was at the last look: another process, or a command, may change one unheard. */
  let seen = new Map<string, string>()
  return async () => {
    const before = seen
    seen = new Map()
    for (const { id, webhook } of await sites.list()) {
      if (webhook?.secret === undefined) continue
      const now = `${webhook.url} ${webhook.secret}`
      seen.set(id, now)
      if (before.has(id) && before.get(id) !== now) turns.wakeAnew(id)
      else turns.wake(id)
    }
  }
}

type TurnsOptions = { timer: Timer; log: Services['log']; send(siteId: string): Promise<Outcome> }

/** Each site at most once at a time. All that is held of one is that it waits: as many entries as there are sites, whatever happens. */
class Turns {
  readonly #options: TurnsOptions
  readonly #timers = new Map<string, () => void>()
  readonly #failures = new Map<string, number>()
  readonly #waiting = new Set<string>()
  /** Whose turn under way says nothing of the next. */
  readonly #anew = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  #stopped = false

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Where it waits already, for its turn or for another try, it is not sooner. */
  wake(siteId: string): void {
    if (!this.#timers.has(siteId)) this.#in(gatherSeconds, siteId)
  }

  /** Soon, whatever failed before: as if it were its first time. */
  wakeAnew(siteId: string): void {
    this.#failures.delete(siteId)
    if (this.#running.has(siteId)) this.#anew.add(siteId)
    else this.#in(gatherSeconds, siteId)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await Promise.all(this.#running.values())
  }

  #in(seconds: number, siteId: string): void {
    if (this.#stopped) return
    this.#timers.get(siteId)?.()
    const ring = () => {
      this.#timers.delete(siteId)
      this.#waiting.add(siteId)
      this.#next()
    }
    this.#timers.set(siteId, this.#options.timer(seconds, ring))
  }

  #next(): void {
    for (const siteId of this.#waiting) {
      if (this.#stopped || this.#running.size >= concurrency) return
      if (this.#running.has(siteId)) continue
      this.#waiting.delete(siteId)
      this.#running.set(siteId, this.#turn(siteId))
    }
  }

  async #turn(siteId: string): Promise<void> {
    const outcome = await this.#options.send(siteId).catch((cause: unknown): Outcome => ({ result: 'failed', reason: cause instanceof Error ? cause.name : 'unknown error' }))
    this.#running.delete(siteId)
    this.#after(siteId, outcome)
    this.#next()
  }

  #after(siteId: string, outcome: Outcome): void {
    if (this.#stopped) return
    if (this.#anew.delete(siteId)) return this.#in(gatherSeconds, siteId)
    if (outcome.result !== 'failed') {
      this.#failures.delete(siteId)
      if (outcome.result !== 'all') this.#in(outcome.result === 'busy' ? busySeconds : 0, siteId)
      return
    }
    const failures = (this.#failures.get(siteId) ?? 0) + 1
    this.#failures.set(siteId, failures)
    const seconds = webhookRetrySeconds(failures)
    // What came meanwhile waits for the same try.
    this.#waiting.delete(siteId)
    this.#options.log.warn({ siteId, reason: outcome.reason, failures, seconds }, 'a webhook was not taken')
    this.#in(seconds, siteId)
  }
}
