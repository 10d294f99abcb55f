/** Node's HTTP server, with an end to everybody's patience: its own defaults wait for minutes (trap F17). */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { together } from './together.ts'
import { refuseUnreadable } from './unreadable-requests.ts'

export type ServerLimits = Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout' | 'connectionsCheckingInterval' | 'maxHeaderSize'> & {
  /** Then the connection ends: so many pipelined requests are at work at once, at the most. */
  maxRequestsPerSocket: number
  maxConnections: number
}

/** Times in milliseconds, sizes in bytes. */
export const serverLimits: ServerLimits = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
  maxRequestsPerSocket: 500,
  maxConnections: 20_000,
}

/** Not listening yet. A missing or odd Host is nobody's business here. */
export function createHttpServer(answer: RequestListener, { maxRequestsPerSocket, maxConnections, ...limits }: ServerLimits = serverLimits): Server {
  const listener = together(answer)
  const server = createServer({ ...limits, requireHostHeader: false }, listener)
  server.on('clientError', refuseUnreadable)
  // An expectation that nobody here can meet may be ignored (RFC 9110, section 10.1.1); Node's own 417 has none of the headers.
  server.on('checkExpectation', listener)
  server.maxRequestsPerSocket = maxRequestsPerSocket
  server.maxConnections = maxConnections
  return server
}
