import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { refuseUnreadable } from './unreadable-requests.ts'

describe('a request that is none', () => {
  const server = createServer({ maxHeaderSize: 1024 }, (_req, res) => res.end('read')).on('clientError', refuseUnreadable)
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  after(() => new Promise((resolve) => server.close(resolve)))

  const answerTo = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = ''
      const { port } = server.address() as AddressInfo
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.on('data', (data) => (answer += data.toString())).on('close', () => resolve(answer))
    })

  for (const [what, text, status, code] of [
    ['a line that is no HTTP', 'GARBAGE\r\n\r\n', 400, 'invalid_request'],
    ['a header that is too long', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['two lengths at once', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400, 'invalid_request'],
  ] as const) {
    it(`is refused as a problem that nobody caches: ${what}`, async () => {
      const [head = '', body = ''] = (await answerTo(text)).split('\r\n\r\n')
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `))
      assert.match(head, /\r\nCache-Control: no-store\r\n/)
      assert.match(head, /\r\nContent-Type: application\/problem\+json\r\n/)
      const problem: unknown = JSON.parse(body)
      assert.deepEqual(problem, { ...(problem as object), status, code })
    })
  }

  it('is told from one that can be read', async () => {
    assert.match(await answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 /)
  })
})
