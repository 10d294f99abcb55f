/** What every answer carries unless its route says otherwise: nothing is cached, framed, sniffed or referred (R53, R57 to R59). */
import type { Context, Middleware } from 'koa'

const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const everywhere = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': nothing,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

export function securityHeaders({ publicUrl }: { publicUrl: string }): Middleware {
  const https = publicUrl.startsWith('https:')
  const headers = Object.entries({ ...everywhere, ...(https && { 'Strict-Transport-Security': 'max-age=31536000' }) })
  return (ctx, next) => {
    for (const [name, value] of headers) ctx.res.setHeader(name, value)
    return next()
  }
}

/** A page of A at the top level: in no frame, and in no group with what opened it. */
const byItself = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const

/**
 * A page of A at the top level. Works without JavaScript: there is no script source at all.
 * @param formTargets origins that a form's redirect may lead to (trap F23)
 */
export function pageHeaders(ctx: Context, { nonce, formTargets = [] }: { nonce: string; formTargets?: string[] }): void {
  const formAction = ["'self'", ...formTargets].join(' ')
  ctx.set({
    ...byItself,
    'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src 'self' data:; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
  })
}

/** A picture that somebody else drew, for pages of A alone: opened by itself it is a download, and what it holds, such as an SVG's script, never runs here. */
export function pictureHeaders(ctx: Context): void {
  ctx.set({ 'Content-Security-Policy': `${nothing}; sandbox`, 'Content-Disposition': 'attachment; filename="logo"' })
}

/** The owner's console: its own script, its own calls, and no markup from text but what Lit makes. */
export function consoleHeaders(ctx: Context): void {
  ctx.set({
    ...byItself,
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html",
  })
}

/** A file for any page of any origin, on pages with COEP too. */
export function publicHeaders(ctx: Context): void {
  ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
}
