/** For tests of `http/`: one middleware behind the refusals' renderer, on a free port, and raw requests to it. */
import { createServer, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { problemResponses } from '../http/problem-responses.ts'
import type { Log } from '../services.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; json: Record<string, unknown> }
export type Asked = { method?: string; path?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer }
export type TestServer = {
  port: number
  /** As raw as node:http sends: odd headers and all. */
  send(asked?: Asked): Promise<Answer>
  logged: { level: string; fields: object; text: string }[]
  stop(): Promise<void>
}

export async function serveWith(...middleware: Middleware[]): Promise<TestServer> {
  const logged: TestServer['logged'] = []
  const level = (name: string) => (fields: object, text: string) => void logged.push({ level: name, fields, text })
  const log: Log = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
  const app = new Koa()
  app.silent = true
  app.use(problemResponses(log))
  for (const each of middleware) app.use(each)
  const handle = app.callback()
  const server = createServer((req, res) => void handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    logged,
    send: (asked = {}) => send(port, asked),
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** One raw request; its answer as it came. */
export function send(port: number, { method = 'GET', path = '/', headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = /json/.test(response.headers['content-type'] ?? '') && text !== ''
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Answer['json']) : {} })
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
