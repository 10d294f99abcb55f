/** R95: what an owner writes down leads to the public network and nowhere else. */
import assert from 'node:assert/strict'
import type { LookupAddress, lookup } from 'node:dns'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { isPublic, isPublicHost } from './client-network.ts'
import { getPublicly, postPublicly } from './public-request.ts'

const notPublic = [
  '0.0.0.0', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.168.1.1', '198.18.0.1', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255', '168.63.129.16',
  '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:7f00:1::', '2001:0:1::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1', '2001:db8::1', '4000::1', '1::1', 'x', '',
]
const open = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1']

describe('an address', () => {
  it('is public where it is anybody’s, and nowhere else', () => {
    assert.deepEqual(notPublic.filter(isPublic), [])
    assert.deepEqual(open.filter((ip) => !isPublic(ip)), [])
  })

  it('is looked at in each spelling that the URL parser takes', () => {
    for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:7f00:1]', 'localhost', 'a.localhost', 'localhost.', '①②⑦.0.0.1']) assert.equal(isPublicHost(new URL(`https://${host}/`).hostname), false, host)
    for (const host of ['shop.example', '1.1.1.1', '[2606:4700:4700::1111]']) assert.equal(isPublicHost(new URL(`https://${host}/`).hostname), true, host)
  })
})

describe('a request to what somebody else wrote down', () => {
  let server: Server
  let origin = ''
  let heard: string[] = []
  let answer = (response: ServerResponse): unknown => response.writeHead(204).end()
  before(async () => {
    server = createServer((request, response) => {
      heard.push(`${request.method} ${request.url} ${request.headers.host}`)
      request.resume()
      answer(response)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const naming = (asked: string[], ...answers: string[][]) =>
    ((hostname: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
      asked.push(hostname)
      const found = answers[Math.min(asked.length, answers.length) - 1] ?? []
      callback(null, found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
    }) as unknown as typeof lookup
  const post = (url: string, more: Partial<Parameters<typeof postPublicly>[1]> = {}) => postPublicly({ url, headers: {}, body: '{}' }, { production: true, ...more })
  const port = () => new URL(origin).port

  it('connects to nothing that is not public, whether written as an address or as a name', async () => {
    heard = []
    for (const host of ['127.0.0.1', '[::1]', '10.0.0.1', '169.254.169.254', '[::ffff:127.0.0.1]', '2130706433']) await assert.rejects(post(`https://${host}:${port()}/`), { name: 'NotPublic' }, host)
    for (const address of notPublic.filter((each) => each.length > 1)) await assert.rejects(post(`https://shop.example:${port()}/`, { lookup: naming([], [address]) }), { name: 'NotPublic' }, address)
    await assert.rejects(post(`https://shop.example:${port()}/`, { lookup: naming([], ['1.1.1.1', '127.0.0.1']) }), { name: 'NotPublic' })
    for (const production of [true, false]) await assert.rejects(post(`https://shop.example:${port()}/`, { production, lookup: naming([], ['127.0.0.1']) }), { name: 'NotPublic' })
    for (const url of [`http://shop.example/`, origin, 'ftp://shop.example/', 'file:///etc/passwd']) await assert.rejects(post(url), { name: 'NotPublic' }, url)
    assert.deepEqual(heard, [])
  })

  it('asks for a name once, and connects to what it was told then', async () => {
    const asked: string[] = []
    const lookup = naming(asked, ['127.0.0.1'], ['10.9.9.9'])
    assert.equal(await post(`http://hook.localhost:${port()}/rebound`, { production: false, lookup }), 204)
    assert.deepEqual(asked, ['hook.localhost'])
    assert.equal(heard.at(-1), `POST /rebound hook.localhost:${port()}`)
  })

  it('follows no redirect', async () => {
    heard = []
    answer = (response) => response.writeHead(307, { location: `${origin}/secret` }).end()
    assert.equal(await post(`${origin}/hook`, { production: false }), 307)
    assert.deepEqual(heard.map((line) => line.split(' ')[1]), ['/hook'])
  })

  it('reads no body, however long, and waits for no answer that does not come', async () => {
    let written = 0
    let closed: Promise<unknown> | undefined
    answer = (response) => {
      closed = once(response, 'close')
      response.writeHead(200)
      const pour = (): void => {
        while (!response.destroyed && written < 500_000_000 && response.write(Buffer.alloc(65_536))) written += 65_536
      }
      response.on('drain', pour)
      pour()
    }
    assert.equal(await post(origin, { production: false }), 200)
    await closed
    assert.ok(written < 50_000_000, `${written}`)
    answer = () => undefined
    await assert.rejects(post(origin, { production: false, timeoutMs: 100 }), { name: 'AbortError' })
    const never = (() => undefined) as unknown as typeof lookup
    await assert.rejects(post('https://shop.example/', { timeoutMs: 100, lookup: never }), { name: 'AbortError' })
  })

  it('ends where the answer is another protocol: nobody waits for what never comes', { timeout: 5000 }, async () => {
    answer = ({ socket }) => socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await assert.rejects(post(origin, { production: false }), { name: 'Error' })
    await assert.rejects(getPublicly(origin, { production: false, maxBytes: 1, accept: '*/*' }), { name: 'Error' })
  })
})
