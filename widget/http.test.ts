import { assert } from '@open-wc/testing'
import { diagnose } from './bridge-client.ts'
import { call } from './http.ts'
import { asRefusal } from './refusal.ts'

const { fetch: realFetch } = window
const { timeout: realTimeout } = AbortSignal
let limits: number[] = []

beforeEach(() => {
  limits = []
  window.fetch = (_, init = {}) => new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)))
  AbortSignal.timeout = (milliseconds) => {
    limits.push(milliseconds)
    return realTimeout.call(AbortSignal, milliseconds / 1000)
  }
})
afterEach(() => {
  window.fetch = realFetch
  AbortSignal.timeout = realTimeout
})

const refused = (asking: Promise<unknown>): Promise<string> => asking.then(() => 'none', (thrown: unknown) => asRefusal(thrown).code)

describe('a server that takes the request and never answers', () => {
  it('is given up after ten seconds, as one that may be well in a moment', async () => {
    assert.strictEqual(await refused(call('/x', {})), 'temporarily_unavailable')
    assert.deepEqual(limits, [10_000])
  })

  it('is given up beside a caller that could have given up itself', async () => {
    assert.strictEqual(await refused(call('/x', { signal: new AbortController().signal })), 'temporarily_unavailable')
  })

  it('is given up sooner where it is asked why there is no bridge', async () => {
    assert.strictEqual(await diagnose({ server: 'https://auth.example.com', site: 's' }), 'server_unreachable')
    assert.include(limits, 5000)
  })
})
