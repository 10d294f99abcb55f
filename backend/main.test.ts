import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { byOrder } from './delivery/letter-order.ts'
import { adminToken, hostOrigin, testBackend, type TestBackend } from './testing/backend.ts'
import { listen } from './testing/event-source.ts'
import { call, mailTo, open, press, visitor } from './testing/visitor.ts'

let beganMail = (): void => undefined

const withBackend = async (use: (backend: TestBackend) => Promise<void>, options: Parameters<typeof testBackend>[0] = {}) => {
  const backend = await testBackend(options)
  try {
    await use(backend)
  } finally {
    await backend.dispose()
  }
}

describe('what everybody may read', () => {
  it('serves the script with compression, a short cache under the plain name and a long one under the versioned', () =>
    withBackend(async (backend) => {
      const plain = await call(backend, 'GET', '/linklatch.js', { headers: { 'Accept-Encoding': 'gzip, br' } })
      assert.equal(plain.status, 200)
      assert.equal(plain.headers.get('access-control-allow-origin'), '*')
      assert.equal(plain.headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.equal(plain.headers.get('content-encoding'), 'br')
      assert.match(plain.headers.get('cache-control') ?? '', /max-age=300/)
      const versioned = await call(backend, 'GET', '/linklatch-1.0.0.js')
      assert.match(versioned.headers.get('cache-control') ?? '', /immutable/)
    }))

  it('publishes keys without private parts, and discovery', () =>
    withBackend(async (backend) => {
      const keys = await call(backend, 'GET', '/.well-known/jwks.json')
      assert.doesNotMatch(keys.text, /"d"/)
      const discovery = await call(backend, 'GET', '/.well-known/openid-configuration')
      assert.equal(discovery.json.issuer, 'https://auth.example.com')
      assert.equal(discovery.json.jwks_uri, 'https://auth.example.com/.well-known/jwks.json')
    }))

  it('gives the bridge to a listed origin in an iframe alone', () =>
    withBackend(async (backend) => {
      const path = `/bridge?site=${backend.site.id}&origin=${encodeURIComponent(hostOrigin)}`
      const good = await call(backend, 'GET', path, { headers: { 'Sec-Fetch-Dest': 'iframe' } })
      assert.equal(good.status, 200)
      assert.match(good.headers.get('content-security-policy') ?? '', /frame-ancestors https:\/\/shop\.example$/)
      assert.equal(good.headers.get('cross-origin-embedder-policy'), 'require-corp')
      assert.equal((await call(backend, 'GET', path, { headers: { 'Sec-Fetch-Dest': 'document' } })).status, 403)
      const bad = await call(backend, 'GET', `/bridge?site=${backend.site.id}&origin=https://evil.example`)
      assert.equal(bad.status, 403)
      assert.match(bad.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    }))

  it('tells any page why: the same for an unlisted origin and an unknown site', () =>
    withBackend(async (backend) => {
      const allowed = await call(backend, 'GET', `/v1/embed?site=${backend.site.id}&origin=${hostOrigin}`)
      assert.deepEqual(allowed.json, { allowed: true, name: 'Shop' })
      const unlisted = await call(backend, 'GET', `/v1/embed?site=${backend.site.id}&origin=https://evil.example`)
      const unknown = await call(backend, 'GET', `/v1/embed?site=nosuch&origin=${hostOrigin}`)
      assert.equal(unlisted.text, unknown.text)
      assert.equal(unlisted.json.allowed, false)
    }))

  it('says whether it lives and is ready, and shows metrics to the machine itself', () =>
    withBackend(async (backend) => {
      assert.equal((await call(backend, 'GET', '/healthz')).status, 200)
      assert.deepEqual((await call(backend, 'GET', '/readyz')).json, { status: 'ok', store: true, mail: true })
      assert.match((await call(backend, 'GET', '/metrics')).text, /linklatch_events_total/)
      for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP']) assert.equal((await call(backend, 'GET', '/metrics', { headers: { [name]: '127.0.0.1' } })).status, 404, name)
      assert.equal((await call(backend, 'GET', '/metrics', { headers: { 'X-Forwarded-For': '9.9.9.9', Authorization: `Bearer ${adminToken}` } })).status, 200)
    }))

  it('tells the operator at its start where the mail server takes nothing, and is there all the same', () => {
    const deaf = byOrder({ deliver: async () => ({ status: 'deferred' as const, reason: 'deaf' }), ready: async () => false, close: async () => {} })
    const warnings = ({ logged }: TestBackend) => logged.filter((line) => 'text' in line && String(line.text).startsWith('the mail server takes no mails now'))
    return withBackend(
      async (backend) => {
        assert.deepEqual((await call(backend, 'GET', '/readyz')).json, { status: 'unavailable', store: true, mail: false })
        assert.equal(warnings(backend).length, 1)
        await withBackend(async (healthy) => {
          await call(healthy, 'GET', '/readyz')
          assert.equal(warnings(healthy).length, 0)
        })
      },
      { delivery: deaf },
    )
  })

  it('knows no path but as it is written', () =>
    withBackend(async (backend) => {
      for (const path of ['/V1/sign-ins', '/v1/sign-ins/', '//v1/sign-ins', '/v1/%73ign-ins', '/nosuch']) {
        assert.equal((await call(backend, 'POST', path, { body: {}, headers: { Origin: hostOrigin } })).status, 404, path)
      }
      assert.equal((await call(backend, 'PUT', '/v1/sign-ins', { body: {} })).status, 405)
    }))

  it('takes no notice of the Host header, odd or missing', () =>
    withBackend(async (backend) => {
      for (const headers of [{ Host: 'evil.example' }, { Host: 'a@b:c d' }, { Host: '' }]) assert.equal(await rawStatus(backend.port, headers), 200)
    }))
})

describe('a process that ends', () => {
  it('keeps every promise over a restart: pending links, sessions, spent ones', async () => {
    let backend = await testBackend()
    try {
      const anna = visitor(backend)
      const started = await anna.started('anna@example.com')
      const mail = await mailTo(backend, 'anna@example.com')
      backend = await backend.restart()
      const again = Object.assign(visitor(backend), { verifier: anna.verifier })
      await press(backend, mail.token, 'there', started.number)
      assert.equal((await again.claim({ sign_in: started.id, verifier: anna.verifier })).status, 200)
      const secret = again.secret() ?? ''
      backend = await backend.restart()
      const later = visitor(backend)
      later.jar.set(`__Host-linklatch-${backend.site.id}`, secret)
      assert.equal((await later.refresh()).status, 200)
      assert.equal((await open(backend, mail.token)).status, 410)
    } finally {
      await backend.dispose()
    }
  })

  it('sends a mail that was queued, after the next start', async () => {
    const down = byOrder({ deliver: () => Promise.resolve({ status: 'deferred' as const, reason: 'down' }), ready: () => Promise.resolve(false), close: () => Promise.resolve() })
    const before = await testBackend({ delivery: down })
    await visitor(before).started('anna@example.com')
    await before.stop()
    before.clock.forward(10)
    const backend = await testBackend({ directory: before.directory, clock: before.clock })
    try {
      assert.match((await mailTo(backend, 'anna@example.com')).token, /\./)
    } finally {
      await backend.dispose()
    }
  })

  it('ends a stream, waits for the mail in flight, and cuts off a request that never ends', async () => {
    let finish: (result: { status: 'sent' }) => void = () => undefined
    const inFlight = new Promise<void>((begun) => void (beganMail = begun))
    const delivery = byOrder({ deliver: () => (beganMail(), new Promise<{ status: 'sent' }>((resolve) => (finish = resolve))), ready: () => Promise.resolve(true), close: () => Promise.resolve() })
    const backend = await testBackend({ delivery })
    const { id } = await visitor(backend).started('anna@example.com')
    await inFlight
    const stream = await listen(backend, id)
    const slow = connect(backend.port, '127.0.0.1').on('error', () => undefined).resume()
    await once(slow, 'connect')
    slow.write('POST /v1/sign-ins HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
    const stopped = backend.stop()
    await stream.ended
    finish({ status: 'sent' })
    await Promise.all([stopped, once(slow, 'close')])
    const again = await testBackend({ directory: backend.directory, clock: backend.clock })
    assert.equal((await again.services.store.signIns.get(id))?.delivery.status, 'sent')
    await again.dispose()
  })

  it('takes nothing new on a connection that is kept, and finishes what runs on it', () =>
    withBackend(async (backend) => {
      const anna = visitor(backend)
      const body = JSON.stringify({ site: backend.site.id, email: 'anna@example.com', challenge: anna.challenge })
      const start = `POST /v1/sign-ins HTTP/1.1\r\nHost: a\r\nOrigin: ${hostOrigin}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
      const kept = connect(backend.port, '127.0.0.1').setEncoding('latin1')
      let heard = ''
      kept.on('data', (text) => void (heard += String(text)))
      kept.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
      while (!heard.includes('{"status":"ok"}')) await once(kept, 'data')
      assert.doesNotMatch(heard, /^Connection: close/im)
      heard = ''
      kept.write(start)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const stopped = backend.stop()
      // Two at once: the first was begun before the end, the second is written behind it.
      kept.write(`${body}${start}${body}`)
      await Promise.all([stopped, once(kept, 'close')])
      assert.deepEqual(heard.match(/^HTTP\/1\.1 (202|503)/gm)?.[0], 'HTTP/1.1 202')
      assert.match(heard, /^Connection: close/im)
      assert.doesNotMatch(heard.slice(12), /HTTP\/1\.1 202/)
    }))

  it('names HOST where it is no address of this machine', () =>
    assert.rejects(testBackend({ env: { HOST: '192.0.2.1' } }), { name: 'ConfigError', message: /^HOST is "192\.0\.2\.1": .+ it takes / }))

  it('refuses a second process on the same directory, and leaves the first unharmed', async () => {
    await withBackend(async (backend) => {
      await assert.rejects(testBackend({ directory: backend.directory }), /in use|another|locked/i)
      assert.equal((await visitor(backend).start('anna@example.com')).status, 202)
    })
  })
})

describe('what is logged', () => {
  it('holds no token, code, cookie, verifier or whole address', async () => {
    await withBackend(async (backend) => {
      const browser = visitor(backend)
      const started = await browser.started('anna.secret@example.com')
      const mail = await mailTo(backend, 'anna.secret@example.com')
      const { arrival } = await open(backend, mail.token)
      await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code === '111111' ? '222222' : '111111' })
      const session = await browser.claimed({ arrival, verifier: browser.verifier })
      const secret = browser.secret() ?? ''
      await browser.refresh()
      const logged = JSON.stringify(backend.logged)
      for (const hidden of ['anna.secret@example.com', mail.token, mail.code, arrival, browser.verifier, session.access_token, secret]) {
        assert.equal(logged.includes(hidden), false, hidden)
      }
      assert.ok(backend.events.some(({ event }) => event === 'session.claimed'))
    })
  })
})

function rawStatus(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const ask = request({ port, host: '127.0.0.1', path: '/healthz', headers, setHost: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    ask.on('error', reject)
    ask.end()
  })
}
