/**
 * `GET /console`: the owner's console (`widget/console/`). An empty document and one script of A's own, which speaks the admin API with the token that
 * the operator types: no cookie, so nothing that another page could send along (R94). Where the admin API is off, so is the console.
 */
import type { Context, Middleware } from 'koa'
import { serveAsset, type Assets } from '../http/assets.ts'
import { html } from '../http/html.ts'
import { consoleHeaders } from '../http/security-headers.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'

/** In the page itself: nothing else is to be fetched for it. */
const icon = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f4fd0"/><path d="M5 4v8h6" fill="none" stroke="#fff" stroke-width="2"/></svg>')}`

export function consoleHandlers({ config }: Services, assets: Assets) {
  const whereOn: Middleware = (_ctx, next) => {
    if (config.adminToken === undefined) throw new Problem('not_found')
    return next()
  }
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>Linklatch console</title><link rel="icon" href="${icon}"><script type="module" src="${assets.consolePath}"></script></head>
<body><p>The console needs JavaScript. Without it there is the command: <code>linklatch --help</code>.</p></body>
</html>`.toString()
  return {
    page: [whereOn, (ctx: Context) => {
      consoleHeaders(ctx)
      ctx.type = 'html'
      ctx.body = document
    }],
    script: [whereOn, serveAsset(assets.console, 'immutable')],
  }
}
