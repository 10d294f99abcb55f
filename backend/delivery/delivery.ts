/** The port to the outside: hands one letter to a mail server (or an inbox, or an SMS gateway), and says what came of it. */
export type Letter = {
  /** One canonical address. Never a header-like text: adapters pass it as an object and as the envelope (trap F14). */
  to: string
  channel: 'email' | 'sms'
  siteName: string
  subject: string
  text: string
  /** Left out for SMS. */
  html?: string
  /** The same for each repeat of one mail, so that a mailbox can tell: `<sign-in id hash>.<n>@host`, no secret in it. */
  messageId: string
  locale: string
}

/**
 * `sent`: the other side has taken it. `deferred`: not now, worth another try. `failed`: never.
 * `reason` is for the log: a status and a short text, without address or content.
 */
export type DeliveryResult = { status: 'sent' } | { status: 'deferred' | 'failed'; reason: string }

/** Adapters take letters. The queue hands out orders, from which letters are written: `letter-order.ts`. */
export type Delivery<What = Letter> = {
  /** Never rejects: whatever happens is one of the results. Bounded in time (30 s). */
  deliver(what: What): Promise<DeliveryResult>
  /** As much work as `deliver` makes here, without handing anything over: for mails that only look as if (R14). `sent` where that went well. Never rejects. */
  rehearse?(what: What): Promise<DeliveryResult>
  /** For `/readyz`: whether the other side can be spoken to. */
  ready(): Promise<boolean>
  close(): Promise<void>
}
