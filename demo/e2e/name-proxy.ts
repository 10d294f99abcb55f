/** A forward proxy for WebKit, which has no switch that maps names: the listed ones lead to this machine, and nothing else leads anywhere. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export async function startNameProxy(names: string[]): Promise<{ port: number; stop(): void }> {
  const server = createServer((_request, response) => response.writeHead(502).end())
  const sockets = new Set<Socket>()
  server.on('connect', ({ url = '' }, client: Socket, head: Buffer) => {
    const [name = '', port] = url.split(':')
    if (!names.includes(name)) return client.end('HTTP/1.1 502 Unknown name\r\n\r\n')
    const upstream = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    for (const socket of [upstream, client]) {
      sockets.add(socket)
      socket.on('error', () => [upstream, client].forEach((each) => each.destroy())).on('close', () => sockets.delete(socket))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
