/**
 * Every endpoint but the operator's: verb, path, who may call it, its limits, its handler. Paths are matched as they are written: no other case, no slash
 * at the end, so that nothing spelled differently slips past a limit (trap F11). HEAD reaches what GET reaches.
 */
import type Router from '@koa/router'
import { addAdminRoutes } from './admin/admin-routes.ts'
import { adminOnly, orThisMachine } from './admin/admin-token.ts'
import type { LimitName } from './config-limits.ts'
import { bridgeHandlers } from './handlers/bridge.ts'
import { meHandlers } from './handlers/me.ts'
import { pageHandlers } from './handlers/pages.ts'
import { publicHandlers } from './handlers/public.ts'
import { sessionHandlers } from './handlers/sessions.ts'
import { signInHandlers } from './handlers/sign-ins.ts'
import { serveAsset, type Assets } from './http/assets.ts'
import { cors, preflight } from './http/cors.ts'
import type { EventStreams } from './http/event-streams.ts'
import { sameOriginOnly, sameOriginReadOnly, topLevelOnly } from './http/guards.ts'
import type { Metrics } from './http/metrics.ts'
import { limits, sharedCounters, type Limited } from './http/rate-limits.ts'
import { RememberingRouter } from './http/remembering-router.ts'
import { networkFrom } from './http/request.ts'
import type { Services } from './services.ts'
import { siteLogos } from './sites/logos.ts'

export function routes(services: Services, assets: Assets, streams: EventStreams, metrics: Metrics): Router {
  const router = new RememberingRouter({ strict: true, sensitive: true })
  const { publicUrl, limits: budgets } = services.config
  const shared = sharedCounters(services)
  const limited = (name: LimitName, keyOf: Limited['keyOf']): Limited => ({ name, budget: budgets[name], keyOf })
  const signIns = signInHandlers(services, streams)
  const sessions = sessionHandlers(services)
  const bridge = bridgeHandlers(services, assets)
  const logos = siteLogos(services)
  const pages = pageHandlers(services, logos)
  const me = meHandlers(services)
  const open = publicHandlers(services, metrics, logos)
  const crossOrigin = cors(services)
  const sameOrigin = sameOriginOnly(publicUrl)
  const operatorOnly = adminOnly(services)

  // For the element, from H
  router.options('/v1/sign-ins', preflight(services, 'POST'))
  router.post(
    '/v1/sign-ins',
    crossOrigin,
    signIns.readStart,
    ...limits([limited('start.ip', networkFrom), limited('start.address_ip', signIns.addressKey), limited('start.site', signIns.siteKey)], shared),
    signIns.start,
  )

  // For the bridge, a page of A's own
  router.get('/bridge', bridge.bridge)
  router.post('/v1/sign-ins/:id/resend', sameOrigin, signIns.resend)
  router.post('/v1/sign-ins/:id/cancel', sameOrigin, signIns.cancel)
  router.post('/v1/sign-ins/:id/vouch', sameOrigin, signIns.vouch)
  router.get('/v1/sign-ins/:id/events', signIns.events)
  router.post('/v1/sessions', sameOrigin, sessions.claim)
  router.get('/v1/sessions/current', sameOriginReadOnly, sessions.current)
  router.post('/v1/sessions/refresh', sameOrigin, sessions.refresh)
  router.post('/v1/sessions/end', sameOrigin, sessions.end)
  router.post('/v1/cookie-check', sameOrigin, sessions.setCheck)
  router.get('/v1/cookie-check', sameOriginReadOnly, sessions.readCheck)

  // For the signed-in person, from H
  router.options(['/v1/me', '/v1/me/export'], preflight(services, 'GET, DELETE'))
  router.options('/v1/me/sessions/:sid', preflight(services, 'DELETE'))
  router.get('/v1/me', crossOrigin, me.show)
  router.get('/v1/me/export', crossOrigin, me.readPerson, ...limits([limited('export.user', me.personKey)], shared), me.export)
  router.delete('/v1/me', crossOrigin, me.erase)
  router.delete('/v1/me/sessions/:sid', crossOrigin, me.endSession)

  // Pages, at the top level
  router.get('/link', topLevelOnly, pages.link)
  router.get('/approve', topLevelOnly, pages.approvePage)
  router.post('/approve', topLevelOnly, sameOrigin, pages.approve)
  router.get('/sites/:id/logo', open.logo)

  // For everyone
  router.get('/.well-known/jwks.json', open.jwks)
  router.get('/.well-known/openid-configuration', open.discovery)
  router.get('/healthz', open.health)
  router.get('/readyz', open.ready)
  router.get('/metrics', orThisMachine(operatorOnly), open.metrics)
  router.get('/v1/embed', bridge.embed)
  router.get('/linklatch.js', serveAsset(assets.script, 'short'))
  router.get(assets.scriptPath, serveAsset(assets.script, 'immutable'))
  router.get(assets.bridgePath, serveAsset(assets.bridge, 'immutable'))
  for (const [path, asset] of assets.later) router.get(path, serveAsset(asset, 'immutable'))

  // For the operator: `admin/admin-routes.ts`
  addAdminRoutes(router, services, assets, operatorOnly)

  return router
}
