import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Middleware } from 'koa'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { sameOriginOnly, sameOriginReadOnly, topLevelOnly } from './guards.ts'

const publicUrl = 'https://auth.example.com'
const ok: Middleware = (ctx) => {
  ctx.body = 'ok'
}

function guarded(guard: Middleware) {
  let server: TestServer
  before(async () => {
    server = await serveWith(guard, ok)
  })
  after(() => server.stop())
  return {
    async passes(headers: Record<string, string>) {
      assert.equal((await server.send({ method: 'POST', headers })).status, 200, JSON.stringify(headers))
    },
    async refuses(headers: Record<string, string>) {
      const { status, json } = await server.send({ method: 'POST', headers })
      assert.deepEqual([status, json.code], [403, 'cross_site_request'], JSON.stringify(headers))
    },
  }
}

describe('a change by the cookie', () => {
  const { passes, refuses } = guarded(sameOriginOnly(publicUrl))

  it('is for pages of A itself, by fetch metadata', async () => {
    await passes({ 'Sec-Fetch-Site': 'same-origin' })
    for (const site of ['cross-site', 'same-site', 'none', 'Same-Origin', 'same-origin, cross-site', 'x']) await refuses({ 'Sec-Fetch-Site': site })
  })

  it('goes by fetch metadata where there is any, whatever the Origin says', async () => {
    await passes({ 'Sec-Fetch-Site': 'same-origin', Origin: 'null' })
    await refuses({ 'Sec-Fetch-Site': 'cross-site', Origin: publicUrl })
  })

  it('goes by the exact Origin without', async () => {
    await passes({ Origin: publicUrl })
    for (const origin of ['null', 'https://shop.example', `${publicUrl}/`, `${publicUrl}:443`, `${publicUrl}.evil.example`, 'http://auth.example.com', publicUrl.toUpperCase(), `${publicUrl}, ${publicUrl}`]) await refuses({ Origin: origin })
    await refuses({})
  })

  it('does not go by Host, Referer or what a proxy would say', async () => {
    await refuses({ Host: 'auth.example.com', Referer: `${publicUrl}/bridge`, 'X-Forwarded-Host': 'auth.example.com', 'X-Forwarded-Proto': 'https' })
  })
})

describe('a read by the cookie', () => {
  const { passes, refuses } = guarded(sameOriginReadOnly)

  it('is for pages of A, for a person at the address bar, and for browsers that say nothing', async () => {
    for (const site of ['same-origin', 'none']) await passes({ 'Sec-Fetch-Site': site })
    await passes({})
  })

  it('is refused for anybody else’s pages', async () => {
    for (const site of ['cross-site', 'same-site', 'x']) await refuses({ 'Sec-Fetch-Site': site })
  })
})

describe('a page for people', () => {
  const { passes, refuses } = guarded(topLevelOnly)

  it('is shown at the top level, and to what says nothing', async () => {
    for (const destination of ['document', 'empty']) await passes({ 'Sec-Fetch-Dest': destination })
    await passes({})
  })

  it('is refused inside another', async () => {
    for (const destination of ['iframe', 'frame', 'embed', 'object', 'fencedframe']) await refuses({ 'Sec-Fetch-Dest': destination })
  })
})
