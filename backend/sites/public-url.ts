import type { FaultCode } from '../faults.ts'
import { isPublicHost } from '../http/client-network.ts'
import { Problem } from '../problems.ts'
import { isLoopbackHost, parseUrl } from './origins.ts'

const maxUrlLength = 2048

/**
 * Where a backend calls by itself, such as a webhook or a logo → its canonical form. https to a public host; outside production loopback too, by plain
 * http as well. @throws {Problem} `invalid_request`, which names `field`
 */
export function parsePublicUrl(text: string, field: string, production: boolean): string {
  const refuse = (code: FaultCode): never => {
    throw new Problem('invalid_request', { errors: [{ field, code }] })
  }
  const url = parseUrl(text)
  if (!url || url.href.length > maxUrlLength) return refuse('not_a_url')
  const local = !production && isLoopbackHost(url.hostname)
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) return refuse('https_required')
  if (url.username !== '' || url.password !== '') return refuse('userinfo')
  if (!local && !isPublicHost(url.hostname)) return refuse('not_public')
  url.hash = ''
  return url.href
}
