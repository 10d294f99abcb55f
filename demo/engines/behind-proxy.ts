/**
 * A as operators run it: production settings, https by nginx with the configuration of `docs/nginx.conf`, HTTP/2; H is https too. Without
 * nginx on this machine a small proxy of our own stands in.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { readConfig } from '../../backend/config.ts'
import { byOrder } from '../../backend/delivery/letter-order.ts'
import { outboxDelivery } from '../../backend/delivery/outbox.ts'
import { startBackend } from '../../backend/main.ts'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { endGroup, ownGroup, scratchFolder, until } from '../e2e/engine-process.ts'
import { answer, freePort, letterFinder, listen } from '../e2e/stage.ts'
import type { Stage } from '../e2e/stage.ts'
import { startH2Proxy } from './h2-proxy.ts'
import { makeAuthority } from '../../backend/testing/local-authority.ts'
import type { LocalAuthority } from '../../backend/testing/local-authority.ts'

export const needs = ['OPENSSL_PATH', 'CERTUTIL_PATH']

/** Names with a real public suffix: WebKitGTK takes no cookie for a made-up one. */
export const names = { host: 'www.shop.example.com', otherDomain: 'auth.example.net', subdomain: 'auth.shop.example.com' }
const folder = scratchFolder('https')
let authority: LocalAuthority | undefined
/** Made once for this process, when the tools are known to be there. */
export const localAuthority = (): LocalAuthority => (authority ??= makeAuthority(folder.path, Object.values(names)))

export async function stageBehindProxy(serverName: string): Promise<Stage & { tlsPort: number }> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  const [server, host] = [`https://${serverName}:${tlsPort}`, `https://${names.host}:${tlsPort}`]
  const scratch = scratchFolder('nginx')
  const outbox = outboxDelivery()
  const backend = await startBackend({ config: production({ port, server, dataDir: join(scratch.path, 'data') }), delivery: byOrder(outbox), assetsDirectory: join(import.meta.dirname, '../../dist/widget') })
  const hosting = createServer((asked, response) => answer(asked, response, server))
  const hostPort = Number(new URL(await listen(hosting)).port)
  const { certificate, key } = localAuthority()
  const proxy = process.env.NGINX_PATH
    ? await startNginx(scratch.path, configuration({ serverName, port, tlsPort, hostPort, folder: scratch.path }), server)
    : await startH2Proxy({ tlsPort, certificate, key, ports: { [serverName]: port, [names.host]: hostPort } })
  const site = await createSite(backend.services, { name: 'The Slow Atlas', origins: [host], landing_urls: [`${host}/`] })
  return {
    server, host, tlsPort, outbox, siteId: site.id, services: backend.services, setCookies: [], letterTo: letterFinder(outbox, server),
    async stop() {
      proxy.stop()
      hosting.closeAllConnections()
      await Promise.all([backend.stop(), new Promise((resolve) => hosting.close(resolve))])
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

/** The documented file with this run's name, ports and certificate, and beside it H. */
function configuration({ serverName, port, tlsPort, hostPort, folder: prefix }: { serverName: string; port: number; tlsPort: number; hostPort: number; folder: string }): string {
  const { certificate, key } = localAuthority()
  const documented = readFileSync(join(import.meta.dirname, '../../docs/nginx.conf'), 'utf8')
    .replace('127.0.0.1:4600', `127.0.0.1:${port}`)
    .replace('listen 443 ssl http2', `listen 127.0.0.1:${tlsPort} ssl http2`)
    .replace('server_name auth.shop.example;', `server_name ${serverName};`)
    .replace(/ssl_certificate {5}\S+;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`)
  const host = `server { listen 127.0.0.1:${tlsPort} ssl http2; server_name ${names.host}; ssl_certificate ${certificate}; ssl_certificate_key ${key}; location / { proxy_pass http://127.0.0.1:${hostPort}; } }`
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${prefix}/${kind};`).join(' ')
  return `daemon off; master_process off; worker_processes 1; pid ${prefix}/pid; error_log ${prefix}/error.log; events { worker_connections 512; }
http { access_log off; ${scratch}\n${documented}\n${host}\n}\n`
}

async function startNginx(prefix: string, text: string, server: string): Promise<{ stop(): void }> {
  const file = join(prefix, 'nginx.conf')
  writeFileSync(file, text)
  const child = spawn(process.env.NGINX_PATH ?? '', ['-p', prefix, '-c', file, '-e', join(prefix, 'error.log')], { detached: true, stdio: 'ignore' })
  const group = ownGroup(child.pid)
  await until('nginx', 30_000, async () => {
    if (child.exitCode !== null) throw new Error(readFileSync(join(prefix, 'error.log'), 'utf8'))
    return (await asked(`${server}/healthz`).catch(() => undefined))?.status
  })
  return { stop: () => endGroup(group) }
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
