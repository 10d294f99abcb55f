/** An SMTP URL, as nodemailer's transport options. Pure: what is encrypted and checked is decided here and nowhere else. */
import { isIPv4 } from 'node:net'

export type SmtpOptions = {
  pool: true
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  requireTLS: boolean
  /** Goes on in the clear where the server's STARTTLS fails; on loopback alone. */
  opportunisticTLS: boolean
  tls: { rejectUnauthorized: boolean; minVersion: 'TLSv1.2' }
  auth?: { user: string; pass: string }
  /** What EHLO says. */
  name: string
  maxConnections: number
  maxRequeues: number
  connectionTimeout: number
  greetingTimeout: number
  dnsTimeout: number
  socketTimeout: number
  disableFileAccess: true
  disableUrlAccess: true
}

/**
 * `smtps://` speaks TLS from the start; `smtp://` demands STARTTLS; certificates are checked. On loopback `smtp://` takes TLS
 * where it is offered and the mail goes out whatever the certificate, since nobody stands between: local relays and test
 * servers have self-signed ones. Ports default to 465 and 587. Query parameters are refused, so that none can weaken this.
 * @param ehloName the host name this server introduces itself with
 * @throws {TypeError} one sentence for the operator, without the credentials
 */
export function smtpOptions(text: string, ehloName: string): SmtpOptions {
  const url = parse(text)
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const relaxed = !secure && isLoopback(host)
  return {
    pool: true,
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && !relaxed,
    opportunisticTLS: relaxed,
    tls: { rejectUnauthorized: !relaxed, minVersion: 'TLSv1.2' },
    ...credentials(url),
    name: ehloName,
    maxConnections: 8,
    // Once, for an idle connection that the server has dropped; more tries are the queue’s affair.
    maxRequeues: 1,
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** Milliseconds, each below the 30 s that a letter has in all. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 5_000, socketTimeout: 20_000 }

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new TypeError('an SMTP URL looks like smtp://user:password@host:587 or smtps://user:password@host')
  }
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    throw new TypeError('an SMTP URL takes no path, query or fragment: smtp://user:password@host:587')
  }
  return url
}

function credentials(url: URL): Pick<SmtpOptions, 'auth'> {
  if (url.username === '' && url.password === '') return {}
  try {
    return { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
  } catch (cause) {
    throw new TypeError('user and password of an SMTP URL have to be percent-encoded', { cause })
  }
}

/** Only the spellings that name loopback without a look-up; any other is treated as far away. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
