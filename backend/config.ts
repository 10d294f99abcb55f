/** The environment → one frozen Config, or one line that says what is wrong. Read once, by the entries. */
import { join, resolve } from 'node:path'
import { type Limits, parseLimits } from './config-limits.ts'
import {
  type MailFrom, type SmsGateway, Wrong, adminToken, dkimSelector, domain, holdsKey, hostToBind, isProduction, logLevel, mailFrom, path, publicUrl,
  smsUrl, smtpUrl, wholeNumber,
} from './config-values.ts'
import { storeUrl, type StoreAddress } from './config-store-url.ts'
import { nearestName } from './nearest-name.ts'
import { isLoopbackHost } from './sites/origins.ts'

export type Config = Readonly<{
  /** 0: any free port. */
  port: number
  host: string
  /** A: an origin, without a slash at its end. Links, issuer, cookies and redirects come from this alone (R71). */
  publicUrl: string
  production: boolean
  dataDir: string
  keysDir: string
  /** Left out: lowdb in the data directory. */
  storeAddress?: StoreAddress
  /** Left out: mail stays in the built-in inbox. Never in production. */
  smtpUrl?: string
  mailFrom: MailFrom
  dkim?: Readonly<{ domain: string; selector: string; keyFile: string }>
  /** Left out: the phone channel is off. */
  sms?: SmsGateway
  /** Left out: the admin API is off. */
  adminToken?: string
  /** How many reverse proxies stand in front; 0 ignores every `X-Forwarded-*` (R91). */
  proxyHops: number
  limits: Limits
  /** Event streams that one network may hold open at once. */
  streamsPerIp: number
  logLevel: string
}>

/** A wrong environment. The message is one line: the variable, its value (secrets masked) and what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly variable: string

  constructor(variable: string, rest: string) {
    // What JSON leaves as it is could still break the line or move a terminal's cursor.
    super(`${variable} ${rest}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?'))
    this.variable = variable
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Every variable that is read. Another one that begins with `LINKLATCH_` is a typo. */
const known = [
  'PORT', 'HOST', 'NODE_ENV', 'LINKLATCH_PUBLIC_URL', 'LINKLATCH_DATA_DIR', 'LINKLATCH_KEYS_DIR', 'LINKLATCH_STORE_URL', 'LINKLATCH_SMTP_URL',
  'LINKLATCH_MAIL_FROM', 'LINKLATCH_DKIM_DOMAIN', 'LINKLATCH_DKIM_SELECTOR', 'LINKLATCH_DKIM_KEY_FILE', 'LINKLATCH_SMS_URL',
  'LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_PROXY_HOPS', 'LINKLATCH_LIMITS', 'LINKLATCH_LOG_LEVEL',
] as const
type Variable = (typeof known)[number]

/** What is never shown when it is wrong. */
const secrets: readonly Variable[] = ['LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_SMTP_URL', 'LINKLATCH_SMS_URL', 'LINKLATCH_STORE_URL']

/**
 * Reads the environment; an empty value counts as none. Throws `ConfigError`.
 * `NODE_ENV=production` asks for more: an https public URL (or loopback), SMTP, and secrets that nobody can guess (R39, R96).
 */
export function readConfig(env: Environment): Config {
  refuseUnknown(env)
  const production = read(env, 'NODE_ENV', isProduction) ?? false
  const port = read(env, 'PORT', wholeNumber(0, 65535)) ?? 4600
  const site = readPublicUrl(env, port, production)
  const dataDir = resolve(read(env, 'LINKLATCH_DATA_DIR', path) ?? 'data')
  const { limits, streamsPerIp } = parsed(env, 'LINKLATCH_LIMITS', env.LINKLATCH_LIMITS ?? '', parseLimits)
  return deepFreeze({
    port,
    host: read(env, 'HOST', hostToBind) ?? '127.0.0.1',
    publicUrl: site.origin,
    production,
    dataDir,
    keysDir: resolve(read(env, 'LINKLATCH_KEYS_DIR', path) ?? join(dataDir, 'keys')),
    ...optional('storeAddress', read(env, 'LINKLATCH_STORE_URL', storeUrl)),
    ...optional('smtpUrl', readSmtpUrl(env, production)),
    mailFrom: read(env, 'LINKLATCH_MAIL_FROM', mailFrom) ?? { name: 'Linklatch', address: `no-reply@${mailHost(site)}` },
    ...optional('dkim', readDkim(env)),
    ...optional('sms', read(env, 'LINKLATCH_SMS_URL', smsUrl)),
    ...optional('adminToken', read(env, 'LINKLATCH_ADMIN_TOKEN', adminToken(production))),
    proxyHops: read(env, 'LINKLATCH_PROXY_HOPS', wholeNumber(0, 32)) ?? 0,
    limits,
    streamsPerIp,
    logLevel: read(env, 'LINKLATCH_LOG_LEVEL', logLevel) ?? 'info',
  })
}

function read<Value>(env: Environment, name: Variable, parse: (text: string) => Value): Value | undefined {
  const text = env[name]
  return text === undefined || text === '' ? undefined : parsed(env, name, text, parse)
}

function parsed<Value>(env: Environment, name: Variable, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    throw new ConfigError(name, `is ${shown(name, env[name] ?? '')}: ${error.message}`)
  }
}

/** On one line, and without what must not reach a log. */
function shown(name: Variable, text: string): string {
  if (secrets.includes(name) || holdsKey(text)) return `set (${text.length} characters, not shown)`
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}

function readPublicUrl(env: Environment, port: number, production: boolean): URL {
  const url = read(env, 'LINKLATCH_PUBLIC_URL', publicUrl(production))
  if (url !== undefined) return url
  if (port === 0) throw new ConfigError('LINKLATCH_PUBLIC_URL', 'is not set: with PORT=0 it has to name the origin that browsers will see')
  return new URL(`http://localhost:${port}`)
}

function readSmtpUrl(env: Environment, production: boolean): string | undefined {
  const url = read(env, 'LINKLATCH_SMTP_URL', smtpUrl)
  if (url !== undefined || !production) return url
  throw new ConfigError('LINKLATCH_SMTP_URL', 'is not set: production takes smtp://user:password@host:587 or smtps://…, for nobody reads the built-in inbox')
}

function readDkim(env: Environment): Config['dkim'] {
  const values = {
    LINKLATCH_DKIM_DOMAIN: read(env, 'LINKLATCH_DKIM_DOMAIN', domain),
    LINKLATCH_DKIM_SELECTOR: read(env, 'LINKLATCH_DKIM_SELECTOR', dkimSelector),
    LINKLATCH_DKIM_KEY_FILE: read(env, 'LINKLATCH_DKIM_KEY_FILE', path),
  }
  const { LINKLATCH_DKIM_DOMAIN: signer, LINKLATCH_DKIM_SELECTOR: selector, LINKLATCH_DKIM_KEY_FILE: keyFile } = values
  if (signer !== undefined && selector !== undefined && keyFile !== undefined) return { domain: signer, selector, keyFile: resolve(keyFile) }
  const missing = Object.entries(values).find(([, value]) => value === undefined)
  if (missing === undefined || Object.values(values).every((value) => value === undefined)) return undefined
  throw new ConfigError(missing[0], 'is not set: DKIM takes all three of domain, selector and key file, or none')
}

function refuseUnknown(env: Environment): void {
  for (const [name, value = ''] of Object.entries(env)) {
    if (!name.startsWith('LINKLATCH_') || known.some((each) => each === name) || isOfService(name, value)) continue
    const bare = (each: string) => each.replace('LINKLATCH_', '')
    const guess = known.find((each) => bare(each) === nearestName(bare(name), known.map(bare)))
    throw new ConfigError(name, `is no variable of Linklatch: did you mean ${guess}?`)
  }
}

const ip = String.raw`(?:\d+(?:\.\d+){3}|[0-9a-f]*(?::[0-9a-f]*){2,7})`
const transport = '(?:tcp|udp|sctp)'

/** Name → value of what Kubernetes tells every container of a Service that is named `linklatch`, or `linklatch-redis`: nobody set it, and nobody reads it. */
const ofService: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/_SERVICE_HOST$/, new RegExp(`^${ip}$`)],
  [/_SERVICE_PORT(_[A-Z0-9_]+)?$/, /^\d{1,5}$/],
  [/_PORT(_\d+_[A-Z]+)?$/, new RegExp(`^${transport}://(?:${ip}|\\[${ip}\\]):\\d{1,5}$`)],
  [/_PORT_\d+_[A-Z]+_PROTO$/, new RegExp(`^${transport}$`)],
  [/_PORT_\d+_[A-Z]+_PORT$/, /^\d{1,5}$/],
  [/_PORT_\d+_[A-Z]+_ADDR$/, new RegExp(`^${ip}$`)],
]

const isOfService = (name: string, value: string): boolean => ofService.some(([ofName, ofValue]) => ofName.test(name) && ofValue.test(value))

/** The host of the public URL; on a machine without a name, one that mail software takes. */
function mailHost(url: URL): string {
  const isIp = url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname)
  return isIp || isLoopbackHost(url.hostname) ? 'localhost' : url.hostname
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  const part: { [Key in Name]?: Value } = {}
  if (value !== undefined) part[name] = value
  return part
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
