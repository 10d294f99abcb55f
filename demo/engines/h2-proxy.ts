/** The least of a TLS proxy with HTTP/2, for machines without nginx: names to ports, one hop in `X-Forwarded-For`. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** What belongs to one connection, and has no meaning in HTTP/2 (RFC 9113, section 8.2.2). */
const ofOneConnection = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']

type Options = { tlsPort: number; certificate: string; key: string; ports: Record<string, number> }

export async function startH2Proxy({ tlsPort, certificate, key, ports }: Options): Promise<{ stop(): Promise<void> }> {
  const sessions = new Set<{ destroy(): void }>()
  const server = createSecureServer({ allowHTTP1: true, cert: readFileSync(certificate), key: readFileSync(key) }, (asked, response) => forward(asked, response, ports))
  server.on('session', (session) => sessions.add(session))
  server.listen(tlsPort, '127.0.0.1')
  await once(server, 'listening')
  return {
    stop() {
      server.close()
      for (const session of sessions) session.destroy()
      return Promise.resolve()
    },
  }
}

function forward(asked: Http2ServerRequest, response: Http2ServerResponse, ports: Record<string, number>): void {
  const [name = ''] = (asked.authority || asked.headers.host || '').split(':')
  const headers = Object.fromEntries(Object.entries(asked.headers).filter(([header]) => !header.startsWith(':') && !ofOneConnection.includes(header)))
  const forwardedFor = [asked.headers['x-forwarded-for'], asked.socket.remoteAddress].filter(Boolean).join(', ')
  const options = { host: '127.0.0.1', port: ports[name], method: asked.method, path: asked.url, headers: { ...headers, host: name, 'x-forwarded-for': forwardedFor } }
  const upstream = request(options, (answer) => {
    const kept = Object.entries(answer.headers).filter(([header]) => !ofOneConnection.includes(header))
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept))
    answer.pipe(response)
  })
  upstream.on('error', () => response.stream?.destroy())
  response.on('close', () => upstream.destroy())
  asked.pipe(upstream)
}
