/** What the admin API answers (docs/operations.md), as far as the console shows it. Instants in epoch seconds, durations in seconds. */
import * as v from 'valibot'

const optionalText = v.optional(v.string())

export const site = v.object({
  id: v.string(),
  name: v.string(),
  origins: v.array(v.string()),
  landing_urls: v.array(v.string()),
  mode: v.picklist(['open', 'invite']),
  strict: v.boolean(),
  code_only: v.boolean(),
  allowed_domains: v.array(v.string()),
  locale: optionalText,
  logo_url: optionalText,
  accent_color: optionalText,
  link_ttl: v.number(),
  session: v.object({ idle: v.number(), absolute: v.number() }),
  webhook: v.optional(v.object({ url: v.string() })),
  created_at: v.number(),
  snippet: v.string(),
  /** In the one answer that makes it. */
  webhook_secret: optionalText,
})
export type Site = v.InferOutput<typeof site>

export const user = v.object({
  id: v.string(),
  email: optionalText,
  phone: optionalText,
  created_at: v.number(),
  last_sign_in_at: v.optional(v.number()),
  invited: v.boolean(),
  blocked: v.boolean(),
  roles: v.array(v.string()),
  metadata: v.record(v.string(), v.unknown()),
})
export type User = v.InferOutput<typeof user>

export const session = v.object({ sid: v.string(), created_at: v.number(), last_seen_at: v.number(), ends_at: v.number(), browser: v.string() })
export type Session = v.InferOutput<typeof session>

export const signInStates = ['pending', 'approved', 'completed', 'moved', 'expired', 'cancelled', 'rejected'] as const
export const signIn = v.object({
  id: v.string(),
  state: v.picklist(signInStates),
  email: optionalText,
  phone: optionalText,
  origin: v.string(),
  browser: v.string(),
  created_at: v.number(),
  delivery: v.string(),
  invitation: v.optional(v.boolean(), false),
  farewell: v.optional(v.boolean(), false),
})
export type SignIn = v.InferOutput<typeof signIn>

export const event = v.object({ id: v.string(), at: v.number(), event: v.string(), site: optionalText, sign_in: optionalText, user: optionalText, sid: optionalText, network: optionalText, why: optionalText })
export type Event = v.InferOutput<typeof event>

export const made = v.object({ id: v.string() })
export const secret = v.object({ webhook_secret: v.string() })
/** `taken`: the webhook answered 2xx. */
export const webhookTest = v.object({ taken: v.boolean(), status: v.optional(v.number()), reason: optionalText })

export const listOf = <Item extends v.GenericSchema>(item: Item) => v.object({ items: v.array(item), next: optionalText })
