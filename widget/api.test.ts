import { assert } from '@open-wc/testing'
import { createApi } from './api.ts'
import type { PageSession } from './bridge-messages.ts'
import { PageClient } from './page-client.ts'
import { firstState, type Step } from './phase.ts'
import type { Listener } from './standing.ts'

const session: PageSession = { accessToken: 'at', expiresAt: 1, user: { id: 'u1', email: 'ann@example.com', created_at: 1 } }
const cause: Step = { type: 'session', session }

function clientOfTest(getToken = (): Promise<string | null> => Promise.resolve(null)) {
  const listeners: Listener[] = []
  const client = new PageClient({ server: 'https://auth.example.com' })
  client.getToken = getToken
  client.subscribe = (listener) => {
    listeners.push(listener)
    return () => {}
  }
  const tell = (): void => { for (const listener of listeners) listener({ ...firstState, session }, cause) }
  return { api: createApi(client), tell }
}

describe('fetch', () => {
  const realFetch = window.fetch
  afterEach(() => { window.fetch = realFetch })

  it('takes a request back while its token is still awaited', async () => {
    const { api } = clientOfTest(() => new Promise(() => {}))
    const later = new AbortController()
    const asked = [api.fetch('/x', { signal: AbortSignal.abort() }), api.fetch(new Request('/x', { signal: later.signal }))]
    const thrown = asked.map((request) => request.then(() => 'sent', (reason: unknown) => String(reason)))
    await Promise.resolve()
    later.abort(new Error('of the page'))
    const [first, second] = await Promise.all(thrown)
    assert.match(first ?? '', /^AbortError/)
    assert.strictEqual(second, 'Error: of the page')
  })

  it('leaves nothing at a signal that lives on, which would keep each request', async () => {
    const { api } = clientOfTest()
    window.fetch = async () => new Response()
    const { addEventListener, removeEventListener } = AbortSignal.prototype
    let listening = 0
    AbortSignal.prototype.addEventListener = function (this: AbortSignal, ...args: Parameters<typeof addEventListener>) {
      listening += 1
      addEventListener.apply(this, args)
    }
    AbortSignal.prototype.removeEventListener = function (this: AbortSignal, ...args: Parameters<typeof removeEventListener>) {
      listening -= 1
      removeEventListener.apply(this, args)
    }
    try {
      await api.fetch('/x', { signal: new AbortController().signal })
    } finally {
      // They are EventTarget's.
      for (const name of ['addEventListener', 'removeEventListener']) Reflect.deleteProperty(AbortSignal.prototype, name)
    }
    assert.strictEqual(listening, 0)
  })

  it('adds the token, and leaves alone what the page itself says there', async () => {
    const { api } = clientOfTest(() => Promise.resolve('at'))
    const said: (string | null)[] = []
    window.fetch = async (request) => {
      said.push((request as Request).headers.get('authorization'))
      return new Response()
    }
    await api.fetch('/x')
    await api.fetch('/x', { headers: { Authorization: 'Basic own' } })
    await api.fetch(new Request('/x', { headers: { Authorization: 'Basic own' } }))
    assert.deepEqual(said, ['Bearer at', 'Basic own', 'Basic own'])
  })
})

describe('onChange', () => {
  it('keeps what one listener throws from the others, and from whoever tells them', () => {
    const { api, tell } = clientOfTest()
    const [heard, reported]: [unknown[], unknown[]] = [[], []]
    const note = (event: ErrorEvent): void => {
      event.preventDefault()
      reported.push(event.error)
    }
    const broken = new Error('a listener of the page’s own')
    api.onChange(() => { throw broken })
    api.onChange((now) => heard.push(now))
    const onerror = window.onerror
    window.onerror = null
    window.addEventListener('error', note)
    try {
      tell()
    } finally {
      window.removeEventListener('error', note)
      window.onerror = onerror
    }
    assert.deepEqual(heard, [session])
    assert.deepEqual(reported, [broken])
  })

  it('tells each session once', () => {
    const { api, tell } = clientOfTest()
    const heard: unknown[] = []
    api.onChange((now) => heard.push(now))
    tell()
    tell()
    assert.deepEqual(heard, [session])
  })
})
