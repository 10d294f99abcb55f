/**
 * A request to an address that somebody else wrote down: it reaches the public network and nothing of this one (R95). The name is resolved once, each
 * address is looked at, and the connection goes to one of these: there is no second look-up that could say something else.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { request as plainRequest } from 'node:http'
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

/**
 * @returns the status of the answer, whose body is not read. No redirect is followed.
 * @throws {NotPublic} before anything is connected; `AbortError` when time is up; what Node says of the connection
 */
export async function postPublicly(post: Post, options: PostOptions): Promise<number> {
  const url = new URL(post.url)
  const mayReach = reachable(url, options.production)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayReach(host)) throw new NotPublic('not a public address')
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), options.timeoutMs ?? 10_000)
  const signal = options.signal ? AbortSignal.any([late.signal, options.signal]) : late.signal
  return send(url, post, { signal, lookup: checkedLookup(mayReach, options.lookup ?? systemLookup) }).finally(() => clearTimeout(timer))
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

function send(url: URL, { headers, body }: Post, { signal, lookup }: { signal: AbortSignal; lookup: LookupFunction }): Promise<number> {
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent: false, signal, lookup, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
      resolve(answer.statusCode ?? 0)
      answer.destroy()
    })
    sending.on('error', reject)
    sending.end(body)
  })
}
