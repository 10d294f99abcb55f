/** A wire that can be slow, cut, or led to another server. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type TcpProxy = {
  port: number
  /** Where new connections lead. */
  target: number
  /** How long each piece takes, both ways. */
  delayMs: number
  /** What comes back is thrown away, and the connection with it. */
  losesReplies: boolean
  /** Ends every connection. */
  cut(): void
  stop(): Promise<void>
}

export async function startProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const proxy: TcpProxy = {
    port: 0,
    target,
    delayMs: 0,
    losesReplies: false,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    stop: async () => {
      proxy.cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const pass = (from: Socket, to: Socket, isReply: boolean) => {
    sockets.add(from)
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.on('data', (chunk) => {
      if (isReply && proxy.losesReplies) return void from.destroy()
      if (proxy.delayMs === 0) to.write(chunk)
      else setTimeout(() => to.writable && to.write(chunk), proxy.delayMs)
    })
  }
  const server = createServer((client) => {
    const upstream = connect(proxy.target, '127.0.0.1')
    pass(client, upstream, false)
    pass(upstream, client, true)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
