/**
 * The operator's endpoints: verb, path, handler. All behind the same door but the console's page, which holds nothing and speaks to the others; every act is
 * in the audit log, on disk, before it is answered.
 */
import type Router from '@koa/router'
import type { Context, Middleware, Next } from 'koa'
import type { Assets } from '../http/assets.ts'
import { readJsonIfAny } from '../http/body.ts'
import { topLevelOnly } from '../http/guards.ts'
import { parseRequest } from '../protocol.ts'
import type { Services } from '../services.ts'
import { adminSignInHandlers } from './admin-sign-ins.ts'
import { adminSiteHandlers } from './admin-sites.ts'
import { adminUserHandlers } from './admin-users.ts'
import { noFields, readQuery } from './admin-wire.ts'
import { consoleHandlers } from './console-page.ts'

const base = '/admin/v1'
const site = `${base}/sites/:id`
const user = `${site}/users/:uid`

/** @param operatorOnly the door: `admin-token.ts` */
export function addAdminRoutes(router: Router, services: Services, assets: Assets, operatorOnly: Middleware): void {
  const sites = adminSiteHandlers(services, assets)
  const users = adminUserHandlers(services)
  const signIns = adminSignInHandlers(services)
  const console = consoleHandlers(services, assets)
  const look = [operatorOnly]
  const lookAt = [...look, withoutQuery]
  const act = [...lookAt, keepsEvents(services)]

  router.get('/console', topLevelOnly, ...console.page)
  router.get(assets.consolePath, ...console.script)

  router.post(`${base}/sites`, ...act, sites.create)
  router.get(`${base}/sites`, ...lookAt, sites.list)
  router.get(site, ...lookAt, sites.show)
  router.patch(site, ...act, sites.change)
  router.delete(site, ...act, sites.delete)
  router.post(`${site}/webhook/secret`, ...act, sites.renewSecret)
  router.post(`${site}/webhook/test`, ...act, sites.testWebhook)

  router.get(`${site}/users`, ...look, users.list)
  router.post(`${site}/users`, ...act, users.invite)
  router.get(user, ...lookAt, users.show)
  router.patch(user, ...act, users.change)
  router.delete(user, ...act, users.erase)
  router.get(`${user}/export`, ...lookAt, users.export)
  router.post(`${user}/revoke`, ...act, withoutFields, users.revoke)
  router.get(`${user}/sessions`, ...lookAt, users.sessions)
  router.delete(`${user}/sessions/:sid`, ...act, users.endSession)

  router.get(`${site}/sign-ins`, ...look, signIns.list)
  router.post(`${site}/sign-ins/:sid/revoke`, ...act, withoutFields, signIns.revoke)
  router.get(`${site}/events`, ...look, signIns.events)
  router.get(`${base}/events`, ...look, signIns.serverEvents)
}

const withoutQuery: Middleware = (ctx, next) => {
  readQuery(ctx, noFields)
  return next()
}

/** Whoever says more than there is to say (`{"everywhere": true}`) means another thing than what would be done. */
const withoutFields: Middleware = async (ctx, next) => {
  parseRequest(noFields, await readJsonIfAny(ctx))
  await next()
}

/** What was done stays done where its event cannot be kept; the log of the process has it. */
function keepsEvents({ store, log }: Services) {
  return async (_ctx: Context, next: Next) => {
    await next()
    await store.events.flush().catch((err: unknown) => log.error({ err }, 'an act of the operator could not be written to the audit log'))
  }
}
