/**
 * A stand-in for another device: it opens a mailed link as a browser without any cookie or storage would, and shows what that browser
 * would show. It speaks to /link, /approve, the logo and the handoff claim of the backend, and to nothing else.
 */
import type { Context } from 'koa'
import { readForm } from '../../backend/http/body.ts'
import { devicePage } from './device-page.ts'
import type { SandboxOptions } from './host.ts'
import { linkIn } from './letter.ts'

const relayedFields = ['token', 'choice', 'number']
const form = 'application/x-www-form-urlencoded'

export function otherDevice({ reach, server, outbox }: Pick<SandboxOptions, 'reach' | 'server' | 'outbox'>) {
  const ask = (path: string, post?: { type: string; body: string }): Promise<Response> => {
    const sent = post && { method: 'POST', body: post.body, headers: { 'content-type': post.type, origin: server } }
    return fetch(reach + path, { redirect: 'manual', signal: AbortSignal.timeout(5000), ...sent })
  }
  /** No V here, so the landing page's script would go on to the approve page. */
  const land = (token: string) => ask(`/approve?token=${encodeURIComponent(token)}`)
  const takeOver = async (ctx: Context, handoff: string) => {
    const answer = await ask('/v1/sessions', { type: 'application/json', body: JSON.stringify({ handoff }) })
    const { user } = (await answer.json()) as { user?: { email?: string } }
    if (user) say(ctx, 'Signed in on this phone', `You are ${user.email ?? 'signed in'} here now. The first screen gets nothing any more.`)
    else say(ctx, 'Not signed in', 'That took too long. Ask for a new link.')
  }
  return {
    open: async (ctx: Context) => {
      const letter = outbox.letters().find(({ number }) => String(number) === ctx.query.letter)
      if (!letter) return say(ctx, 'Another phone', 'It knows nothing of your browser.')
      const answer = await ask(linkIn(letter.text, server).slice(server.length))
      const token = landingToken(answer)
      await relay(ctx, token === undefined ? answer : await land(token))
    },
    approve: async (ctx: Context) => {
      const given = await readForm(ctx)
      const fields = relayedFields.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? '']] : []))
      const answer = await ask('/approve', { type: form, body: new URLSearchParams(fields).toString() })
      const token = landingToken(answer)
      await (token === undefined ? relay(ctx, answer) : takeOver(ctx, token))
    },
    /** The backend's pages load it from where they are. */
    logo: async (ctx: Context) => {
      const answer = await ask(ctx.path)
      ctx.status = answer.status
      for (const name of ['content-type', 'content-security-policy', 'x-content-type-options']) ctx.set(name, answer.headers.get(name) ?? '')
      ctx.body = Buffer.from(await answer.arrayBuffer())
    },
    atTheSite: (ctx: Context) => say(ctx, 'The Slow Atlas', 'This phone is back at the site, signed out.'),
  }
}

/** The token in the fragment of a redirect to the landing page. */
function landingToken(answer: Response): string | undefined {
  const location = answer.headers.get('location')
  return location === null ? undefined : (/[#&]linklatch=([\w.-]+)/.exec(location)?.[1] ?? undefined)
}

/** The backend's own page, with its own policy but for one thing: it may stand in the phone's frame. */
async function relay(ctx: Context, answer: Response): Promise<void> {
  const policy = answer.headers.get('content-security-policy') ?? "default-src 'none'"
  framed(ctx, policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"))
  ctx.status = answer.status
  ctx.body = await answer.text()
}

function say(ctx: Context, title: string, words: string): void {
  framed(ctx, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
  ctx.body = devicePage(title, words)
}

function framed(ctx: Context, policy: string): void {
  ctx.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff' })
  ctx.type = 'html'
}
