/** R81: everything that a backend writes in a whole life, searched for every secret that occurred in it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { byOrder } from './delivery/letter-order.ts'
import { mailThread } from './delivery/mail-thread.ts'
import { outboxDelivery } from './delivery/outbox.ts'
import { createLog } from './log.ts'
import { adminToken, hostOrigin, publicUrl, testBackend, type TestBackend } from './testing/backend.ts'
import { dpopKey } from './testing/dpop.ts'
import { call, mailTo, open, press, visitor } from './testing/visitor.ts'

const smtpPassword = 'smtp-passw0rd-of-the-operator'
const secrets = new Map<string, string>()
const written: string[] = []
let backend: TestBackend
let release = () => {}

/** Also what goes past the logger, straight to the process's own streams. */
function listenIn(): () => void {
  const undo = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream)
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      written.push(String(chunk))
      return write(chunk, ...rest)
    })
    return () => (stream.write = write)
  })
  return () => undo.forEach((each) => each())
}

/** Takes note of a secret, and hands it on. */
function noted<Text extends string | undefined>(what: string, text: Text): string {
  if (text) secrets.set(`${what} ${secrets.size}`, text)
  return text ?? ''
}

before(async () => {
  release = listenIn()
  const lines = new PassThrough()
  lines.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  const inbox = outboxDelivery({ keep: 1000 })
  const dead = mailThread({ url: `smtp://operator:${smtpPassword}@127.0.0.1:9`, publicHost: 'localhost', from: { name: 'L', address: 'no-reply@localhost' } })
  const live = byOrder(inbox)
  backend = await testBackend({ env: { LINKLATCH_LOG_LEVEL: 'trace' }, log: createLog('trace', lines), delivery: { ...live, deliver: (order) => (order.signIn.address.startsWith('dead') ? dead : live).deliver(order) } })
  backend.inbox = inbox
  noted('admin token', adminToken)
  noted('SMTP password', smtpPassword)
})
after(async () => {
  await backend.dispose()
  release()
})

async function begun(name: string) {
  const email = noted('address', `${name}.of.the.test@example.com`)
  const browser = visitor(backend)
  noted('verifier', browser.verifier)
  const started = await browser.started(email, { return_to: `${hostOrigin}/basket` })
  const mail = await mailTo(backend, email)
  noted('link token', mail.token)
  noted('code', mail.code)
  return { email, browser, started, mail }
}
function keep(browser: ReturnType<typeof visitor>, answer: { json: Record<string, unknown> }) {
  noted('access token', answer.json.access_token as string | undefined)
  noted('refresh token', browser.secret())
  return String(answer.json.access_token)
}

async function everyWayIn(): Promise<string[]> {
  const arriving = await begun('arriving')
  const arrival = noted('arrival', (await open(backend, arriving.mail.token)).arrival)
  const tokens = [keep(arriving.browser, await arriving.browser.claim({ arrival, verifier: arriving.browser.verifier }))]
  const typing = await begun('typing')
  await press(backend, typing.mail.token, 'there', typing.started.number)
  tokens.push(keep(typing.browser, await typing.browser.claim({ sign_in: typing.started.id, verifier: typing.browser.verifier })))
  const here = await begun('here')
  const handoff = noted('handoff', (await press(backend, here.mail.token, 'here')).handoff)
  tokens.push(keep(here.browser, await here.browser.claim({ handoff })))
  const coding = await begun('coding')
  tokens.push(keep(coding.browser, await coding.browser.claim({ sign_in: coding.started.id, verifier: coding.browser.verifier, code: coding.mail.code })))
  const old = coding.browser.secret() ?? ''
  for (let turns = 0; turns < 2; turns += 1) keep(coding.browser, await coding.browser.refresh())
  coding.browser.jar.set(`__Host-linklatch-${backend.site.id}`, old)
  assert.equal((await coding.browser.refresh()).status, 401)
  await typing.browser.end({ everywhere: true })
  return tokens
}

/** Where no cookie sticks: the secret in the answer, and a proof with each request. */
async function boundToKey(): Promise<void> {
  const [key, other] = [await dpopKey(backend), await dpopKey(backend)]
  const proved = async (path: string, by = key) => ({ DPoP: noted('proof', await by.proof('POST', path)) })
  const { browser, started, mail } = await begun('bound')
  const claimed = await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code, keep: 'token' }, await proved('/v1/sessions'))
  assert.equal(claimed.status, 200, claimed.text)
  let kept = noted('kept refresh token', String(claimed.json.refresh_token))
  noted('access token', String(claimed.json.access_token))
  const spent = await proved('/v1/sessions/refresh')
  const refreshed = await browser.refresh({ refresh_token: kept }, spent)
  assert.equal(refreshed.status, 200, refreshed.text)
  for (const headers of [spent, await proved('/v1/sessions/refresh', other), await proved('/v1/sessions/end'), { DPoP: `${spent.DPoP}x` }, {}]) assert.equal((await browser.refresh({ refresh_token: kept }, headers)).status, 401)
  kept = noted('kept refresh token', String(refreshed.json.refresh_token))
  assert.equal((await browser.bridgePost('/v1/sessions/end', { site: backend.site.id, refresh_token: kept }, await proved('/v1/sessions/end'))).status, 204)
}

async function everyRefusal(tokens: string[]): Promise<void> {
  const { browser, started, mail } = await begun('refused')
  const stranger = visitor(backend)
  noted('verifier', stranger.verifier)
  const wrong = mail.code === '000000' ? '000001' : '000000'
  for (let tries = 0; tries < 6; tries += 1) await browser.claim({ sign_in: started.id, verifier: browser.verifier, code: wrong })
  await stranger.claim({ sign_in: started.id, verifier: stranger.verifier, code: mail.code })
  for (const number of ['11', '22', '33']) await press(backend, mail.token, 'there', number === started.number ? '44' : number)
  await open(backend, mail.token)
  await open(backend, `${mail.token}x`)
  await visitor(backend).start('dead.of.the.test@example.com')
  noted('address', 'dead.of.the.test@example.com')
  for (const authorization of [`Bearer ${tokens[0]}`, `Bearer ${adminToken}x`, `Basic ${tokens[1]}`]) await call(backend, 'GET', '/admin/v1/sites', { headers: { Authorization: authorization } })
  for (const path of ['/admin/v1/sites', '/v1/me', '/v1/me/export']) await call(backend, 'GET', path, { headers: { Authorization: `Bearer ${path.startsWith('/admin') ? adminToken : tokens[0]}`, Origin: hostOrigin } })
}

/** Secrets where they do not belong: query, path, headers, bodies that cannot be read, lines that are no HTTP. */
async function oddPlaces(): Promise<void> {
  const same = { Origin: publicUrl, 'Sec-Fetch-Site': 'same-origin' }
  for (const secret of new Set(secrets.values())) {
    const inUrl = encodeURIComponent(secret)
    for (const path of [`/link?token=${inUrl}&token=${inUrl}`, `/${inUrl}`, `/v1/sign-ins/${inUrl}/events`, `/v1/sign-ins/${inUrl}%E0%A4%A/events`, `/v1/me?access_token=${inUrl}`, `/approve?token=${inUrl}`, `/bridge?site=${inUrl}&origin=${inUrl}`]) await call(backend, 'GET', path)
    await call(backend, 'GET', '/v1/me', { headers: { Authorization: `Bearer ${inUrl}`, Cookie: `${inUrl}=${inUrl}`, DPoP: inUrl, 'User-Agent': inUrl, Referer: `https://a.example/${inUrl}`, Origin: hostOrigin } })
    for (const body of [`{"code":"${secret}"`, `{"${secret}":1}`, `["${secret}"]`, JSON.stringify({ sign_in: secret, verifier: secret, code: secret }), secret]) {
      await call(backend, 'POST', '/v1/sessions', { body, headers: { ...same, DPoP: inUrl } })
      await call(backend, 'POST', '/v1/sign-ins', { body, headers: { Origin: hostOrigin } })
    }
    await call(backend, 'POST', '/approve', { body: `token=${inUrl}&choice=${inUrl}&number=${inUrl}`, headers: { ...same, 'Content-Type': 'application/x-www-form-urlencoded' } })
  }
  const socket = connect(backend.port, '127.0.0.1')
  socket.resume().write(`${[...secrets.values()].join(' ')}\r\n\r\n`)
  await once(socket, 'close')
}

/** Every handler that asks the store meets a mistake whose words repeat what it was given. */
async function crashes(): Promise<void> {
  const { store } = backend.services
  const words = [...secrets].filter(([what]) => /token|verifier|address|arrival|handoff|proof/.test(what) && !/admin/.test(what)).map(([, secret]) => secret)
  const crash = () => Promise.reject(Object.assign(new TypeError(`cannot read ${words.join(' of ')}`), { input: words }))
  backend.services.store = { ...store, signIns: { ...store.signIns, get: crash, change: crash }, sites: { ...store.sites, get: crash, list: crash, listing: crash } }
  const answer = await call(backend, 'POST', '/v1/sign-ins', { body: { site: backend.site.id, email: 'a@example.com', challenge: 'c'.repeat(43) }, headers: { Origin: hostOrigin } })
  const answers = [answer, await call(backend, 'GET', '/v1/sign-ins/nosuch/events'), await call(backend, 'GET', `/bridge?site=${backend.site.id}&origin=${hostOrigin}`)]
  backend.services.store = store
  assert.ok(answers.some(({ status }) => status === 500))
  for (const { text } of answers) assert.equal(words.some((word) => text.includes(word)), false)
}

describe('what a backend writes', () => {
  it('holds no secret and no whole address, whatever happened', async () => {
    const tokens = await everyWayIn()
    await boundToKey()
    await everyRefusal(tokens)
    await oddPlaces()
    await crashes()
    const metrics = await call(backend, 'GET', '/metrics')
    assert.equal(metrics.status, 200)
    const text = `${written.join('')}\n${metrics.text}`
    for (const [what, secret] of secrets) {
      const found = /^\d{6}$/.test(secret) ? new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text) : text.includes(secret)
      assert.equal(found, false, `${what} (${secrets.size} secrets, ${written.length} pieces): ${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 80)}`)
    }
  })

  it('holds one line for each request and each event, so that the search had something to find', () => {
    const lines = written.join('').split('\n').filter((line) => line.startsWith('{"level"')).map((line) => JSON.parse(line) as { msg: string; route?: string })
    assert.ok(lines.filter(({ msg }) => msg === 'request').length > 100)
    for (const msg of ['sign_in.started', 'session.claimed', 'session.reuse', 'sign_in.wrong_code', 'sign_in.wrong_number', 'admin.refused', 'mail not sent', 'request failed']) assert.ok(lines.some((line) => line.msg === msg), msg)
  })
})
