/**
 * `linklatch/verify`: checks an access token on your own server. Runs wherever `fetch` and WebCrypto do: Node from 20.19, Deno, Bun, edge
 * runtimes.
 *
 * ```ts
 * import { verifySession, SessionError } from 'linklatch/verify'
 *
 * const claims = await verifySession(token, { issuer: 'https://auth.example.com', audience: 'your-site-id' })
 * ```
 *
 * The public keys come from `{issuer}/.well-known/jwks.json`: fetched once, kept for ten minutes, and fetched again where a token names
 * a key that is not among them (at most every 30 s). While they cannot be fetched, the last ones count for an hour, so that a restart of the
 * auth server refuses nobody. A token stays good until its `exp`, five minutes at most, also after a sign-out.
 */
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import * as errors from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { jwtVerify } from 'jose/jwt/verify'
import { isUnknownKey, remoteKeySet } from './verify-keys.ts'

/** What a good access token says (RFC 9068). Instants are whole epoch seconds. */
export type SessionClaims = {
  /** The auth server's public URL. */
  iss: string
  /** The person, at your site: stable, and another one at every other site. */
  sub: string
  /** Your site's id. */
  aud: string
  /** The session: the same in every token of one sign-in. */
  sid: string
  email?: string
  email_verified?: boolean
  phone_number?: string
  phone_number_verified?: boolean
  /** How the person proved it (RFC 8176 where a name exists). */
  amr: string[]
  /** When the person last signed in. */
  auth_time: number
  iat: number
  exp: number
  jti: string
  /** What you gave this person at your site. */
  roles: string[]
  /** The key that the session’s refresh is bound to (RFC 9449), where it is. The token is a bearer token all the same: your page has no such key. */
  cnf?: { jkt: string }
}

const sentences = {
  malformed: 'This is not an access token: it is no compact JWT, or a claim is missing or of the wrong type.',
  expired: 'The token is not in its time: its end is past, or its beginning lies ahead of this machine’s clock.',
  wrong_issuer: 'The token is from another auth server than `issuer`.',
  wrong_audience: 'The token is for another site than `audience`.',
  wrong_type: 'The token is of another kind: access tokens have the type at+jwt.',
  bad_signature: 'The token was changed, or it is not signed with ES256.',
  unknown_key: 'The token names no key that the auth server publishes.',
  keys_unreachable: 'The auth server’s keys could not be read. Check `issuer` and the network.',
} as const

export type SessionErrorCode = keyof typeof sentences

/**
 * Why a token is not accepted. `keys_unreachable` says nothing of the token: answer 503 and not 401. `cause` is for your log.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: SessionErrorCode

  constructor(code: SessionErrorCode, options?: ErrorOptions) {
    super(sentences[code], options)
    this.code = code
  }
}

export type VerifyOptions = {
  /** The auth server's public URL: an https origin, or plain http on a loopback host. */
  issuer: string
  /** Your site's id. */
  audience: string
  /** How far the two clocks may differ, in seconds. Default: 5. */
  clockToleranceSeconds?: number | undefined
  /** The public keys, where they are not to be fetched: in tests, or offline. */
  jwks?: JSONWebKeySet | undefined
  /** The time to check against. Default: now. */
  currentDate?: Date | undefined
}

/** The alphabet of RFC 7515, section 2: decoders of base64 pass over blanks and line breaks, which would be more spellings of one token. */
const compact = /^[\w-]+\.[\w-]*\.[\w-]*$/
/** Far more than a token ever has. */
const maxTokenCharacters = 8192
/** Tokens live five minutes; what claims to be older than this was not made here, whatever its `exp`. */
const maxTokenAgeSeconds = 3600

/**
 * The claims of an access token that was made by `issuer` for `audience`, unchanged, and is in its time (RFC 8725; RFC 9068, section 4).
 * @param token the compact JWT alone, without `Bearer `
 * @throws {SessionError} for any other token, and where the keys cannot be read
 * @throws {TypeError} for options that can never work
 */
export async function verifySession(token: string, options: VerifyOptions): Promise<SessionClaims> {
  const { audience, clockToleranceSeconds = 5, currentDate } = options
  const issuer = issuerOrigin(options.issuer)
  if (typeof audience !== 'string' || audience === '') throw new TypeError('audience has to be your site’s id')
  const keySet = options.jwks === undefined ? remoteKeySet(issuer) : localKeySet(options.jwks)
  requireHeader(token)
  const verified = jwtVerify(token, explainingKeys(keySet), {
    algorithms: ['ES256'],
    typ: 'at+jwt',
    issuer,
    audience,
    requiredClaims: ['sub', 'sid', 'iat', 'exp', 'jti'],
    maxTokenAge: maxTokenAgeSeconds,
    clockTolerance: clockToleranceSeconds,
    ...(currentDate && { currentDate }),
  })
  const { payload } = await verified.catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new SessionError(codeOf(error), { cause: error }) : error
  })
  if (Array.isArray(payload.aud)) throw new SessionError('wrong_audience')
  if (!isSessionClaims(payload)) throw new SessionError('malformed')
  return payload
}

function issuerOrigin(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
  if (!url || !isSafe || url.href !== `${url.origin}/`) throw new TypeError('issuer has to be the auth server’s public URL: https://…, or http:// on a loopback host')
  return url.origin
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === '[::1]' || /^(?:[a-z0-9-]+\.)*localhost$/.test(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** Before any key is looked for, so that no rubbish makes this server fetch. */
function requireHeader(token: string): void {
  const { typ, kid } = headerOf(token)
  const type = typeof typ === 'string' ? typ.toLowerCase() : ''
  if (type !== 'at+jwt' && type !== 'application/at+jwt') throw new SessionError('wrong_type')
  if (typeof kid !== 'string') throw new SessionError('unknown_key')
}

function headerOf(token: string): { typ?: unknown; kid?: unknown } {
  if (typeof token !== 'string' || token.length > maxTokenCharacters || !compact.test(token)) throw new SessionError('malformed')
  try {
    return decodeProtectedHeader(token)
  } catch (cause) {
    throw new SessionError('malformed', { cause })
  }
}

function localKeySet(jwks: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(jwks)
  } catch (cause) {
    throw new TypeError('jwks has to be a JSON Web Key Set: {keys: […]}', { cause })
  }
}

/** What a key set throws says something of the keys, not of the token. */
function explainingKeys(keySet: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keySet(header, token)
    } catch (cause) {
      throw new SessionError(isUnknownKey(cause) ? 'unknown_key' : 'keys_unreachable', { cause })
    }
  }
}

const codeOfClaim = new Map<string, SessionErrorCode>([['typ', 'wrong_type'], ['iss', 'wrong_issuer'], ['aud', 'wrong_audience'], ['iat', 'expired'], ['nbf', 'expired']])

/** jose's many refusals → the few that a caller acts on. */
function codeOf(error: errors.JOSEError): SessionErrorCode {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === 'check_failed') return codeOfClaim.get(error.claim) ?? 'malformed'
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) return 'bad_signature'
  return 'malformed'
}

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => Number.isFinite(value)
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isKeyBinding: Check = (value) => typeof value === 'object' && value !== null && 'jkt' in value && isText(value.jkt)
const optional = (check: Check): Check => (value) => value === undefined || check(value)
const isTruth: Check = (value) => typeof value === 'boolean'

const checks: Record<keyof SessionClaims, Check> = {
  iss: isText,
  sub: isText,
  aud: isText,
  sid: isText,
  email: optional(isText),
  email_verified: optional(isTruth),
  phone_number: optional(isText),
  phone_number_verified: optional(isTruth),
  amr: isTexts,
  auth_time: isNumber,
  iat: isNumber,
  exp: isNumber,
  jti: isText,
  roles: isTexts,
  cnf: optional(isKeyBinding),
}

function isSessionClaims(payload: JWTPayload): payload is JWTPayload & SessionClaims {
  return Object.entries(checks).every(([name, check]) => check(payload[name]))
}
