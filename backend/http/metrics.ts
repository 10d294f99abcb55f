/** Counters for an operator, in Prometheus' text form, by prom-client. Names of routes, statuses and events: no ids, no addresses. */
import type { Middleware } from 'koa'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { AuditEvent } from '../audit.ts'

export type Metrics = {
  contentType: string
  text(): Promise<string>
  count(event: AuditEvent): void
  /** Times each request by its route's pattern. */
  timeRequests: Middleware
}

export function createMetrics({ openStreams }: { openStreams: () => number }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'linklatch_' })
  const events = new Counter({ name: 'linklatch_events_total', help: 'What happened, by event', labelNames: ['event'], registers })
  const requests = new Histogram({ name: 'linklatch_request_seconds', help: 'Requests by route and status', labelNames: ['method', 'route', 'status'], buckets: [0.005, 0.02, 0.1, 0.5, 2], registers })
  new Gauge({ name: 'linklatch_streams_open', help: 'Event streams open now', registers, collect() { this.set(openStreams()) } })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    count: ({ event }) => events.inc({ event }),
    async timeRequests(ctx, next) {
      const end = requests.startTimer()
      try {
        await next()
      } finally {
        const route: unknown = (ctx as { routerPath?: unknown; _matchedRoute?: unknown })._matchedRoute
        end({ method: ctx.method, route: typeof route === 'string' ? route : 'none', status: String(ctx.status) })
      }
    },
  }
}
