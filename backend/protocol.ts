/**
 * The wire: what may cross between a browser and the backend, and the types that follow from it.
 * Both sides speak these names; the widget imports the types alone, so no schema reaches its bundle.
 *
 * Strict objects everywhere: an unknown field, a wrong type, null or an array is `invalid_request`.
 */
import * as v from 'valibot'
import { Problem } from './problems.ts'

/** 43 to 128 unreserved characters (RFC 7636, section 4.1). */
const pkceString = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~-]{43,128}$/))
/** What `base64url(sha256(verifier))` looks like: S256 is the only method (RFC 7636, section 4.2). */
const s256Challenge = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))
export const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))
const compactJwt = v.pipe(v.string(), v.maxLength(4096), v.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/))
/** A code as a person types or pastes it: six digits, with spaces and hyphens anywhere. */
const typedCode = v.pipe(v.string(), v.maxLength(32), v.transform((text) => text.replace(/[\s-]/g, '')), v.regex(/^\d{6}$/))
const locale = v.pipe(v.string(), v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/))

/** `POST /v1/sign-ins`. Exactly one of `email` and `phone`, which `start-sign-in.ts` sees to. */
export const startSignInSchema = v.strictObject({
  site: v.optional(id),
  /** However long: what is too long for an address is `invalid_address`. */
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  challenge: s256Challenge,
  return_to: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(2048))),
  locale: v.optional(locale),
})
export type StartSignInRequest = v.InferInput<typeof startSignInSchema>

/** The 202 of `POST /v1/sign-ins`: the same for every address. Durations in whole seconds. */
export type StartSignInAnswer = {
  id: string
  expires_in: number
  resend_in: number
  /** The match number, two digits as text (`"07"`): what the person types where the link was opened. */
  number: string
  /** The site is `strict`: there is no page that takes the number. */
  strict?: true
  /** The mail holds a code and no link. */
  code_only?: true
}

/** `POST /v1/sign-ins/{id}/resend`, `/cancel` and `/vouch`. */
export const verifierSchema = v.strictObject({ verifier: pkceString })
export type VerifierRequest = v.InferInput<typeof verifierSchema>
export type ResendAnswer = { resend_in: number }

/** `keep: "token"`: hand the refresh secret out in the answer, bound to the key of the DPoP proof. */
const keep = v.optional(v.literal('token'))

const claims = {
  approval: v.strictObject({ sign_in: id, verifier: pkceString, keep }),
  code: v.strictObject({ sign_in: id, verifier: pkceString, code: typedCode, keep }),
  arrival: v.strictObject({ arrival: compactJwt, verifier: pkceString, keep }),
  handoff: v.strictObject({ handoff: compactJwt, keep }),
}

/** `POST /v1/sessions`: the four ways to a session, told apart by the one field that only that way has. A refusal names what is wrong on that way. */
export const claimSchema = v.lazy((body): (typeof claims)[keyof typeof claims] => {
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : []
  return claims[(['handoff', 'arrival', 'code'] as const).find((name) => names.includes(name)) ?? 'approval']
})
export type ClaimRequest = v.InferInput<typeof claimSchema>

/** `POST /v1/sessions/refresh`. */
export const refreshSchema = v.strictObject({ site: id, refresh_token: v.optional(v.pipe(v.string(), v.maxLength(256))) })
export type RefreshRequest = v.InferInput<typeof refreshSchema>

/** `POST /v1/sessions/end`. */
export const endSchema = v.strictObject({
  site: id,
  everywhere: v.optional(v.boolean()),
  refresh_token: v.optional(v.pipe(v.string(), v.maxLength(256))),
})
export type EndRequest = v.InferInput<typeof endSchema>

export type WireUser = { id: string; email?: string; phone?: string; created_at: number }

/** The 200 of claim and refresh. `expires_in` is the access token's life in whole seconds. */
export type SessionAnswer = {
  access_token: string
  token_type: 'Bearer'
  expires_in: number
  user: WireUser
  /** Where the person was going, an absolute URL on the asking origin; with a claim only. */
  return_to?: string
  /** Only after `keep: "token"`. */
  refresh_token?: string
}

/** `GET /v1/sessions/current?site=…`. `expires_in`: seconds to the session's nearer end. */
export type CurrentAnswer = { user: WireUser; expires_in: number }

/** `GET /v1/cookie-check`: whether the browser gave back what `POST /v1/cookie-check` set. */
export type CookieCheckAnswer = { kept: boolean }

/** `GET /v1/embed?site=…&origin=H`: why a bridge was refused; nothing secret. */
export type EmbedAnswer = { allowed: boolean; code?: string; name?: string; accent_color?: string }

/** What `GET /v1/sign-ins/{id}/events` says. */
export type SignInState = 'pending' | 'approved' | 'completed' | 'moved' | 'expired' | 'cancelled' | 'rejected'
export type DeliveryStatus = 'queued' | 'sent' | 'deferred' | 'failed'
/** `event: state` */
export type StateEvent = { state: SignInState; /** Which sign-in, where the stream is of several. */ id?: string }
/** `event: delivery` */
export type DeliveryEvent = { status: DeliveryStatus; id?: string }

/** Every refusal's body: `application/problem+json` (RFC 9457). */
export type ProblemAnswer = {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  errors?: { field: string; code: string }[]
}

const orEmpty = <Schema extends v.GenericSchema<string>>(schema: Schema) => v.union([schema, v.literal('')])

/** `POST /admin/v1/sites` and, all optional, `PATCH /admin/v1/sites/{id}`. */
const siteFields = {
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80), v.regex(/^[^\p{Cc}]*$/u)),
  origins: v.pipe(v.array(v.pipe(v.string(), v.maxLength(300))), v.minLength(1), v.maxLength(50)),
  landing_urls: v.pipe(v.array(v.pipe(v.string(), v.maxLength(2048))), v.maxLength(50)),
  mode: v.picklist(['open', 'invite']),
  /** A link signs in only the browser that asked; elsewhere there is the code. Takes a landing URL for each origin. */
  strict: v.boolean(),
  code_only: v.boolean(),
  allowed_domains: v.pipe(v.array(v.pipe(v.string(), v.maxLength(253))), v.maxLength(200)),
  /** These three, and the webhook's URL: an empty text takes away what was there. */
  locale: orEmpty(locale),
  logo_url: v.pipe(v.string(), v.maxLength(2048)),
  accent_color: orEmpty(v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/))),
  link_ttl: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600)),
  session: v.pipe(
    v.custom<{ idle?: number | undefined; absolute?: number | undefined }>((value) => !Array.isArray(value)),
    v.strictObject({
      idle: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(34_560_000))),
      absolute: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(34_560_000))),
    }),
  ),
  webhook: v.strictObject({ url: v.pipe(v.string(), v.maxLength(2048)) }),
}
export const changeSiteSchema = v.partial(v.strictObject(siteFields))
export const createSiteSchema = v.strictObject({ ...changeSiteSchema.entries, name: siteFields.name, origins: siteFields.origins })
export type SiteInput = v.InferOutput<typeof changeSiteSchema>

/** What came in, as its schema has it. @throws {Problem} `invalid_request` that names the fields, never their values */
export function parseRequest<Schema extends v.GenericSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, body)
  if (!parsed.success) throw Problem.ofIssues(parsed.issues)
  return parsed.output
}
