/** R95 from the owner's side: what happens at a site is told, signed, in its order, at least once; and never in the way of a sign-in. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Services } from '../services.ts'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call } from '../testing/visitor.ts'
import { noRedis, startRedis } from '../testing/redis-server.ts'
import { changeSite, renewWebhookSecret } from '../sites/manage-sites.ts'
import { createWebhooks, webhookRetrySeconds } from './webhooks.ts'

type Heard = { headers: IncomingHttpHeaders; body: string; json: { id: string; type: string; timestamp: string; site: string; data: Record<string, string> } }
const path = '/hook/of-the-owner?key=not-for-logs'

/** Where an owner receives events. */
async function receiver(): Promise<{ url: string; heard: Heard[]; answers: number[]; unanswered: ServerResponse[]; types(): string[]; until(count: number): Promise<void>; close(): void; server: Server }> {
  const heard: Heard[] = []
  const answers: number[] = []
  const unanswered: ServerResponse[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body, json: JSON.parse(body) as Heard['json'] })
      const status = answers.shift() ?? 204
      if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end()
      else unanswered.push(response)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const until = async (count: number) => {
    for (let tries = 0; tries < 2000 && heard.length < count; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(heard.length, count, heard.map(({ json }) => json.type).join())
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, heard, answers, unanswered, types: () => heard.map(({ json }) => json.type), until, server, close: () => (server.closeAllConnections(), server.close()) }
}

const isSignedBy = (secret: string, { headers, body }: Heard): boolean => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`).digest('base64')
  return key.length === 32 && String(headers['webhook-signature']).split(' ').includes(`v1,${signature}`)
}

describe('the webhook of a site', () => {
  let backend: TestBackend
  let hook: Awaited<ReturnType<typeof receiver>>
  beforeEach(async () => {
    backend = await testBackend()
    hook = await receiver()
  })
  afterEach(async () => {
    hook.close()
    await backend.dispose()
  })
  const admin = async (method: string, rest = '', body?: object) => {
    const answer = await call(backend, method, `/admin/v1/sites/${backend.site.id}${rest}`, { ...(body && { body }), headers: { Authorization: `Bearer ${adminToken}` } })
    return answer
  }
  const setUp = async () => String((await admin('PATCH', '', { webhook: { url: hook.url } })).json.webhook_secret)
  const signIn = async () => {
    const { browser, started, mail, email } = await begun(backend)
    const { user } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    return { browser, user, email, signIn: started.id }
  }

  it('tells of a new person, their session, its end and their erasure: in order, signed, by ids alone', async () => {
    const secret = await setUp()
    const { browser, user, email, signIn: id } = await signIn()
    await browser.end()
    await hook.until(3)
    await admin('DELETE', `/users/${user.id}`)
    await hook.until(4)
    assert.deepEqual(hook.types(), ['user.created', 'session.claimed', 'session.ended', 'user.erased'])
    const [created, claimed, ended] = hook.heard.map(({ json }) => json)
    assert.deepEqual(created?.data, { user: user.id })
    assert.equal(claimed?.data.sign_in, id)
    assert.deepEqual(ended?.data, { user: user.id, sid: claimed.data.sid })
    assert.deepEqual(Object.keys(created ?? {}), ['id', 'type', 'timestamp', 'site', 'data'])
    for (const each of hook.heard) {
      assert.ok(isSignedBy(secret, each))
      assert.ok(!isSignedBy(`whsec_${Buffer.alloc(32).toString('base64')}`, each))
      assert.deepEqual([each.headers['webhook-id'], each.headers['content-type'], each.json.site], [each.json.id, 'application/json', backend.site.id])
      assert.ok(Math.abs(Number(each.headers['webhook-timestamp']) - Date.parse(each.json.timestamp) / 1000) < 30)
      for (const not of [email, browser.verifier, secret]) assert.ok(!each.body.includes(not))
    }
    assert.equal(new Set(hook.heard.map(({ json }) => json.id)).size, 4)
  })

  it('tells nothing of what was before it, nor to anybody after it was taken away', async () => {
    await signIn()
    await setUp()
    await signIn()
    await hook.until(2)
    assert.equal((await admin('PATCH', '', { webhook: { url: '' } })).json.webhook, undefined)
    await signIn()
    await new Promise((resolve) => setTimeout(resolve, 600))
    assert.deepEqual(hook.types(), ['user.created', 'session.claimed'])
  })

  for (const how of ['taken away', 'led elsewhere', 'removed with its site'] as const) {
    it(`hears of no event more when it is ${how} while many are on their way`, async () => {
      await setUp()
      hook.answers.push(204, 0)
      for (const name of ['anna', 'bert', 'carl', 'dora']) await admin('POST', '/users', { email: `${name}@example.com` })
      await hook.until(2)
      const other = await receiver()
      if (how === 'removed with its site') assert.equal((await admin('DELETE')).status, 204)
      else assert.equal((await admin('PATCH', '', { webhook: { url: how === 'taken away' ? '' : other.url } })).status, 200)
      hook.unanswered.forEach((response) => response.writeHead(204).end())
      if (how === 'led elsewhere') await other.until(6)
      else await new Promise((resolve) => setTimeout(resolve, 600))
      assert.equal(hook.heard.length, 2)
      assert.equal(new Set([...hook.heard, ...other.heard].map(({ json }) => json.id)).size, how === 'led elsewhere' ? 8 : 2)
      other.close()
    })
  }

  it('has a secret that is shown once, and can be renewed: both sign for a day, then the new one', async () => {
    const first = await setUp()
    assert.match(first, /^whsec_[A-Za-z0-9+/]{43}=$/)
    for (const again of [await admin('PATCH', '', { webhook: { url: hook.url } }), await admin('PATCH', '', { name: 'Other' }), await admin('GET')]) {
      assert.deepEqual([again.json.webhook, again.json.webhook_secret], [{ url: hook.url }, undefined])
      assert.ok(!again.text.includes(first.slice(6)))
    }
    const renewed = await admin('POST', '/webhook/secret', {})
    const second = String(renewed.json.webhook_secret)
    assert.deepEqual([renewed.status, Object.keys(renewed.json), second === first], [200, ['webhook_secret'], false])
    await signIn()
    await hook.until(2)
    assert.deepEqual(hook.heard.map((each) => [isSignedBy(first, each), isSignedBy(second, each)]), [[true, true], [true, true]])
    backend.clock.forward(86_401)
    await signIn()
    await hook.until(4)
    assert.deepEqual(hook.heard.slice(2).map((each) => [isSignedBy(first, each), isSignedBy(second, each)]), [[false, true], [false, true]])
    const elsewhere = await admin('PATCH', '', { webhook: { url: `${hook.url}&other` } })
    assert.match(String(elsewhere.json.webhook_secret), /^whsec_/)
    assert.notEqual(elsewhere.json.webhook_secret, second)
    await admin('PATCH', '', { webhook: { url: '' } })
    assert.equal((await admin('POST', '/webhook/secret', {})).status, 404)
  })

  it('may be slow, refuse, redirect or be gone: signing in does not notice, the log does not name it, and a restart goes on in order', async () => {
    await setUp()
    hook.answers.push(307)
    await signIn()
    await hook.until(1)
    hook.server.closeAllConnections()
    await new Promise((resolve) => hook.server.close(resolve))
    for (let more = 0; more < 3; more += 1) await signIn()
    await new Promise((resolve) => setTimeout(resolve, 400))
    const lines = JSON.stringify(backend.logged)
    assert.match(lines, /a webhook was not taken/)
    assert.ok(!lines.includes('not-for-logs') && !lines.includes('of-the-owner'))
    await new Promise<void>((resolve) => hook.server.listen(Number(new URL(hook.url).port), '127.0.0.1', resolve))
    backend = await backend.restart()
    await hook.until(9)
    assert.deepEqual(hook.types(), ['user.created', ...Array.from({ length: 4 }, () => ['user.created', 'session.claimed']).flat()])
    assert.equal(hook.heard[0]?.headers['webhook-id'], hook.heard[1]?.headers['webhook-id'], 'a repeat is known by its id')
  })

  it('that does not answer holds up no stop, and hears of it again after the next start', async () => {
    await setUp()
    hook.answers.push(0)
    await signIn()
    await hook.until(1)
    const before = performance.now()
    backend = await backend.restart()
    assert.ok(performance.now() - before < 8000)
    await hook.until(3)
    assert.deepEqual(hook.types(), ['user.created', 'user.created', 'session.claimed'])
  })

  it('can be tried: signed, at once, past what waits, once; and the answer says what came of it', async () => {
    assert.equal((await admin('POST', '/webhook/test', {})).status, 404)
    const secret = await setUp()
    hook.answers.push(204, 401)
    const taken = await admin('POST', '/webhook/test', {})
    assert.deepEqual([taken.status, taken.json], [200, { taken: true, status: 204 }])
    const [event = assert.fail()] = hook.heard
    assert.ok(isSignedBy(secret, event))
    assert.deepEqual([event.json.type, event.json.site, event.json.data], ['webhook.test', backend.site.id, {}])
    assert.deepEqual((await admin('POST', '/webhook/test', {})).json, { taken: false, status: 401, reason: 'status 401' })
    assert.notEqual(hook.heard[1]?.json.id, event.json.id)
    hook.close()
    await once(hook.server, 'close')
    assert.deepEqual((await admin('POST', '/webhook/test', {})).json, { taken: false, reason: 'ECONNREFUSED' })
    await new Promise((resolve) => setTimeout(resolve, 400))
    assert.equal(hook.heard.length, 2)
    const { json } = await admin('GET', '/events')
    assert.deepEqual((json.items as { event: string; why?: string }[]).filter(({ event: name }) => name === 'webhook.test').map(({ why }) => why), [undefined, 'status 401', 'ECONNREFUSED'])
  })

  it('is refused where it leads to no public place, or not by https', async () => {
    const refusals = { 'http://shop.example/hook': 'https_required', 'https://10.0.0.1/': 'not_public', 'https://169.254.169.254/latest': 'not_public', 'https://[::ffff:10.0.0.1]/': 'not_public', 'https://u:p@shop.example/': 'userinfo', 'hook': 'not_a_url', 'ftp://shop.example/': 'https_required' }
    for (const [url, code] of Object.entries(refusals)) {
      const { status, json } = await admin('PATCH', '', { webhook: { url } })
      assert.deepEqual([status, json.errors], [400, [{ field: 'webhook.url', code }]], url)
    }
    assert.equal((await admin('PATCH', '', { webhook: { url: 'https://shop.example/hook' } })).status, 200)
  })

  describe('by a clock moved by hand', () => {
    type Timed = { seconds: number; run: () => void }
    const unheard = () => ({ ...backend.services, audit: () => undefined })
    const setUp = (url = hook.url) => changeSite(unheard(), backend.site.id, { webhook: { url } })
    /** Another process's sender over the same store; the backend's own hears nothing of these events. */
    const sender = (answer: () => number | Error | Promise<number>, isShared = false, told: (url: string) => void = () => undefined) => {
      const services: Services = { ...backend.services, isShared }
      const timers: Timed[] = []
      const sent: string[] = []
      const post = async ({ url, body }: { url: string; body: string }) => {
        told(url)
        sent.push((JSON.parse(body) as Heard['json']).data.user ?? '')
        const status = await answer()
        if (status instanceof Error) throw status
        return status
      }
      const timer = (seconds: number, run: () => void) => {
        const timed = { seconds, run }
        timers.push(timed)
        return () => void (timers.includes(timed) && timers.splice(timers.indexOf(timed), 1))
      }
      const webhooks = createWebhooks({ services, post, timer })
      const happens = (userId: string) => {
        const event = { event: 'user.changed' as const, siteId: backend.site.id, userId }
        backend.services.store.events.append(backend.site.id, { at: backend.clock.now(), ...event })
        webhooks.heard(event)
      }
      /** Rings the only timer there is, once, and waits for what comes of it: another one, or so many requests in all. */
      const ring = async (requests = Infinity): Promise<number> => {
        const [timed = assert.fail('nothing waits')] = timers.splice(0)
        timed.run()
        for (let tries = 0; tries < 2000 && timers.length === 0 && sent.length < requests; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5))
        return timed.seconds
      }
      return { webhooks, timers, sent, happens, ring }
    }

    it('tries a failing one again after 5 s, 10 s … an hour, one request each time, however much happens meanwhile', async () => {
      await setUp()
      let status: number | Error = 500
      const { timers, sent, happens, ring } = sender(() => status)
      happens('a')
      const pauses: number[] = []
      for (let tries = 0; tries < 12; tries += 1) {
        pauses.push(await ring())
        for (let more = 0; more < 5; more += 1) happens('later')
        assert.equal(timers.length, 1, 'what waits is one timer')
        status = tries % 2 === 0 ? new TypeError('https://shop.example/secret') : 404
      }
      assert.deepEqual(pauses, [0.3, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600])
      assert.deepEqual([...new Set(sent)], ['a'])
      assert.equal(sent.length, 12)
      status = 200
      assert.equal(await ring(72), 3600)
      assert.equal(sent.filter((user) => user === 'later').length, 60)
      assert.equal(webhookRetrySeconds(50), 3600)
    })

    it('tries a mended address or a new secret at once, with all that waited, and nothing that another had', async () => {
      await setUp()
      let status = 404
      const urls: string[] = []
      const { timers, sent, happens, ring, webhooks } = sender(() => status, false, (url) => urls.push(url))
      const changed = () => webhooks.heard({ event: 'site.changed', siteId: backend.site.id })
      for (const repair of [() => setUp(`${hook.url}&mended`), () => renewWebhookSecret(unheard(), backend.site.id)]) {
        status = 204
        happens('taken')
        await ring(sent.length + 1)
        await new Promise((resolve) => setTimeout(resolve, 50))
        status = 404
        happens('waits')
        for (let tries = 0; tries < 8; tries += 1) await ring()
        assert.equal(timers[0]?.seconds, 640)
        await repair()
        status = 204
        changed()
        assert.equal(timers.length, 1)
        sent.length = 0
        assert.equal(await ring(1), 0.3)
        await new Promise((resolve) => setTimeout(resolve, 50))
        assert.deepEqual([sent, urls.at(-1)], [['waits'], `${hook.url}&mended`])
      }
    })

    it('has an hour’s pause of a site cut short while its last try is under way', async () => {
      await setUp()
      let answer = (_status: number): void => assert.fail('nothing asked')
      const { timers, happens, ring, webhooks } = sender(() => new Promise<number>((resolve) => (answer = resolve)))
      happens('a')
      await ring(1)
      webhooks.heard({ event: 'site.changed', siteId: backend.site.id })
      assert.equal(timers.length, 0)
      answer(500)
      for (let tries = 0; tries < 400 && timers.length === 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5))
      assert.equal(timers[0]?.seconds, 0.3)
    })

    it('gives an event up after a day, says so, and goes on with the next', async () => {
      await setUp()
      let status = 410
      const { sent, happens, ring } = sender(() => status)
      happens('old')
      await ring()
      backend.clock.forward(86_401)
      happens('new')
      status = 200
      await ring(2)
      assert.deepEqual(sent, ['old', 'new'])
      assert.ok(backend.events.some(({ event, siteId }) => event === 'webhook.given_up' && siteId === backend.site.id))
    })

    it('hears of each event once from two processes at a time', async () => {
      await setUp()
      const [one, other] = [sender(() => 200, true), sender(() => 200, true)]
      for (const user of ['a', 'b', 'c', 'd']) (user < 'c' ? one : other).happens(user)
      await Promise.race([one.ring(4), other.ring(4)])
      for (const each of [one, other]) if (each.timers.length > 0) assert.equal(each.timers[0]?.seconds, 5, 'the other one was at it')
      for (let tries = 0; tries < 1000 && one.sent.length + other.sent.length < 4; tries += 1) await new Promise((resolve) => setTimeout(resolve, 5))
      assert.deepEqual([...one.sent, ...other.sent].sort(), ['a', 'b', 'c', 'd'])
    })

    it('goes on where the store was moved, and its events have other ids', async () => {
      await setUp()
      const { sent, happens, ring } = sender(() => 200)
      happens('a')
      await ring(1)
      for (const site = async () => backend.services.store.sites.get(backend.site.id); !(await site())?.webhook?.sent; ) await new Promise((resolve) => setTimeout(resolve, 5))
      await backend.services.store.sites.change(backend.site.id, (site) => ({ ...(site?.webhook?.sent && { next: { ...site, webhook: { ...site.webhook, sent: { ...site.webhook.sent, id: 'of another store' } } } }), result: undefined }))
      backend.clock.forward(1)
      happens('b')
      await ring()
      await ring(3)
      happens('c')
      await ring(4)
      assert.deepEqual(sent, ['a', 'a', 'b', 'c'])
    })
  })
})

describe('the webhook of a site over Redis', () => {
  it('tells once what happens at either of two backends', { skip: noRedis }, async () => {
    const redis = await startRedis()
    const hook = await receiver()
    const one = await testBackend({ env: { LINKLATCH_STORE_URL: redis.url } })
    const other = await testBackend({ env: { LINKLATCH_STORE_URL: redis.url, LINKLATCH_KEYS_DIR: `${one.directory}/data/keys` } })
    try {
      const answer = await call(one, 'PATCH', `/admin/v1/sites/${one.site.id}`, { body: { webhook: { url: hook.url } }, headers: { Authorization: `Bearer ${adminToken}` } })
      const claimed = async (backend: TestBackend) => {
        const { browser, started, mail } = await begun(backend)
        await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
        return browser
      }
      const browser = await claimed(one)
      await hook.until(2)
      await browser.end({ everywhere: true })
      await hook.until(3)
      await claimed(other)
      await hook.until(5)
      assert.deepEqual(hook.types(), ['user.created', 'session.claimed', 'session.ended', 'user.created', 'session.claimed'])
      assert.equal(hook.heard[2]?.json.data.everywhere, true)
      for (const each of hook.heard) assert.ok(isSignedBy(String(answer.json.webhook_secret), each))
      assert.equal(new Set(hook.heard.map(({ json }) => json.id)).size, 5)
    } finally {
      hook.close()
      await other.dispose()
      await one.dispose()
      await redis.dispose()
    }
  })
})
