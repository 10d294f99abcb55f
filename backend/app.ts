/** The Koa application: the order of what every request passes. */
import Router from '@koa/router'
import Koa from 'koa'
import { addAdminRoutes } from './admin/admin-routes.ts'
import { adminOnly } from './admin/admin-token.ts'
import { showProblem } from './handlers/pages.ts'
import { accessLog } from './http/access-log.ts'
import type { Assets } from './http/assets.ts'
import type { Draining } from './http/draining.ts'
import type { EventStreams } from './http/event-streams.ts'
import type { Metrics } from './http/metrics.ts'
import { problemResponses } from './http/problem-responses.ts'
import { securityHeaders } from './http/security-headers.ts'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

/** The operator's endpoints alone: for a command, while no backend runs. */
export function createAdminApp(services: Services, assets: Assets): Koa {
  const app = new Koa()
  app.silent = true
  const router = new Router({ strict: true, sensitive: true })
  addAdminRoutes(router, services, assets, adminOnly(services))
  app.use(problemResponses(services.log))
  app.use(router.routes())
  return app
}

export type AppParts = { streams: EventStreams; metrics: Metrics; draining: Draining }

export function createApp(services: Services, assets: Assets, { streams, metrics, draining }: AppParts): Koa {
  const { proxyHops, publicUrl, logLevel } = services.config
  const app = new Koa({ proxy: proxyHops > 0, maxIpsCount: proxyHops })
  app.silent = true
  app.on('error', (error: unknown) => services.log.warn({ err: error }, 'response failed'))
  const router = routes(services, assets, streams, metrics)
  app.use(metrics.timeRequests)
  if (logLevel === 'debug' || logLevel === 'trace') app.use(accessLog(services.log))
  app.use(securityHeaders({ publicUrl }))
  app.use(problemResponses(services.log, showProblem(services)))
  app.use(draining.refuse)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
