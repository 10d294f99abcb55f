/** `/admin/v1/sites`: how HTTP reaches `sites/manage-sites.ts`. */
import type { Context } from 'koa'
import * as v from 'valibot'
import { snippetFor, type Assets } from '../http/assets.ts'
import { readJson } from '../http/body.ts'
import { pathText } from '../http/request.ts'
import { Problem } from '../problems.ts'
import { changeSiteSchema, createSiteSchema, parseRequest } from '../protocol.ts'
import type { Services } from '../services.ts'
import { changeSite, createSite, deleteSite, renewWebhookSecret } from '../sites/manage-sites.ts'
import type { Site } from '../sites/site.ts'
import { shownSecret } from '../sites/webhook.ts'
import { testWebhook } from '../webhooks/test-webhook.ts'

export function adminSiteHandlers(services: Services, assets: Assets) {
  const show = (site: Site) => ({ ...wireSite(site), snippet: snippetFor(assets, services.config.publicUrl, site) })
  return {
    async create(ctx: Context) {
      const site = await createSite(services, parseRequest(createSiteSchema, await readJson(ctx)))
      ctx.status = 201
      ctx.body = { ...show(site), ...secretOnce(site.webhook?.secret) }
    },
    async list(ctx: Context) {
      ctx.body = { items: (await services.store.sites.list()).map(show) }
    },
    async show(ctx: Context) {
      ctx.body = show(await siteIn(ctx, services))
    },
    async change(ctx: Context) {
      const { site, newSecret } = await changeSite(services, idOf(ctx), parseRequest(changeSiteSchema, await readJson(ctx)))
      ctx.body = { ...show(site), ...secretOnce(newSecret) }
    },
    async renewSecret(ctx: Context) {
      parseRequest(v.strictObject({}), await readJson(ctx))
      ctx.body = secretOnce(await renewWebhookSecret(services, idOf(ctx)))
    },
    async testWebhook(ctx: Context) {
      parseRequest(v.strictObject({}), await readJson(ctx))
      const { status, reason } = await testWebhook(services, idOf(ctx))
      ctx.body = { taken: reason === undefined, ...(status !== undefined && { status }), ...(reason !== undefined && { reason }) }
    },
    async delete(ctx: Context) {
      await deleteSite(services, idOf(ctx))
      ctx.status = 204
    },
  }
}

/** The site that the path names. @throws {Problem} `not_found` */
export async function siteIn(ctx: Context, { store }: Services): Promise<Site> {
  const site = await store.sites.get(idOf(ctx))
  if (!site) throw new Problem('not_found')
  return site
}

/** The answer that makes a secret is the only one that ever shows it. */
const secretOnce = (secret: string | undefined) => (secret === undefined ? {} : { webhook_secret: shownSecret(secret) })

const idOf = (ctx: Context): string => pathText(ctx, 'id')

/** A site in the names of the contract. */
export function wireSite(site: Site) {
  return {
    id: site.id,
    name: site.name,
    origins: site.origins,
    landing_urls: site.landingUrls,
    mode: site.mode,
    strict: site.strict === true,
    code_only: site.codeOnly === true,
    allowed_domains: site.allowedDomains,
    ...(site.locale !== undefined && { locale: site.locale }),
    ...(site.logoUrl !== undefined && { logo_url: site.logoUrl }),
    ...(site.accentColor !== undefined && { accent_color: site.accentColor }),
    link_ttl: site.linkTtlSeconds,
    session: { idle: site.idleSeconds, absolute: site.absoluteSeconds },
    ...(site.webhook !== undefined && { webhook: { url: site.webhook.url } }),
    created_at: Math.floor(site.createdAt),
  }
}
