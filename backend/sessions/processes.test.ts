/** Three backends on one Redis behind nginx: no request minds which of them it reaches. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hostOrigin, testBackend } from '../testing/backend.ts'
import { listen } from '../testing/event-source.ts'
import { noNginx, startNginx } from '../testing/nginx-proxy.ts'
import { noRedis, startRedis, type RedisServer } from '../testing/redis-server.ts'
import { call, open, press, readLetter, visitor } from '../testing/visitor.ts'

type Letter = { to: string; text: string }
type Child = { process: ChildProcess; url: string; port: number; site: string; ended: Promise<void> }

let redis: RedisServer
let directory = ''
let children: Child[] = []
let proxy: { url: string; stop(): Promise<void> }
let site = { id: '' }
/** What all of them have mailed. */
const letters: Letter[] = []

const envOf = (redisUrl: string) => ({
  LINKLATCH_STORE_URL: redisUrl,
  LINKLATCH_KEYS_DIR: join(directory, 'keys'),
  LINKLATCH_LIMITS: 'start.address=1000/600,start.address_ip=5/600,start.ip=1000/600,start.site=10000/600',
})

async function startChild(number: number, { mode = 'sends', redisUrl = redis.url } = {}): Promise<Child> {
  const script = fileURLToPath(new URL('../testing/child-backend.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, join(directory, String(number)), JSON.stringify(envOf(redisUrl)), mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const lines = createInterface({ input: child.stdout })
  const first = await new Promise<{ port: number; site: string }>((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as { port: number; site: string }))
    child.once('exit', (code) => reject(new Error(`a backend ended with ${code}`)))
  })
  lines.on('line', (line) => letters.push(JSON.parse(line) as Letter))
  return { process: child, url: `http://127.0.0.1:${first.port}`, ...first, ended }
}

const skip = noRedis || noNginx

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'linklatch-processes-'))
  if (skip) return
  redis = await startRedis()
  // The first makes the keys that all of them share.
  children = [await startChild(0)]
  children.push(...(await Promise.all([startChild(1), startChild(2)])))
  proxy = await startNginx(children.map(({ port }) => port))
  site = { id: children[0]?.site ?? '' }
})

after(async () => {
  if (!skip) {
    await proxy.stop()
    for (const child of children) child.process.kill('SIGKILL')
    await Promise.all(children.map(({ ended }) => ended))
    await redis.dispose()
  }
  await rm(directory, { recursive: true, force: true })
})

async function until<Value>(ask: () => Value | undefined, what: string): Promise<Value> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never: ${what}`)
}

let people = 0

async function begin() {
  const email = `person${(people += 1)}@example.com`
  const browser = visitor({ url: proxy.url, site })
  const started = await browser.started(email)
  const mail = await until(() => letters.find(({ to }) => to === email), `a mail to ${email}`)
  return { email, browser, started, mail: readLetter(mail.text) }
}

type Begun = Awaited<ReturnType<typeof begin>>

/** Every way from a link to a session; each request goes to another process than the last. */
const ways: Record<string, (begun: Begun) => Promise<object>> = {
  'the typed number': async ({ browser, started, mail }) => {
    assert.equal((await press(proxy, mail.token, 'there', started.number)).status, 200)
    return { sign_in: started.id, verifier: browser.verifier }
  },
  'the same browser': async ({ browser, mail }) => ({ arrival: (await open(proxy, mail.token)).arrival, verifier: browser.verifier }),
  'the code': async ({ browser, started, mail }) => ({ sign_in: started.id, verifier: browser.verifier, code: mail.code }),
  'here instead': async ({ mail }) => ({ handoff: (await press(proxy, mail.token, 'here')).handoff }),
}

describe('three backends on one Redis', { skip }, () => {
  for (const [name, way] of Object.entries(ways))
    it(`sign in by ${name}, refresh and sign out, each request on another one`, async () => {
      await Promise.all(Array.from({ length: 5 }, async () => {
        const begun = await begin()
        const body = await way(begun)
        const answers = await Promise.all(Array.from({ length: 6 }, () => begun.browser.claim(body)))
        const secrets = new Set(answers.filter(({ status }) => status === 200).map(() => begun.browser.secret()))
        assert.equal(secrets.size, 1)
        assert.equal((await begun.browser.current()).status, 200)
        assert.equal((await begun.browser.refresh()).status, 200)
        assert.equal((await begun.browser.end()).status, 204)
        assert.equal((await begun.browser.refresh()).status, 401)
        assert.equal(letters.filter(({ to }) => to === begun.email).length, 1)
      }))
    })

  it('count a limit together', async () => {
    const browser = visitor({ url: proxy.url, site })
    const answers = await Promise.all(Array.from({ length: 15 }, () => browser.start('limited@example.com')))
    assert.equal(answers.filter(({ status }) => status === 202).length, 5)
    assert.equal(answers.filter(({ status, headers }) => status === 429 && Number(headers.get('retry-after')) > 0).length, 10)
  })

  it('tell a waiting page what happened on another one', async () => {
    const { started, mail } = await begin()
    const streams = await Promise.all(children.map((child) => listen(child, started.id)))
    await press(children[0] ?? proxy, mail.token, 'there', started.number)
    await Promise.all(streams.map((stream) => stream.until('state', 'approved')))
    for (const stream of streams) stream.close()
  })

  it('have no session any more once one of them has ended it', async () => {
    const { browser, started, mail } = await begin()
    const { access_token: token } = await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    const me = (child: Child) => call(child, 'GET', '/v1/me', { headers: { Authorization: `Bearer ${token}`, Origin: hostOrigin } })
    assert.deepEqual(await Promise.all(children.map(async (child) => (await me(child)).status)), [200, 200, 200])
    await browser.end()
    assert.deepEqual(await Promise.all(children.map(async (child) => (await me(child)).status)), [401, 401, 401])
  })

  it('finish what a third had begun when it is killed', async () => {
    const begun = await Promise.all(Array.from({ length: 9 }, begin))
    const [first, ...others] = children
    const list = Object.values(ways)
    const bodies = Promise.allSettled(begun.map(async (each, index) => list[index % 3]?.(each)))
    first?.process.kill('SIGKILL')
    await first?.ended
    await bodies
    await Promise.all(begun.map(async ({ browser, started, mail }, index) => {
      const child = others[index % 2] ?? proxy
      const withV = { sign_in: started.id, verifier: browser.verifier, code: mail.code }
      const { status } = await call(child, 'POST', '/v1/sessions', { body: withV, headers: { Origin: 'https://auth.example.com' } })
      assert.equal(status, 200)
      // The proxy takes the dead one out by itself.
      assert.equal((await call(proxy, 'POST', '/v1/sessions', { body: withV, headers: { Origin: 'https://auth.example.com' } })).status, 200)
    }))
  })
})

describe('a backend that is killed with a mail in its hands', { skip: noRedis }, () => {
  it('leaves it to another one, which sends it after a while, with the same link', async () => {
    const own = await startRedis()
    const doomed = await startChild(9, { mode: 'hangs', redisUrl: own.url })
    const heir = await testBackend({ directory: join(directory, '10'), env: envOf(own.url) })
    try {
      const email = 'mail-in-hand@example.com'
      const started = await visitor({ url: doomed.url, site: { id: doomed.site } }).started(email)
      const taken = await until(() => letters.find(({ to }) => to === email), 'a mail in its hands')
      doomed.process.kill('SIGKILL')
      await doomed.ended
      const { store } = heir.services
      const isTaken = (await store.signIns.get(started.id))?.delivery
      assert.deepEqual([isTaken?.status, isTaken?.settled], ['queued', 0])
      heir.services.wakeDelivery()
      await store.ready()
      assert.equal(heir.inbox.letters().length, 0)
      heir.clock.forward(45)
      heir.services.wakeDelivery()
      const [sent] = await until(() => (heir.inbox.letters().length > 0 ? heir.inbox.letters() : undefined), 'the mail of the heir')
      assert.deepEqual([sent?.to, readLetter(sent?.text ?? '')], [email, { ...readLetter(taken.text), text: sent?.text }])
      assert.equal((await open(heir, readLetter(sent?.text ?? '').token)).status, 303)
    } finally {
      await heir.dispose()
      await own.dispose()
    }
  })
})
