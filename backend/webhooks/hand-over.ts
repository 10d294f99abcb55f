/** One event to a site's webhook: signed, sent, and what came of it. */
import type { Clock } from '../clock.ts'
import { signatureHeaders } from '../delivery/webhook-signature.ts'
import type { Post } from '../http/public-request.ts'
import type { SiteWebhook } from '../sites/webhook.ts'

/** @returns the status of the answer */
export type PostOne = (post: Post) => Promise<number>

/** `status` where there was an answer; `reason` where the event was not taken. */
export type HandedOver = { status?: number; reason?: string }

export async function handOver({ clock, post }: { clock: Clock; post: PostOne }, webhook: SiteWebhook, event: { id: string }): Promise<HandedOver> {
  const body = JSON.stringify(event)
  const headers = signatureHeaders(keysOf(webhook, clock.now()), { id: event.id, body, wall: clock.wall() })
  const status = await post({ url: webhook.url, body, headers }).catch(reasonOf)
  if (typeof status === 'string') return { reason: status }
  return status >= 200 && status < 300 ? { status } : { status, reason: `status ${status}` }
}

function keysOf({ secret = '', previous }: SiteWebhook, now: number): Buffer[] {
  return [secret, ...(previous && now < previous.until ? [previous.secret] : [])].map((each) => Buffer.from(each, 'base64'))
}

/** A code or a class of error: never a message, which might hold the URL. Time that is up is `AbortError`, however it was told. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error'
  return cause.name !== 'AbortError' && 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
