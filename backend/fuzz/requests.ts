/** Random requests over every route that the router has, near enough to good ones that they get past the first check. */
import { request, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import { loadAssets } from '../http/assets.ts'
import { createEventStreams } from '../http/event-streams.ts'
import { createMetrics } from '../http/metrics.ts'
import { routes } from '../routes.ts'
import { adminToken, hostOrigin, landing, publicUrl, type TestBackend } from '../testing/backend.ts'
import { headerText, nearly, oddText } from './runs.ts'

export type Route = { methods: string[]; path: string }
export type Request = { method: string; path: string; headers: Record<string, string>; body: Buffer }
export type Answer = { status: number; headers: IncomingHttpHeaders; text: string }

/** From the router itself, so that a new route is fuzzed too. */
export async function everyRoute(backend: TestBackend): Promise<Route[]> {
  const streams = createEventStreams({ perNetwork: 1 })
  const router = routes(backend.services, await loadAssets(join(backend.directory, 'assets'), '1.0.0'), streams, createMetrics({ openStreams: () => 0, mailsWaiting: async () => 0 }))
  streams.closeAll()
  return router.stack.map(({ methods, path }) => ({ methods, path: typeof path === 'string' ? path : path.source }))
}

/** Real values of a running backend: what makes a near miss near. */
export type Known = { siteId: string; signInId: string; verifier: string; link: string; arrival: string; code: string; accessToken: string; cookie: string; proof: string }

export function requests(all: Route[], known: Known): fc.Arbitrary<Request> {
  const words = fc.oneof(fc.constantFrom(...Object.values(known), hostOrigin, landing, publicUrl, 'anna@example.com', 'c'.repeat(43), 'token', 'open', 'invite', 'here', 'there', 'reject', '07', 'pending', 'true', 'https://'), oddText)
  const text = nearly(words)
  return fc.constantFrom(...all).chain((route) =>
    fc.record({
      method: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...route.methods) }, { weight: 1, arbitrary: fc.constantFrom('OPTIONS', 'PUT', 'POST', 'TRACE', 'PROPFIND', 'DELETE') }),
      path: fc.tuple(pathOf(route, known, text), query(text)).map(([path, rest]) => path + rest),
      headers: headers(known),
      body: fc.oneof(json(text), form(text), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))),
    }),
  )
}

function pathOf({ path }: Route, known: Known, text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const real: Record<string, string> = { id: path.startsWith('/admin') ? known.siteId : known.signInId, sid: 's'.repeat(22) }
  const parts = path.split('/').map((part) => (part.startsWith(':') ? fc.oneof(fc.constant(real[part.slice(1)] ?? 'x'), text.map(escaped)) : fc.constant(part)))
  const exact = fc.tuple(...parts).map((all) => all.join('/'))
  return fc.oneof({ weight: 9, arbitrary: exact }, { weight: 1, arbitrary: fc.tuple(exact, oddText).map(([start, odd]) => start + escaped(odd)) })
}

const queryNames = ['token', 'site', 'origin', 'q', 'cursor', 'after', 'state', 'limit', '__proto__', 'constructor']

function query(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pair = fc.tuple(fc.oneof(fc.constantFrom(...queryNames), oddText), text).map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
  return fc.oneof(fc.constant(''), fc.array(pair, { maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`), oddText.map((odd) => `?${rawTarget(odd)}`))
}

/** Without halves of surrogate pairs, which no address can carry. */
const wellFormed = (text: string): string => Buffer.from(text).toString()
/** Percent-encoding, of any text. */
const escaped = (text: string): string => encodeURIComponent(wellFormed(text))
/** As much of it as a request line can carry unescaped. */
const rawTarget = (text: string): string => [...wellFormed(text)].map((each) => (/[\x21-\x22\x24-\x7e]/.test(each) ? each : encodeURIComponent(each))).join('')

const fetchWords = { 'Sec-Fetch-Site': ['same-origin', 'same-site', 'cross-site', 'none'], 'Sec-Fetch-Mode': ['navigate', 'cors', 'no-cors'], 'Sec-Fetch-Dest': ['document', 'iframe', 'empty', 'object'] }

function headers(known: Known): fc.Arbitrary<Record<string, string>> {
  const one = (...good: string[]) => fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: headerText })
  const fetched = Object.fromEntries(Object.entries(fetchWords).map(([name, good]) => [name, one(...good)]))
  return fc.record({
    ...fetched,
    Accept: one('*/*', 'application/json', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/event-stream', 'a/b;q=2'),
    'Content-Type': one('application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded', 'text/plain', 'application/json;charset=utf-7'),
    'Content-Encoding': one('identity', 'gzip'),
    Origin: one(hostOrigin, publicUrl, 'null', 'https://evil.example'),
    Authorization: one(`Bearer ${adminToken}`, `Bearer ${known.accessToken}`, 'Bearer x', 'Basic eDp5'),
    Cookie: one(`__Host-linklatch-${known.siteId}=${known.cookie}`, '__Host-linklatch-check=1', '__proto__=1; a=b; a=c', '=;=;"'),
    DPoP: one(known.proof, 'a.b.c'),
    Host: one('auth.example.com', 'evil.example', 'legit@evil', '[::1'),
    'X-Forwarded-For': one('203.0.113.7', '::1, 10.0.0.1', '__proto__'),
    'X-Forwarded-Host': one('evil.example'),
    'X-Forwarded-Proto': one('javascript'),
    'User-Agent': headerText,
    'Accept-Language': one('de-DE,de;q=0.9', '*'),
    'Accept-Encoding': one('gzip', 'br', 'identity;q=0', '*;q=0'),
    'If-None-Match': one('*', '"x"'),
    Range: one('bytes=0-0', 'bytes=9-1'),
  }, { requiredKeys: [] })
}

const fields = ['site', 'email', 'phone', 'challenge', 'return_to', 'locale', 'verifier', 'sign_in', 'code', 'arrival', 'handoff', 'keep', 'refresh_token', 'everywhere', 'name', 'origins', 'landing_urls', 'mode', 'allowed_domains', 'logo_url', 'accent_color', 'link_ttl', 'session', 'webhook', 'mail', 'blocked', 'roles', 'metadata', '__proto__', 'constructor', 'prototype']
const rareJson = ['{"a":1,"a":2}', '[]', 'null', '"x"', '1e400', '{"email":"\\ud800"}', '\ufeff{}', '{"link_ttl":1e308}', '{"everywhere":1}', '['.repeat(8000), `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`, '{"__proto__":{"site":"x"}}', '', '{', '\0']

/** Whole shapes of what is due, field by field something else now and then; and now and then no JSON at all. */
function json(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const value = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }, { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) })
  const some = fc.array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 5 }).map((pairs) => `{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join(',')}}`)
  return fc.oneof({ weight: 5, arbitrary: some }, { weight: 1, arbitrary: fc.constantFrom(...rareJson) }, { weight: 1, arbitrary: fc.json() }).map((each) => Buffer.from(each))
}

function form(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const pair = fc.tuple(fc.constantFrom('token', 'choice', 'number', '__proto__', ''), text).map(([name, value]) => `${name}=${escaped(value)}`)
  return fc.array(pair, { maxLength: 5 }).map((pairs) => Buffer.from(pairs.join('&')))
}

/** Sends one as it is; an event stream is left as soon as it has begun. */
export function ask(port: number, { method, path, headers: given, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers: { 'Content-Length': body.length, ...given }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      const done = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', done)
      response.on('error', done)
      if (String(response.headers['content-type']).startsWith('text/event-stream')) {
        asking.destroy()
        done()
      }
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
