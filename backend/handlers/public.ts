/** What anybody may read: keys, discovery, health, the script files; and the metrics, which only the operator may (`admin/admin-token.ts`). */
import type { Context } from 'koa'
import { pictureHeaders, publicHeaders } from '../http/security-headers.ts'
import type { Metrics } from '../http/metrics.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Logos } from '../sites/logos.ts'

const cached = 'public, max-age=300'

export function publicHandlers(services: Services, metrics: Metrics, logos: Logos) {
  const { config, accessTokens } = services
  const publish = (ctx: Context, body: object) => {
    publicHeaders(ctx)
    ctx.set('Cache-Control', cached)
    ctx.body = body
  }
  return {
    jwks: (ctx: Context) => publish(ctx, accessTokens.jwks),

    /** As much of OpenID discovery as verifiers of tokens read. */
    discovery: (ctx: Context) =>
      publish(ctx, {
        issuer: config.publicUrl,
        jwks_uri: `${config.publicUrl}/.well-known/jwks.json`,
        response_types_supported: [],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['ES256'],
        dpop_signing_alg_values_supported: ['ES256'],
        claims_supported: ['sub', 'aud', 'sid', 'email', 'email_verified', 'phone_number', 'phone_number_verified', 'amr', 'auth_time', 'roles'],
      }),

    health(ctx: Context) {
      ctx.body = { status: 'ok' }
    },

    async ready(ctx: Context) {
      const [store, mail] = await Promise.all([services.store.ready().then(() => true, () => false), services.deliveryReady()])
      ctx.status = store && mail ? 200 : 503
      ctx.body = { status: store && mail ? 'ok' : 'unavailable', store, mail }
    },

    async logo(ctx: Context) {
      const destination = ctx.get('sec-fetch-dest')
      if (destination !== '' && destination !== 'image') throw new Problem('cross_site_request')
      const site = await services.store.sites.get((ctx.params as { id: string }).id)
      const logo = site && (await logos.get(site))
      if (!logo) throw new Problem('not_found')
      pictureHeaders(ctx)
      ctx.type = logo.type
      ctx.body = logo.body
    },

    async metrics(ctx: Context) {
      ctx.set('Content-Type', metrics.contentType)
      ctx.body = await metrics.text()
    },
  }
}
