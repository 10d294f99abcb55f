/** Standard Webhooks 1.0: who gets a request can see that it comes from here, when it was made, and whether it was there before. */
import { createHmac } from 'node:crypto'

/**
 * `webhook-id` (the same for each repeat), `webhook-timestamp` and `webhook-signature`: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`,
 * once for each key, with spaces between.
 * @param wall epoch seconds
 */
export function signatureHeaders(keys: readonly Uint8Array[], { id, body, wall }: { id: string; body: string; wall: number }): Record<string, string> {
  const timestamp = String(Math.floor(wall))
  const signed = keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signed.join(' ') }
}
