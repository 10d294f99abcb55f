/** R58, R95: the pages' picture is got by the backend, from the public network alone, and served from here. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, press } from '../testing/visitor.ts'
import { changeSite, createSite } from './manage-sites.ts'
import { loadLogo, maxLogoBytes } from './logos.ts'

const picture = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')

describe('a site’s logo', () => {
  let backend: TestBackend
  let owner: Server
  let origin = ''
  let heard: IncomingMessage[] = []
  let answer: (response: ServerResponse) => unknown
  const good = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'Image/SVG+xml; charset=utf-8' }).end(picture)
  before(async () => {
    owner = createServer((request, response) => {
      heard.push(request)
      answer(response)
    })
    await once(owner.listen(0, '127.0.0.1'), 'listening')
    origin = `http://127.0.0.1:${(owner.address() as AddressInfo).port}`
    backend = await testBackend()
  })
  beforeEach(() => {
    heard = []
    answer = good
  })
  after(async () => {
    await backend.dispose()
    owner.closeAllConnections()
    owner.close()
  })

  let number = 0
  const path = () => `/sites/${backend.site.id}/logo`
  const fetchLogo = (headers: Record<string, string> = {}) => fetch(`${backend.url}${path()}`, { headers })
  const anew = () => changeSite(backend.services, backend.site.id, { logo_url: `${origin}/logo-${(number += 1)}` })

  it('is on the pages of a link, from this server alone, with a policy that lets nothing else in', async () => {
    await anew()
    const { mail } = await begun(backend)
    const page = await call(backend, 'GET', `/approve?token=${mail.token}`)
    assert.ok(page.text.includes(`<img class="logo" src="${path()}" alt="">`))
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none';.* img-src 'self' data:;/)
    assert.ok(page.text.includes(`<link rel="icon" href="${path()}">`))
    assert.ok(!page.text.includes(origin))
    assert.ok((await press(backend, mail.token, 'reject')).text.includes(`src="${path()}"`))
    assert.ok((await press(backend, mail.token, 'reject')).text.includes(`src="${path()}"`))
    assert.equal(heard.length, 0)
  })

  it('is got once for everybody, telling its owner nothing of who looks', async () => {
    await anew()
    const answers = await Promise.all([1, 2, 3].map(() => fetchLogo({ 'user-agent': 'Visitor/1', referer: 'https://x.example/', cookie: 'a=b', 'sec-fetch-dest': 'image' })))
    answers.push(await fetchLogo())
    for (const one of answers) {
      assert.equal(one.status, 200)
      assert.equal(one.headers.get('content-type'), 'image/svg+xml')
      assert.equal(one.headers.get('content-security-policy'), "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox")
      assert.match(one.headers.get('content-disposition') ?? '', /^attachment/)
      assert.equal(one.headers.get('cross-origin-resource-policy'), 'same-origin')
      assert.deepEqual(Buffer.from(await one.arrayBuffer()), picture)
    }
    assert.equal(heard.length, 1)
    assert.deepEqual(Object.keys(heard[0]?.headers ?? {}).sort(), ['accept', 'accept-encoding', 'connection', 'host'])
  })

  it('is a picture for pages of this server, and nothing else', async () => {
    await anew()
    for (const destination of ['document', 'iframe', 'object', 'script', 'empty']) assert.equal((await fetchLogo({ 'sec-fetch-dest': destination })).status, 403, destination)
    assert.equal((await call(backend, 'GET', '/sites/0123456789abcdef/logo')).status, 404)
    assert.equal(heard.length, 0)
  })

  it('gives way to the initial while it cannot be got, and is tried for again after five minutes', async () => {
    const wrong: Record<string, (response: ServerResponse) => unknown> = {
      'no such file': (response) => response.writeHead(404).end(),
      'a page': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<script>1</script>'),
      'no type': (response) => response.writeHead(200).end(picture),
      'compressed, whatever was asked for': (response) => response.writeHead(200, { 'content-type': 'image/svg+xml', 'content-encoding': 'gzip' }).end(gzipSync(picture)),
      'empty': (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(),
      'another protocol': ({ socket }) => socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      'a redirect': (response) => response.writeHead(302, { location: `${origin}/elsewhere` }).end(),
      'too large': (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(maxLogoBytes + 1)),
      'broken off': (response) => (response.writeHead(200, { 'content-type': 'image/png', 'content-length': 100 }), response.write('x'), setTimeout(() => response.destroy(), 20)),
    }
    for (const [name, wrongly] of Object.entries(wrong)) {
      await anew()
      answer = wrongly
      heard = []
      for (let times = 0; times < 3; times += 1) assert.equal((await fetchLogo()).status, 404, name)
      assert.equal(heard.length, 1, name)
      const { mail } = await begun(backend)
      const page = await call(backend, 'GET', `/approve?token=${mail.token}`)
      assert.match(page.text, /<span class="mark" aria-hidden="true">S</)
      assert.doesNotMatch(page.text, /<img/)
      answer = good
      backend.clock.forward(301)
      assert.equal((await fetchLogo()).status, 200, name)
    }
    assert.ok(backend.logged.some((line) => JSON.stringify(line).includes('is text/html; it has to be image/png')))
  })

  it('is missed for a reason that has words, where each of several addresses lets nobody in too', async () => {
    const lookup = ((_host: string, _options: object, found: (error: null, addresses: object[]) => void) =>
      found(null, [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }])) as unknown as typeof import('node:dns').lookup
    await assert.rejects(loadLogo('http://localhost:1/logo', { production: false, lookup }), { message: 'ECONNREFUSED' })
  })

  const heardOf = async (times: number) => {
    while (heard.length < times) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const body = async () => Buffer.from(await (await fetchLogo()).arrayBuffer()).toString()

  it('is got anew once an hour, and stays where that fails', async () => {
    await anew()
    await fetchLogo()
    backend.clock.forward(3599)
    await fetchLogo()
    assert.equal(heard.length, 1)
    backend.clock.forward(2)
    answer = (response) => response.writeHead(500).end()
    assert.equal((await fetchLogo()).status, 200)
    await heardOf(2)
    assert.equal((await fetchLogo()).status, 200)
    assert.equal(heard.length, 2)
  })

  it('of an hour ago is shown while it is got anew, once for everybody; nobody waits for its owner but for one of yesterday', { timeout: 4000 }, async () => {
    await anew()
    assert.equal(await body(), String(picture))
    let wait: (() => void) | undefined
    answer = (response) => void (wait = () => response.writeHead(200, { 'content-type': 'image/png' }).end('newer'))
    backend.clock.forward(3600 + 86_300)
    assert.deepEqual(await Promise.all([body(), body(), body()]), Array(3).fill(String(picture)))
    await heardOf(2)
    assert.equal(await body(), String(picture))
    wait?.()
    while ((await body()) !== 'newer') await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(heard.length, 2)
    answer = (response) => response.writeHead(200, { 'content-type': 'image/png' }).end('newest')
    backend.clock.forward(3600 + 86_500)
    assert.equal(await body(), 'newest')
  })

  it('is got for eight sites at once, so that none that hang keep many requests open', async () => {
    answer = () => undefined
    const sites = await Promise.all(Array.from({ length: 9 }, (_, index) => createSite(backend.services, { name: 'x', origins: [`https://s${index}.example`], logo_url: `${origin}/hangs-${index}` })))
    const waiting = sites.slice(0, 8).map(({ id }) => call(backend, 'GET', `/sites/${id}/logo`))
    while (heard.length < 8) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal((await call(backend, 'GET', `/sites/${sites[8]?.id}/logo`)).status, 404)
    assert.equal(heard.length, 8)
    owner.closeAllConnections()
    assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status), Array(8).fill(404))
  })
})
