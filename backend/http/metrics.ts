/**
 * Counters for an operator, in Prometheus' text form, by prom-client. Labels are names of routes, statuses, events, codes, limits and
 * operations, all of them in the source: no ids, no addresses, nothing that a client could make up.
 */
import type { Middleware } from 'koa'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { AuditEvent } from '../audit.ts'
import type { StoreCall } from '../store/observed.ts'
import { problemOf } from './problem-responses.ts'
import { routeOf } from './request.ts'

export type Metrics = {
  contentType: string
  text(): Promise<string>
  count(event: AuditEvent): void
  /** An attempt at a mail ended; `silent`: at one that is never sent. */
  countMail(result: 'sent' | 'deferred' | 'failed' | 'silent'): void
  countLimit(limit: string): void
  timeStore(call: StoreCall): void
  /** Times each request by its route's pattern, and counts the refusals. */
  timeRequests: Middleware
}

export type MetricsSources = {
  openStreams: () => number
  /** Sign-ins that still owe a mail. */
  mailsWaiting: () => Promise<number>
}

export function createMetrics({ openStreams, mailsWaiting }: MetricsSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'linklatch_' })
  const events = new Counter({ name: 'linklatch_events_total', help: 'What happened, by event', labelNames: ['event'], registers })
  const mails = new Counter({ name: 'linklatch_mail_attempts_total', help: 'Attempts at mails, by how they ended', labelNames: ['result'], registers })
  const refusals = new Counter({ name: 'linklatch_refusals_total', help: 'Requests that were refused, by problem code', labelNames: ['code'], registers })
  const limits = new Counter({ name: 'linklatch_limits_reached_total', help: 'What was refused or put off by a limit', labelNames: ['limit'], registers })
  const requests = new Histogram({ name: 'linklatch_request_seconds', help: 'Requests by route and status', labelNames: ['method', 'route', 'status'], buckets: [0.005, 0.02, 0.1, 0.5, 2], registers })
  const store = new Histogram({ name: 'linklatch_store_seconds', help: 'Calls to the store until they were durable, by operation', labelNames: ['operation'], buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2], registers })
  new Gauge({ name: 'linklatch_streams_open', help: 'Event streams open now', registers, collect() { this.set(openStreams()) } })
  new Gauge({ name: 'linklatch_mails_waiting', help: 'Sign-ins that owe a mail now', registers, collect() { return waiting(this, mailsWaiting) } })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    count: ({ event }) => events.inc({ event }),
    countMail: (result) => mails.inc({ result }),
    countLimit: (limit) => limits.inc({ limit }),
    timeStore: ({ operation, seconds }) => store.observe({ operation }, seconds),
    async timeRequests(ctx, next) {
      const end = requests.startTimer()
      try {
        await next()
      } finally {
        end({ method: knownMethods.has(ctx.method) ? ctx.method : 'other', route: routeOf(ctx), status: String(ctx.status) })
        const problem = problemOf(ctx)
        if (problem) refusals.inc({ code: problem.code })
        if (problem?.limit !== undefined) limits.inc({ limit: problem.limit })
      }
    },
  }
}

/** Nothing where the store cannot say: all the others are wanted most then. */
function waiting(gauge: Gauge, count: () => Promise<number>): Promise<void> {
  return count().then((mails) => gauge.set(mails), () => gauge.remove())
}

/** Node's parser takes some thirty more, and each would be a series of its own. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])
