import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { smsUrl, type SmsGateway } from '../config-values.ts'
import type { Letter } from './delivery.ts'
import { smsDelivery } from './sms.ts'

const letter: Letter = { to: '+4915112345678', channel: 'sms', siteName: 'Atlas', subject: 'Sign in to Atlas', text: 'Atlas: your code is 123456. Or open https://auth.example/link?token=a.b.c', messageId: 'abc.1@auth.example', locale: 'de' }
const key = Buffer.alloc(32, 9)
type Heard = { url: string; method: string; headers: IncomingHttpHeaders; body: string }

describe('a webhook for text messages', () => {
  const heard: Heard[] = []
  let answer: { status: number; headers?: Record<string, string> }
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, body })
      response.writeHead(answer.status, answer.headers).end()
    })
  })
  let origin = ''
  const deliverer = () => smsDelivery(smsUrl(`${origin.replace('//', `//whsec_${encodeURIComponent(key.toString('base64'))}@`)}/send`), { clock: { wall: () => 1_700_000_000.9 } })
  const deliver = (given = letter) => deliverer().deliver(given)
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    heard.length = 0
    answer = { status: 204 }
  })
  after(() => server.close())

  it('gets the number and the text, and a signature that only the secret makes', async () => {
    assert.deepEqual(await deliver(), { status: 'sent' })
    const [{ url, method, headers, body } = assert.fail()] = heard
    assert.deepEqual([url, method, headers['content-type']], ['/send', 'POST', 'application/json'])
    assert.deepEqual(JSON.parse(body), { to: '+4915112345678', text: letter.text, site: 'Atlas', locale: 'de' })
    assert.deepEqual([headers['webhook-id'], headers['webhook-timestamp']], ['abc.1@auth.example', '1700000000'])
    assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(`abc.1@auth.example.1700000000.${body}`).digest('base64')}`)
    assert.equal(headers.authorization, undefined, 'the secret itself stays here')
    assert.ok(!JSON.stringify(headers).includes(key.toString('base64')))
  })

  it('that finds fault with the letter ends it; any other refusal is worth another try', async () => {
    const fates: Record<number, string> = { 400: 'failed', 410: 'failed', 422: 'failed', 401: 'deferred', 403: 'deferred', 404: 'deferred', 429: 'deferred', 500: 'deferred', 503: 'deferred' }
    for (const [status, fate] of Object.entries(fates)) {
      answer = { status: Number(status) }
      assert.deepEqual(await deliver(), { status: fate, reason: `webhook ${status}` })
    }
  })

  it('leads the letter nowhere else', async () => {
    answer = { status: 307, headers: { location: `${origin}/elsewhere` } }
    assert.equal((await deliver()).status, 'deferred')
    assert.deepEqual(heard.map(({ url }) => url), ['/send'])
  })

  it('is not asked for what is no canonical number', async () => {
    for (const to of ['anna@example.com', '+49 151 12345678', '015112345678', '+4915112345678\r\n', '']) {
      assert.deepEqual(await deliver({ ...letter, to }), { status: 'failed', reason: 'not a canonical number' })
    }
    assert.equal(heard.length, 0)
  })

  it('hears nothing of a letter that only looks as if', async () => {
    await deliverer().rehearse?.(letter)
    assert.equal(heard.length, 0)
  })

  it('that is down defers, and says no more than what kind of trouble it was', async () => {
    const gone: SmsGateway = { kind: 'webhook', url: 'http://127.0.0.1:9/send', secret: key.toString('base64') }
    assert.deepEqual(await smsDelivery(gone).deliver(letter), { status: 'deferred', reason: 'TypeError' })
  })
})

describe('Twilio', () => {
  const asked: { url: unknown; init: RequestInit }[] = []
  beforeEach(() => void (asked.length = 0))
  const through = (url: string, answer: Response) =>
    smsDelivery(smsUrl(url), { send: async (input, init) => (asked.push({ url: input, init: init ?? {} }), answer) }).deliver(letter)
  const refusal = (status: number, code: number) => Response.json({ code, message: `about ${letter.to}`, status }, { status })
  const sentFields = () => Object.fromEntries(asked[0]?.init.body as URLSearchParams)

  it('is asked as its API has it: the account, its token, and where from', async () => {
    assert.deepEqual(await through('twilio://AC1:to%2Fken@+15550100200', Response.json({ sid: 'SM1' }, { status: 201 })), { status: 'sent' })
    assert.equal(asked[0]?.url, 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json')
    assert.deepEqual(asked[0]?.init.headers, { authorization: `Basic ${Buffer.from('AC1:to/ken').toString('base64')}` })
    assert.deepEqual([asked[0]?.init.method, asked[0]?.init.redirect], ['POST', 'error'])
    assert.deepEqual(sentFields(), { To: letter.to, Body: letter.text, From: '+15550100200' })
  })

  it('may choose the sender itself', async () => {
    const service = `MG${'0a'.repeat(16)}`
    await through(`twilio://AC1:token@${service}`, Response.json({}, { status: 201 }))
    assert.deepEqual(sentFields(), { To: letter.to, Body: letter.text, MessagingServiceSid: service })
  })

  it('that refuses the number ends it; that refuses the account, or is busy, does not', async () => {
    const url = 'twilio://AC1:token@+15550100200'
    for (const code of [21211, 21610, 21614]) assert.deepEqual(await through(url, refusal(400, code)), { status: 'failed', reason: `twilio 400 ${code}` })
    for (const [status, code] of [[401, 20003], [400, 21606], [429, 20429]] as const) assert.deepEqual(await through(url, refusal(status, code)), { status: 'deferred', reason: `twilio ${status} ${code}` })
    assert.deepEqual(await through(url, new Response('<html>', { status: 502 })), { status: 'deferred', reason: 'twilio 502' })
  })
})
