/** What the bridge's tests stand on: A as a table of answers, event streams that say what they are told, and several bridges of one browser. */
import { Bridge } from './bridge.ts'
import type { FromBridge, Waiting } from './bridge-messages.ts'
import { keepKey } from './bridge-key.ts'

export const host = 'https://h.example'
export const now = (): number => Math.floor(Date.now() / 1000)
export const user = { id: 'u1', email: 'ann@example.com', created_at: 1 }
export const waitingFor = (id: string): Waiting => ({ id, address: 'ann@example.com', number: '07', expiresAt: now() + 600, resendAt: now() + 30, state: 'pending', delivery: 'queued' })
export const arrivalOf = (id: string): string => `e30.${btoa(JSON.stringify({ jti: id })).replaceAll('=', '')}.x`

type Call = { path: string; body: Record<string, unknown>; dpop: string | null }
type Answer = [status: number, body?: object]
/** What A was asked, what it answers, and whether its cookie sticks. Each test begins anew. */
export const server = { calls: [] as Call[], answers: {} as Record<string, Answer | (() => Answer | Promise<Answer>)>, cookie: true }
const file = Math.random().toString(36).slice(2)
let run = 0
const { fetch: realFetch, EventSource: RealEventSource } = window

export class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static all: FakeSource[] = []
  readyState = 0
  onerror: (() => void) | null = null
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    FakeSource.all.push(this)
  }
  close(): void { this.readyState = 2 }
  say(type: string, data: object | string): void {
    this.dispatchEvent(new MessageEvent(type, { data: typeof data === 'string' ? data : JSON.stringify(data) }))
  }
}

const cookieAnswer = (method: string | undefined): Answer => (method === 'POST' ? [204] : [200, { kept: server.cookie }])

async function fakeFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const path = typeof input === 'string' ? input : ''
  const body: Record<string, unknown> = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {}
  server.calls.push({ path, body, dpop: new Headers(init.headers).get('dpop') })
  const given = path === '/v1/cookie-check' ? cookieAnswer(init.method) : (server.answers[path] ?? [404, { code: 'not_found' }])
  const [status, answer] = typeof given === 'function' ? await given() : given
  return new Response(status === 204 ? null : JSON.stringify(answer), { status })
}

/** Of this test alone: other files run beside this one on the same origin. */
export const site = (): string => `site-${file}-${run}`
type Heard = { bridge: Bridge; said: FromBridge[]; until: (test: (message: FromBridge) => boolean) => Promise<FromBridge> }
const bridges = new Set<Bridge>()
export function bridge(): Heard {
  const said: FromBridge[] = []
  const waiters = new Set<() => void>()
  const one = new Bridge({ site: site(), host, tell: (message) => { said.push(JSON.parse(JSON.stringify(message)) as FromBridge); for (const wake of waiters) wake() } })
  bridges.add(one)
  const until = (test: (message: FromBridge) => boolean): Promise<FromBridge> =>
    new Promise((resolve) => {
      const wake = (): void => {
        const found = said.find(test)
        if (!found) return
        waiters.delete(wake)
        resolve(found)
      }
      waiters.add(wake)
      wake()
    })
  return { bridge: one, said, until }
}
export const hasType = (type: FromBridge['type']) => (message: FromBridge): boolean => message.type === type
export const signedIn = (message: FromBridge): boolean => message.type === 'session' && message.session !== null
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
export const called = (path: string): Call[] => server.calls.filter((call) => call.path === path)

/** A bridge with a sign-in under way. */
export async function watching(id = 's1'): Promise<Heard & { challenge: string; waiting: Waiting }> {
  const one = bridge()
  one.bridge.handle({ type: 'prepare' })
  const made = await one.until(hasType('challenge'))
  const waiting = waitingFor(id)
  one.bridge.handle({ type: 'watch', waiting })
  while (!FakeSource.all.some((source) => source.url.includes(id))) await settle()
  return { ...one, challenge: made.type === 'challenge' ? made.challenge : '', waiting }
}

export function freshServer(): void {
  run++
  server.calls = []
  server.cookie = true
  FakeSource.all = []
  server.answers = {
    '/v1/sessions': [200, { access_token: 'at', token_type: 'Bearer', expires_in: 300, user, return_to: `${host}/account` }],
    '/v1/sessions/refresh': [401, { code: 'signed_out' }],
    '/v1/sessions/end': [204],
  }
  window.fetch = fakeFetch
  window.EventSource = FakeSource as unknown as typeof EventSource
}

export async function realServer(): Promise<void> {
  const restAll = (): void => bridges.forEach((one) => one.rest())
  restAll()
  // What one of them had said is still on its way to the others, who would open a stream in the next test.
  await new Promise((resolve) => setTimeout(resolve, 30))
  restAll()
  bridges.clear()
  FakeSource.all.length = 0
  window.fetch = realFetch
  window.EventSource = RealEventSource
  await keepKey(`linklatch ${host} ${site()}`, undefined)
  forgetStored()
}

/** As another tab, or the browser, would drop what waits. */
export function forgetStored(): void {
  for (const storage of [localStorage, sessionStorage]) storage.removeItem(`linklatch ${host} ${site()} pending`)
}
