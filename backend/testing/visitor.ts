/** A visitor's browser as the backend sees it: H's page, the bridge with its cookie and V, and the person who reads the mail. */
import { createHash, randomBytes } from 'node:crypto'
import type { SessionAnswer, StartSignInAnswer } from '../protocol.ts'
import { hostOrigin, publicUrl, type TestBackend } from './backend.ts'

export type Answer = { status: number; headers: Headers; json: Record<string, unknown>; text: string }

/** Where it listens, and how it is spoken to where that matters. */
export type Spoken = { url: string; fetch?: typeof fetch }

export async function call(backend: Spoken, method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> {
  const answer = await (backend.fetch ?? fetch)(backend.url + path, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json') === true
  return { status: answer.status, headers: answer.headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

export type Visitor = ReturnType<typeof visitor>

/** One browser. Its cookie jar holds what the bridge was given. */
export function visitor(backend: Spoken & { site: { id: string } }) {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const jar = new Map<string, string>()
  const bridgePost = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await call(backend, 'POST', path, { body, headers: { Origin: publicUrl, 'Sec-Fetch-Site': 'same-origin', Cookie: cookies(), ...headers } })
    for (const line of answer.headers.getSetCookie()) keep(line)
    return answer
  }
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = (line: string) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0\b/i.test(line)) jar.delete(name)
    else jar.set(name, value)
  }
  return {
    verifier,
    challenge,
    jar,
    bridgePost,
    /** The refresh secret in the cookie, if there is one. */
    secret: () => jar.get(`__Host-linklatch-${backend.site.id}`),
    start: (email: string, more: object = {}) =>
      call(backend, 'POST', '/v1/sign-ins', { body: { site: backend.site.id, email, challenge, ...more }, headers: { Origin: hostOrigin } }),
    async started(email: string, more: object = {}): Promise<StartSignInAnswer> {
      const answer = await this.start(email, more)
      if (answer.status !== 202) throw new Error(`start: ${answer.status} ${answer.text}`)
      return answer.json as unknown as StartSignInAnswer
    },
    claim: (body: object, headers?: Record<string, string>) => bridgePost('/v1/sessions', body, headers),
    async claimed(body: object): Promise<SessionAnswer> {
      const answer = await bridgePost('/v1/sessions', body)
      if (answer.status !== 200) throw new Error(`claim: ${answer.status} ${answer.text}`)
      return answer.json as unknown as SessionAnswer
    },
    refresh: (body: object = {}, headers?: Record<string, string>) => bridgePost('/v1/sessions/refresh', { site: backend.site.id, ...body }, headers),
    end: (body: object = {}) => bridgePost('/v1/sessions/end', { site: backend.site.id, ...body }),
    current: () => call(backend, 'GET', `/v1/sessions/current?site=${backend.site.id}`, { headers: { Cookie: cookies(), 'Sec-Fetch-Site': 'same-origin' } }),
  }
}

let people = 0

/** Somebody nobody has seen before has asked for a link, and has the mail. */
export async function begun(backend: TestBackend, more: object = {}) {
  const email = `person${(people += 1)}@example.com`
  const browser = visitor(backend)
  const started = await browser.started(email, more)
  return { email, browser, started, mail: await mailTo(backend, email) }
}

/** The newest mail to `address`, once it is there. */
export async function mailTo(backend: TestBackend, address: string, nth = 1): Promise<{ link: string; token: string; code: string; text: string }> {
  for (let tries = 0; tries < 4000; tries += 1) {
    const letters = backend.inbox.letters().filter((letter) => letter.to === address)
    const letter = letters[0]
    if (letter && letters.length >= nth) return readLetter(letter.text)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`no mail to ${address}`)
}

/** What a person takes from the letter; no link at a site that mails none. */
export function readLetter(text: string) {
  const link = /https?:\/\/\S+\/link\?token=\S+/.exec(text)?.[0] ?? ''
  const code = /\b(\d{3}) ?(\d{3})\b/.exec(text.replace(link, ''))
  return { link, token: link && (new URL(link).searchParams.get('token') ?? ''), code: `${code?.[1] ?? ''}${code?.[2] ?? ''}`, text }
}

/** Opens a mailed link as any browser would: the status, and where it leads. */
export async function open(backend: Spoken, token: string, method = 'GET') {
  const answer = await call(backend, method, `/link?token=${token}`)
  const location = answer.headers.get('location') ?? ''
  return { ...answer, location, arrival: location.split('#linklatch=')[1] ?? '' }
}

/** Presses a button of the approve page. */
export async function press(backend: Spoken, token: string, choice: string, number?: string, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }) {
  return pressed(backend, { token, choice, ...(number !== undefined && { number }) }, headers)
}

/** The same with whatever fields the page sends. */
export async function pressed(backend: Spoken, fields: Record<string, string>, headers: Record<string, string> = { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }) {
  const body = new URLSearchParams(fields).toString()
  const answer = await call(backend, 'POST', '/approve', { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } })
  const location = answer.headers.get('location') ?? ''
  return { ...answer, location, handoff: location.split('#linklatch=')[1] ?? '' }
}
