import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { signatureHeaders } from './webhook-signature.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/webhooks.md', import.meta.url)), 'utf8')
const snippet = /```js\n([^]*?)```/.exec(page)?.[1] ?? ''
const { isFromLinklatch } = (await import(`data:text/javascript,${encodeURIComponent(`${snippet}\nexport { isFromLinklatch }`)}`)) as { isFromLinklatch: (headers: Record<string, string> | Headers, body: string, secret: string) => Promise<boolean> }

const [key, before] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const secretOf = (bytes: Buffer) => `whsec_${bytes.toString('base64')}`
const body = '{"id":"evt_1"}'
const signed = (more: { id?: string; body?: string; wall?: number } = {}) => signatureHeaders([key, before], { id: 'evt_1', body, wall: Date.now() / 1000, ...more })

describe('the signature of a webhook', () => {
  it('is that of the example in Standard Webhooks 1.0', () => {
    const example = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
    const headers = signatureHeaders([example], { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', wall: 1_614_265_330 })
    assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('is known by what docs/webhooks.md says, by either key, and by no other', async () => {
    for (const secret of [key, before]) for (const headers of [signed(), new Headers(signed())]) assert.equal(await isFromLinklatch(headers, body, secretOf(secret)), true)
    assert.equal(await isFromLinklatch(signed(), body, secretOf(Buffer.alloc(32, 3))), false)
  })

  it('is known where nothing of Node is, as in Workers', () => {
    assert.doesNotMatch(snippet, /\bimport\b|require|Buffer|process/)
  })

  it('is of this id, time and body, and of minutes at the most', async () => {
    const headers = signed()
    const others = [{ ...headers, 'webhook-id': 'evt_2' }, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, signed({ wall: Date.now() / 1000 - 600 }), signed({ wall: Date.now() / 1000 + 600 }), { ...headers, 'webhook-signature': 'v1,not*base64 v2' }, {}]
    for (const other of others) assert.equal(await isFromLinklatch(other, body, secretOf(key)), false)
    assert.equal(await isFromLinklatch(headers, `${body} `, secretOf(key)), false)
  })
})
