/**
 * Every refusal, in one table: code → status, title, a sentence that a person can act on.
 * `throw new Problem('code')` anywhere; `http/problem-responses.ts` is the one place that renders it (RFC 9457).
 */
import { faultOf, type FaultCode, type Issue } from './faults.ts'

const table = {
  invalid_request: [400, 'Invalid request', 'The request is not of the documented form. Nothing was changed.'],
  invalid_grant: [401, 'Not accepted', 'This sign-in cannot be completed this way. Ask for a new link and try again.'],
  invalid_dpop_proof: [401, 'Invalid proof', 'The proof of the session’s key is missing or wrong.'],
  signed_out: [401, 'Signed out', 'There is no session here, or it is over. Sign in again.'],
  unauthorized: [401, 'Unauthorized', 'A valid bearer token is needed.'],
  origin_not_allowed: [403, 'Origin not allowed', 'This site is not known here under that origin. Add the origin to the site’s list.'],
  cross_site_request: [403, 'Cross-site request', 'This call is only for pages of this server itself.'],
  fresh_sign_in_required: [403, 'Fresh sign-in required', 'Sign in again first: this needs a sign-in from the last ten minutes.'],
  not_found: [404, 'Not found', 'There is nothing here under that name.'],
  method_not_allowed: [405, 'Method not allowed', 'This address does not take that method.'],
  conflict: [409, 'Conflict', 'That is already there.'],
  other_session: [409, 'Somebody else is signed in', 'Somebody else is signed in in this browser. Sign out here first, then ask for a new link.'],
  already_approved: [409, 'Already approved', 'This sign-in is already approved. It goes on where it was started.'],
  sign_in_over: [410, 'Sign-in over', 'This sign-in is over. Ask for a new link.'],
  request_timeout: [408, 'Request timeout', 'The request took too long to arrive. Try again.'],
  payload_too_large: [413, 'Too large', 'The request body is larger than 16 KiB.'],
  unsupported_media_type: [415, 'Unsupported media type', 'Send the body as the media type that this call takes, in UTF-8.'],
  invalid_address: [422, 'Invalid address', 'That is not an address that mail can be sent to.'],
  wrong_number: [422, 'Wrong number', 'That is not the number on the first screen. One more try is left.'],
  rate_limited: [429, 'Too many requests', 'That was too often. Wait a little and try again.'],
  too_many_streams: [429, 'Too many streams', 'Too many pages are waiting at once. Close some and try again.'],
  headers_too_large: [431, 'Headers too large', 'The address or the headers of the request are too long.'],
  internal: [500, 'Internal error', 'Something went wrong here. Nothing was changed.'],
  store_unavailable: [503, 'Temporarily unavailable', 'This could not be saved, so nothing was changed. Try again soon.'],
  shutting_down: [503, 'Shutting down', 'This server is about to restart. Try again in a few seconds.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>

export type ProblemCode = keyof typeof table

export type ProblemOptions = {
  /** For input errors: which field, and what is wrong with it. */
  errors?: { field: string; code: FaultCode }[]
  /** For 429: whole seconds until it is worth another try. */
  retryAfterSeconds?: number
  /** For 429: which limit it was. For the operator's counters, never said to the client. */
  limit?: string
  /** The inner reason: goes to the log, never out. */
  cause?: unknown
}

function fieldOf(issue: Issue): string {
  return (issue.path ?? []).map(({ key }) => String(key).slice(0, 40)).join('.')
}

/** A refusal that a caller may see. Anything else that is thrown ends as `internal` (R82). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: ProblemOptions['errors']
  readonly retryAfterSeconds: number | undefined
  readonly limit: string | undefined

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(table[code][2], options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
    this.limit = options.limit
  }

  /** The 400 for a body that its schema does not take: names the fields, never repeats their values. */
  static ofIssues(issues: readonly Issue[]): Problem {
    return new Problem('invalid_request', { errors: issues.map((issue) => ({ field: fieldOf(issue), code: faultOf(issue) })) })
  }

  get status(): number {
    return table[this.code][0]
  }

  get title(): string {
    return table[this.code][1]
  }
}

export const problemCodes = Object.keys(table) as ProblemCode[]
