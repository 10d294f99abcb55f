import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createHttpServer, serverLimits } from './server.ts'

/** The same limits, sooner: what they are in earnest is in the first test. */
const soon = { ...serverLimits, headersTimeout: 300, requestTimeout: 600, keepAliveTimeout: 300, connectionsCheckingInterval: 50, maxRequestsPerSocket: 5, maxConnections: 10 }
const patient = 20_000

let server: ReturnType<typeof createHttpServer>
let sockets: Socket[]
const answer: RequestListener = (req, res) => void req.resume().on('end', () => res.end('read')).on('error', () => undefined)
beforeEach(async () => {
  sockets = []
  server = createHttpServer(answer, soon)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

async function open(): Promise<Socket & { heard: string }> {
  const socket = Object.assign(connect((server.address() as AddressInfo).port, '127.0.0.1'), { heard: '' })
  sockets.push(socket)
  socket.on('error', () => undefined).on('data', (data: Buffer) => void (socket.heard += data.toString()))
  await once(socket, 'connect')
  return socket
}
const closed = (socket: Socket) => (socket.destroyed ? Promise.resolve() : once(socket, 'close', { signal: AbortSignal.timeout(patient) }))

/** Writes a byte now and again, until the other side has had enough. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const timer = setInterval(() => (socket.destroyed || !socket.writable ? clearInterval(timer) : socket.write(text[at++ % text.length] ?? ' ')), 40)
  socket.on('close', () => clearInterval(timer))
}

describe('the HTTP server', () => {
  it('waits ten seconds for headers, fifteen for a request, and not for ever between two', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval, maxHeaderSize, maxRequestsPerSocket, maxConnections } = serverLimits
    assert.deepEqual({ headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval, maxHeaderSize }, { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 20_000, connectionsCheckingInterval: 2_000, maxHeaderSize: 16_384 })
    assert.ok(maxRequestsPerSocket >= 100 && maxRequestsPerSocket <= 1000 && maxConnections > 0)
  })

  it('lets go of a client that drips its headers, with a refusal', async () => {
    const socket = await open()
    socket.write('GET / HTTP/1.1\r\nX-Slow: ')
    drip(socket, 'a')
    await closed(socket)
    assert.match(socket.heard, /^HTTP\/1\.1 408 [^]*"code":"request_timeout"/)
  })

  it('lets go of a client that drips its body', async () => {
    const socket = await open()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n')
    drip(socket, 'b')
    await closed(socket)
    assert.match(socket.heard, /^HTTP\/1\.1 408 /)
  })

  it('lets go of a client that says nothing at all, before or after a request', async () => {
    const [silent, after] = [await open(), await open()]
    after.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await Promise.all([closed(silent), closed(after)])
    assert.match(after.heard, /^HTTP\/1\.1 200 /)
  })

  it('answers one that is merely slow', async () => {
    const socket = await open()
    for (const piece of ['POST / HTTP/1.1\r\nHost: a\r\n', 'Content-Length: 4\r\n', '\r\nab', 'cd']) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    while (!socket.heard.includes('read')) await once(socket, 'data', { signal: AbortSignal.timeout(patient) })
    assert.match(socket.heard, /^HTTP\/1\.1 200 /)
  })

  it('refuses huge headers with 431, however many or long', async () => {
    for (const headers of [`X: ${'x'.repeat(20_000)}\r\n`, Array.from({ length: 1500 }, (_, index) => `X-${index}: xxxxxxxx\r\n`).join('')]) {
      const socket = await open()
      socket.write(`GET / HTTP/1.1\r\n${headers}\r\n`)
      await closed(socket)
      assert.match(socket.heard, /^HTTP\/1\.1 431 /)
    }
  })

  it('ends a connection after so many requests, pipelined ones too', async () => {
    const socket = await open()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(40))
    await closed(socket)
    assert.equal([...socket.heard.matchAll(/HTTP\/1\.1 200 /g)].length, 5)
    assert.match(socket.heard, /Connection: close/i)
  })

  it('takes so many connections at once, and new ones when old ones have gone', async () => {
    const held = await Promise.all(Array.from({ length: 10 }, open))
    const over = await open()
    await closed(over)
    for (const socket of held) socket.destroy()
    const deadline = Date.now() + patient
    for (let got = false; !got; ) {
      assert.ok(Date.now() < deadline)
      const again = await open()
      again.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      await closed(again)
      got = again.heard.startsWith('HTTP/1.1 200')
    }
  })
})
