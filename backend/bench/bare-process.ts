/** What everything is measured against: Koa alone. A POST that reads JSON and answers 202, a GET that sets a cookie and redirects. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { answerParent } from './child.ts'
import { usage } from './usage.ts'

const app = new Koa()
app.use(async (ctx) => {
  if (ctx.method === 'POST') {
    const chunks: Buffer[] = []
    for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
    const { email } = JSON.parse(Buffer.concat(chunks).toString()) as { email: string }
    ctx.status = 202
    ctx.body = { ok: email.length > 0 }
  } else {
    ctx.set('Set-Cookie', 'session=0123456789012345678901; Path=/; HttpOnly')
    ctx.status = 303
    ctx.set('Location', 'https://shop.example/account')
    ctx.body = ''
  }
})
const handle = app.callback()
const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1')
answerParent({
  async port() {
    if (!server.listening) await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  usage,
})
