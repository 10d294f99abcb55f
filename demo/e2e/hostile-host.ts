/** Host pages as hostile, strict or broken as the web has them: each with its own headers and markup, on an origin of its own. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSite } from '../../backend/sites/manage-sites.ts'
import type { Stage } from './stage.ts'

export type HostPage = { html: string; headers?: Record<string, string> }

export type HostileHost = {
  /** H: listed, with a landing URL. */
  host: string
  /** Another site for the browser, listed nowhere. */
  evil: string
  siteId: string
  /** Puts a page there; it lives until the next one. */
  serve(path: string, page: HostPage): void
  stop(): Promise<void>
}

export async function startHostileHost(stage: Stage): Promise<HostileHost> {
  const pages = new Map<string, HostPage>()
  const server = createServer(({ url = '/' }, response) => {
    const page = pages.get(new URL(url, 'http://h').pathname)
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...page?.headers })
    response.end(page?.html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = `http://127.0.0.1:${port}`
  const site = await createSite(stage.services, { name: 'Hostile', origins: [host], landing_urls: [`${host}/landing`] })
  return {
    host,
    evil: `http://evil.localhost:${port}`,
    siteId: site.id,
    serve: (path, page) => void pages.set(path, page),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const document = (head: string, body: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>H</title>${head}</head><body>${body}</body></html>`

/** A page with the element and no script of its own; `more` markup stands behind it. */
export function elementPage({ server, attributes = '', scripts = [`${server}/linklatch.js`], more = '' }: { server: string; attributes?: string; scripts?: string[]; more?: string }): string {
  return document(scripts.map((src) => `<script type="module" src="${src}"></script>`).join(''), `<linklatch-sign-in no-remember ${attributes}></linklatch-sign-in>${more}`)
}

/** A page of nothing but a script. */
export const scriptPage = (script: string, body = '') => document('', `${body}<script>${script}</script>`)

/** The policy of contract, section 6, without any directive that is named. */
export function strictPolicy(server: string, { without = [], also = [] }: { without?: string[]; also?: string[] } = {}): Record<string, string> {
  const directives = ["default-src 'none'", `script-src ${server}`, `connect-src ${server}`, `frame-src ${server}`]
  return { 'content-security-policy': [...directives.filter((each) => !without.includes(each.split(' ')[0] ?? '')), ...also].join('; ') }
}
