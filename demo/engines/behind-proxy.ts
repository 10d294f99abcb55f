/**
 * A as operators run it: production settings, https by nginx with the configuration of `docs/nginx.conf`, HTTP/2; H is https too. Without
 * nginx on this machine a small proxy of our own stands in.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { readConfig } from '../../backend/config.ts'
import { byOrder } from '../../backend/delivery/letter-order.ts'
import { outboxDelivery } from '../../backend/delivery/outbox.ts'
import { startBackend } from '../../backend/main.ts'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { scratchFolder } from '../e2e/engine-process.ts'
import { answer, freePort, letterFinder, listen } from '../e2e/stage.ts'
import type { Stage } from '../e2e/stage.ts'
import { startH2Proxy } from './h2-proxy.ts'
import { makeAuthority } from '../../backend/testing/local-authority.ts'
import type { LocalAuthority } from '../../backend/testing/local-authority.ts'
import { documentedConfiguration, nginxLogs, runNginx } from '../../backend/testing/nginx-proxy.ts'

export const needs = ['OPENSSL_PATH', 'CERTUTIL_PATH']

/** Names with a real public suffix: WebKitGTK takes no cookie for a made-up one. */
export const names = { host: 'www.shop.example.com', otherDomain: 'auth.example.net', subdomain: 'auth.shop.example.com' }
const folder = scratchFolder('https')
let authority: LocalAuthority | undefined
/** Made once for this process, when the tools are known to be there. */
export const localAuthority = (): LocalAuthority => (authority ??= makeAuthority(folder.path, Object.values(names)))

export async function stageBehindProxy(serverName: string): Promise<Stage & { tlsPort: number; proxyLogs(): ReturnType<typeof nginxLogs> | undefined }> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  const [server, host] = [`https://${serverName}:${tlsPort}`, `https://${names.host}:${tlsPort}`]
  const scratch = scratchFolder('nginx')
  const outbox = outboxDelivery()
  const backend = await startBackend({ config: production({ port, server, dataDir: join(scratch.path, 'data') }), delivery: byOrder(outbox), assetsDirectory: join(import.meta.dirname, '../../dist/widget') })
  const hosting = createServer((asked, response) => answer(asked, response, server))
  const hostPort = Number(new URL(await listen(hosting)).port)
  const { certificate, key } = localAuthority()
  const documented = () => documentedConfiguration({ serverName, port, tlsPort, certificate, key, folder: scratch.path })
  const isThere = () => asked(`${server}/healthz`).then(({ status }) => status === 200, () => false)
  const proxy = process.env.NGINX_PATH
    ? await runNginx(scratch.path, `${documented()}\n${hostServer(tlsPort, hostPort)}`, isThere)
    : await startH2Proxy({ tlsPort, certificate, key, ports: { [serverName]: port, [names.host]: hostPort } })
  const site = await createSite(backend.services, { name: 'The Slow Atlas', origins: [host], landing_urls: [`${host}/`] })
  return {
    server, host, tlsPort, proxyLogs: () => process.env.NGINX_PATH ? nginxLogs(scratch.path) : undefined, outbox, siteId: site.id, services: backend.services, setCookies: [], letterTo: letterFinder(outbox, server),
    async stop() {
      hosting.closeAllConnections()
      await Promise.all([proxy.stop(), backend.stop(), new Promise((resolve) => hosting.close(resolve))])
      scratch.remove()
    },
  }
}

function production({ port, server, dataDir }: { port: number; server: string; dataDir: string }) {
  return readConfig({
    NODE_ENV: 'production',
    PORT: String(port),
    LINKLATCH_PUBLIC_URL: server,
    LINKLATCH_PROXY_HOPS: '1',
    // Never spoken to: the tests hand in their own inbox.
    LINKLATCH_SMTP_URL: 'smtp://localhost:25',
    LINKLATCH_MAIL_FROM: 'The Slow Atlas <sign-in@shop.example.com>',
    LINKLATCH_DATA_DIR: dataDir,
    LINKLATCH_LOG_LEVEL: 'error',
    LINKLATCH_LIMITS: 'start.address=100/600,start.address_ip=100/600,start.ip=1000/600',
  })
}

/** Beside the documented server, H. */
function hostServer(tlsPort: number, hostPort: number): string {
  const { certificate, key } = localAuthority()
  return `server { listen 127.0.0.1:${tlsPort} ssl http2; server_name ${names.host}; ssl_certificate ${certificate}; ssl_certificate_key ${key}; location / { proxy_pass http://127.0.0.1:${hostPort}; } }`
}

/** A request to a name of this run, which no resolver knows. */
export async function asked(url: string): Promise<{ status: number; headers: Record<string, string | string[] | undefined> }> {
  const { hostname, port, pathname, search } = new URL(url)
  const sent = request({ host: '127.0.0.1', port, path: pathname + search, servername: hostname, ca: readFileSync(localAuthority().authority), headers: { host: `${hostname}:${port}` } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  return { status: response.statusCode ?? 0, headers: response.headers }
}
