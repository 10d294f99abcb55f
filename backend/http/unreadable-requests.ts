/** What Node's parser refuses before there is a request for Koa: in the same form as every other refusal, and not cached either. */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Problem, type ProblemCode } from '../problems.ts'
import { problemBody } from './problem-responses.ts'
import { everywhere } from './security-headers.ts'

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
}

/** For a server's `clientError`: answers where that is still possible, and ends the connection. */
export function refuseUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const problem = new Problem(Object.hasOwn(codes, code) ? (codes[code] ?? 'invalid_request') : 'invalid_request')
  const body = problemBody(problem)
  const headers = { ...everywhere, 'Content-Type': 'application/problem+json', 'Content-Length': Buffer.byteLength(body), Connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
