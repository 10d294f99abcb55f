/** The sandbox's own little web server: the page, its inbox, and the stand-in for another device. Loopback only. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import Router from '@koa/router'
import Koa from 'koa'
import type { Context } from 'koa'
import type { Outbox } from '../../backend/delivery/outbox.ts'
import { otherDevice } from './device.ts'
import { readLetter } from './letter.ts'

export type SandboxOptions = {
  port: number
  /** A: what browsers call the backend. */
  server: string
  /** The same backend, as this process gets at it. */
  reach: string
  siteId: string
  outbox: Pick<Outbox, 'letters'>
  /** The built page. */
  pages: string
  /** Said in the empty inbox instead of the usual words. */
  note?: string
}

export type Sandbox = { url: string; stop(): Promise<void> }

/** Rejects with one line where the port is taken or the page is not built. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const app = new Koa()
  const server = createServer()
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // A name that was bent to this machine (DNS rebinding) must not read the inbox.
  app.use((ctx, next) => (ctx.get('host') === origin().slice('http://'.length) ? next() : ctx.throw(421)))
  app.use((await routes(options, origin)).routes())
  const answer = app.callback()
  server.on('request', (request, response) => void answer(request, response))
  await listen(server, options.port)
  return {
    url: origin(),
    stop: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(taken ? new Error(`port ${port} on 127.0.0.1 is taken by another process: stop it, or set SANDBOX_PORT to another one`, { cause }) : cause)
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function routes(options: SandboxOptions, origin: () => string): Promise<Router> {
  const { server, siteId, outbox, note } = options
  const router = new Router({ strict: true, sensitive: true })
  const template = await readFile(join(options.pages, 'index.html'), 'utf8')
  const logo = await readFile(join(options.pages, 'atlas.svg'))
  const device = otherDevice(options)
  router.get('/', (ctx) => {
    // A link on the stand-in's page leads back here: the page inside the page would only confuse.
    if (ctx.get('sec-fetch-dest') === 'iframe') return device.atTheSite(ctx)
    const words: Record<string, string> = { server, site: siteId, host: new URL(origin()).host }
    page(ctx, server)
    ctx.body = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => words[name] ?? '')
  })
  router.get('/atlas.svg', (ctx) => asset(ctx, { type: '.svg', body: logo }))
  router.get('/inbox', (ctx) => {
    ctx.set('Cache-Control', 'no-store')
    ctx.body = { letters: outbox.letters().map((letter) => readLetter(letter, server)), note }
  })
  router.get('/inbox/:number', (ctx) => {
    const letter = outbox.letters().find((one) => String(one.number) === ctx.params.number)
    if (!letter) return ctx.throw(404)
    mail(ctx)
    // A mail program opens links in a browser of their own.
    ctx.body = (letter.html ?? '').replace('<head>', '<head><base target="_blank">')
  })
  router.get('/device', device.open)
  router.post('/approve', device.approve)
  router.get('/sites/:id/logo', device.logo)
  for (const [path, file] of await builtFiles(options.pages)) router.get(path, (ctx) => asset(ctx, file))
  return router
}

function page(ctx: Context, server: string): void {
  const policy = [
    "default-src 'none'", `script-src 'self' ${server}`, "style-src 'self'", "img-src 'self' data:", `connect-src 'self' ${server}`,
    `frame-src 'self' ${server}`, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types lit-html',
  ]
  ctx.set({ 'Content-Security-Policy': policy.join('; '), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
  ctx.type = 'html'
}

/** What a mail program lets a mail do: be looked at, and open links. */
function mail(ctx: Context): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
  ctx.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff' })
  ctx.type = 'html'
}

type BuiltFile = { type: string; body: Buffer }

async function builtFiles(pages: string): Promise<[string, BuiltFile][]> {
  const names = await readdir(join(pages, 'assets'))
  return Promise.all(names.map(async (name) => [`/assets/${name}`, { type: extname(name), body: await readFile(join(pages, 'assets', name)) }]))
}

function asset(ctx: Context, { type, body }: BuiltFile): void {
  ctx.set({ 'Cache-Control': 'public, max-age=31536000, immutable', 'X-Content-Type-Options': 'nosniff' })
  ctx.type = type
  ctx.body = body
}
