/**
 * A request to an address that somebody else wrote down: it reaches the public network and nothing of this one (R95). The name is resolved once, each
 * address is looked at, and the connection goes to one of these: there is no second look-up that could say something else.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isLoopbackHost } from '../sites/origins.ts'
import { isLoopback, isPublic } from './client-network.ts'

export type Post = { url: string; headers: Record<string, string>; body: string }
export type PostOptions = {
  /** Outside production a loopback name may lead to loopback, by plain http too. */
  production: boolean
  /** For all of it, the name's resolution included. Default 10,000. */
  timeoutMs?: number
  /** Ends it early. */
  signal?: AbortSignal
  /** For tests. */
  lookup?: typeof systemLookup
}

/** Why nothing was sent. The message names neither the address nor the URL. */
export class NotPublic extends Error {
  override name = 'NotPublic'
}

export class TooLarge extends Error {
  override name = 'TooLarge'
}

/**
 * @returns the status of the answer, whose body is not read. No redirect is followed.
 * @throws {NotPublic} before anything is connected; `AbortError` when time is up; what Node says of the connection
 */
export function postPublicly({ url, headers, body }: Post, options: PostOptions): Promise<number> {
  return ask(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, options, body, (answer) => answer.statusCode ?? 0)
}

export type Got = { status: number; type: string; encoding: string; body: Buffer }

/**
 * @param options.maxBytes of the body
 * @returns the whole answer, as it was sent; `type` without parameters, in lower case; `encoding` is `identity` where none is named. No redirect is followed.
 * @throws as `postPublicly`, and {TooLarge}
 */
export function getPublicly(url: string, { maxBytes, accept, ...options }: PostOptions & { maxBytes: number; accept: string }): Promise<Got> {
  return ask(url, { method: 'GET', headers: { accept, 'accept-encoding': 'identity' } }, options, '', async (answer) => ({
    status: answer.statusCode ?? 0,
    type: (answer.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    encoding: answer.headers['content-encoding']?.toLowerCase() ?? 'identity',
    body: await readAll(answer, maxBytes),
  }))
}

async function readAll(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > maxBytes) throw new TooLarge(`more than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** All of it, `read` too, within the time. */
async function ask<Result>(address: string, { method, headers }: Pick<RequestOptions, 'method' | 'headers'>, options: PostOptions, body: string, read: (answer: IncomingMessage) => Result | Promise<Result>): Promise<Result> {
  const url = new URL(address)
  const mayReach = reachable(url, options.production)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayReach(host)) throw new NotPublic('not a public address')
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), options.timeoutMs ?? 10_000)
  const signal = options.signal ? AbortSignal.any([late.signal, options.signal]) : late.signal
  try {
    const answer = await send(url, { method, headers, agent: false, signal, lookup: checkedLookup(mayReach, options.lookup ?? systemLookup) }, body)
    try {
      return await read(answer)
    } finally {
      answer.destroy()
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function reachable(url: URL, production: boolean): (address: string) => boolean {
  const local = !production && isLoopbackHost(url.hostname)
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) throw new NotPublic('not https')
  return (address) => isPublic(address) || (local && isLoopback(address))
}

/** One address that is not public refuses the name: whoever mixes them means no good. */
function checkedLookup(mayReach: (address: string) => boolean, lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { all: true, verbatim: true }, (error: Error | null, addresses: LookupAddress[]) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error('no address'), '')
      if (!addresses.every(({ address }) => mayReach(address))) return callback(new NotPublic('not a public address'), '')
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function send(url: URL, options: RequestOptions, body: string): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    const sending = request(url, options, resolve)
    sending.on('error', reject)
    // Another protocol (101) is neither an answer nor an error.
    sending.on('close', () => reject(new Error('closed without an answer')))
    sending.end(body)
  })
}
