/** The bridge's page, and why a page may not hold it. */
import type { Context } from 'koa'
import type { Assets } from '../http/assets.ts'
import { queryText } from '../http/request.ts'
import { publicHeaders } from '../http/security-headers.ts'
import { Problem } from '../problems.ts'
import type { EmbedAnswer } from '../protocol.ts'
import type { Services } from '../services.ts'
import { bridgePage } from '../sessions/bridge-page.ts'
import type { Site } from '../sites/site.ts'
import { siteOfOrigin } from '../sites/site-of-origin.ts'

export function bridgeHandlers(services: Services, { bridgePath }: Assets) {
  return {
    async bridge(ctx: Context) {
      const destination = ctx.get('sec-fetch-dest')
      if (destination !== '' && destination !== 'iframe') throw new Problem('cross_site_request')
      const origin = queryText(ctx, 'origin') ?? ''
      const site = await siteOfOrigin(services, queryText(ctx, 'site'), origin)
      ctx.set({
        'Content-Security-Policy': `default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${origin}`,
        'Cross-Origin-Embedder-Policy': 'require-corp',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      })
      ctx.type = 'html'
      ctx.body = bridgePage({ siteId: site.id, origin, scriptPath: bridgePath }).toString()
    },

    /** Readable by any origin: the same for an unlisted origin and an unknown site. */
    async embed(ctx: Context) {
      publicHeaders(ctx)
      const site = await siteIfAllowed(services, queryText(ctx, 'site'), queryText(ctx, 'origin'))
      const answer: EmbedAnswer = site
        ? { allowed: true, name: site.name, ...(site.accentColor !== undefined && { accent_color: site.accentColor }) }
        : { allowed: false, code: 'origin_not_allowed' }
      ctx.body = answer
    },
  }
}

async function siteIfAllowed(services: Services, siteId: string | undefined, origin: string | undefined): Promise<Site | undefined> {
  try {
    return await siteOfOrigin(services, siteId, origin)
  } catch (error) {
    if (error instanceof Problem && error.code === 'origin_not_allowed') return undefined
    throw error
  }
}
