/** The values that variables take, a parser each. A parser throws `Wrong`, whose message says what would be right. */
import { isIP } from 'node:net'
import { Problem } from './problems.ts'
import { isLoopbackHost, parseUrl } from './sites/origins.ts'
import { isPhone, parseDomain, parseEmail } from './users/address.ts'

/** The end of a line that begins with the variable and its value. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

export type MailFrom = Readonly<{ name: string; address: string }>

const minSecretLength = 32
/** What stands in examples and templates, the README's own too. */
const exampleSecret = /change.?me|placeholder|^(?:your|example|sample|replace|insert|secret|password|xxx|for-trying)/i
const leastDifferentCharacters = 8

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    if (number >= least && number <= most) return number
    throw new Wrong(`it takes a whole number from ${least} to ${most}`)
  }
}

/** A misspelt `production`, or one in quotation marks, would begin as development in silence. */
export function isProduction(text: string): boolean {
  if (text !== 'production' && /prod/i.test(text)) throw new Wrong('it takes production, written like this, or another word for development')
  return text === 'production'
}

export function hostToBind(text: string): string {
  if (isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return text
  throw new Wrong('it takes an IP address or a host name to listen on, such as 127.0.0.1 or ::')
}

export function path(text: string): string {
  if (!text.includes('\0') && !holdsKey(text)) return text
  throw new Wrong('it takes a path')
}

/** Where the name of a key's file belongs, the key itself may stand by mistake: in no log, then. */
export const holdsKey = (text: string): boolean => text.includes('PRIVATE KEY')

export function publicUrl(production: boolean): (text: string) => URL {
  return (text) => {
    const url = parseUrl(text)
    const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` && !/[?#*@\\]/.test(text)
    if (!isOrigin) throw new Wrong('it takes an origin, without path, query or user name, such as https://auth.example.com')
    if (url.hostname.endsWith('.')) throw new Wrong('it takes a host name without a dot at its end')
    if (production && url.protocol === 'http:' && !isLoopbackHost(url.hostname)) throw new Wrong('production takes https, or http on a loopback host')
    return url
  }
}

/** A nodemailer URL. No query: there, certificate checks could be turned off. */
export function smtpUrl(text: string): string {
  const url = parseUrl(text)
  const isSmtp = url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname) && !/[?#]/.test(url.href)
  if (isSmtp && isDecodable(url.username) && isDecodable(url.password)) return text
  throw new Wrong('it takes smtp://user:password@host:587 or smtps://user:password@host:465, special characters percent-encoded, without a query')
}

/** `Name <address>`, or an address alone. */
export function mailFrom(text: string): MailFrom {
  const [, name = '', inBrackets] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const plainName = name.trim().replace(/^"([^"\\]*)"$/, '$1')
  const address = senderAddress(inBrackets ?? text)
  if (address !== undefined && /^[^\p{Cc}"\\]{0,80}$/u.test(plainName)) return { name: plainName, address }
  throw new Wrong('it takes a name and one address, such as Linklatch <no-reply@example.com>')
}

function senderAddress(text: string): string | undefined {
  try {
    return parseEmail(text)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // On a developer's machine there is no domain with a dot.
    return /^[a-z0-9._+-]{1,64}@localhost$/.exec(text.trim())?.[0]
  }
}

export function domain(text: string): string {
  return parseDomain(text) ?? wrong('it takes a domain, such as example.com')
}

export function dkimSelector(text: string): string {
  return /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(text) ? text : wrong('it takes a DKIM selector, such as mail2024')
}

export function logLevel(text: string): string {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
  return levels.includes(text) ? text : wrong(`it takes one of ${levels.join(', ')}`)
}

/** A bearer token, of what may stand in its header (RFC 6750, section 2.1): long enough everywhere; in production also none that stands in an example (R39). */
export function adminToken(production: boolean): (text: string) => string {
  return (text) => {
    if (!isBearerText(text)) throw new Wrong('it takes letters, digits and - . _ ~ + /, with = at the end alone, such as `openssl rand -hex 32` prints')
    if (text.length < minSecretLength) throw new Wrong(`it takes at least ${minSecretLength} characters, such as \`openssl rand -base64 32\` prints`)
    const isGuessable = exampleSecret.test(text) || new Set(text).size < leastDifferentCharacters || isRepeated(text)
    if (production && isGuessable) throw new Wrong('production takes no example and no pattern, but random characters, such as `openssl rand -base64 32` prints')
    return text
  }
}

const isBearerText = (text: string): boolean => /^[\w.~+/-]+=*$/.test(text)

/** One piece over and over, such as `0123456789abcdef` twice. */
function isRepeated(text: string): boolean {
  const longest = Math.floor(text.length / 2)
  return Array.from({ length: longest }, (_, index) => index + 1).some((period) => text.startsWith(text.slice(period)))
}

/** Where text messages go. */
export type SmsGateway =
  | { kind: 'twilio'; account: string; token: string; /** A number in E.164, a messaging service's `MG…`, or a sender's name. */ from: string }
  | { kind: 'webhook'; /** Without the secret. */ url: string; /** What signs: the base64 after `whsec_`. */ secret: string }

/** `twilio://SID:TOKEN@FROM`, or `https://whsec_SECRET@host/path` (plain http on loopback alone). */
export function smsUrl(text: string): SmsGateway {
  const url = parseUrl(text)
  const found = url && [url.username, url.password, url.host].every(isDecodable) && !url.hash ? (twilioGateway(url) ?? webhookGateway(url)) : undefined
  return found ?? wrong('it takes twilio://SID:TOKEN@FROM, or https://whsec_SECRET@host/path with a secret of at least 24 bytes in base64, special characters percent-encoded')
}

function twilioGateway({ protocol, username, password, host, pathname, search }: URL): SmsGateway | undefined {
  const from = decodeURIComponent(host)
  if (protocol !== 'twilio:' || username === '' || password === '' || pathname !== '' || search !== '') return undefined
  if (!isPhone(from) && !/^(MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/.test(from)) return undefined
  return { kind: 'twilio', account: decodeURIComponent(username), token: decodeURIComponent(password), from }
}

function webhookGateway(url: URL): SmsGateway | undefined {
  const secret = /^whsec_([A-Za-z0-9+/=]+)$/.exec(decodeURIComponent(url.username))?.[1] ?? ''
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
  if (!isSafe || url.password !== '' || Buffer.from(secret, 'base64').length < leastWebhookKeyBytes) return undefined
  const bare = new URL(url)
  bare.username = ''
  return { kind: 'webhook', url: bare.href, secret }
}

/** Standard Webhooks 1.0: 24 to 64 bytes. */
const leastWebhookKeyBytes = 24

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function wrong(message: string): never {
  throw new Wrong(message)
}
