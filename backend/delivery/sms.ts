/** Letters to phones: by Twilio, or by a webhook of the operator's own. */
import { systemClock, type Clock } from '../clock.ts'
import type { SmsGateway } from '../config-values.ts'
import { isPhone } from '../users/address.ts'
import type { Delivery, DeliveryResult, Letter } from './delivery.ts'
import { inTime } from './in-time.ts'
import { signatureHeaders } from './webhook-signature.ts'

export type SmsOptions = {
  clock?: Pick<Clock, 'wall'>
  /** For tests. */
  send?: typeof fetch
}

type Gateway = { request(letter: Letter): { url: string; init: RequestInit }; result(answer: Response): Promise<DeliveryResult> }

const twilioApi = 'https://api.twilio.com/2010-04-01'

/**
 * Twilio's errors that are about this number and not about the account: none, a landline, one that does not want to hear of us, one
 * that no route leads to (https://www.twilio.com/docs/api/errors).
 */
const aboutTheNumber = new Set([21211, 21214, 21217, 21408, 21610, 21612, 21614, 21635])

/** Delivery by HTTPS to a gateway. It cannot be asked how it fares, so `ready` says yes. */
export function smsDelivery(gateway: SmsGateway, { clock = systemClock(), send = fetch }: SmsOptions = {}): Delivery {
  const { request, result } = gateway.kind === 'twilio' ? twilio(gateway) : webhook(gateway, clock)
  return {
    async deliver(letter) {
      if (!isPhone(letter.to)) return { status: 'failed', reason: 'not a canonical number' }
      try {
        const { url, init } = request(letter)
        // Never to where an answer leads: the text holds a link and a code.
        return await inTime(async (signal) => result(await send(url, { ...init, method: 'POST', redirect: 'error', signal })))
      } catch (error) {
        return { status: 'deferred', reason: error instanceof Error ? error.name : 'unknown error' }
      }
    },
    async rehearse(letter) {
      request(letter)
      return { status: 'sent' }
    },
    ready: async () => true,
    close: async () => undefined,
  }
}

function twilio({ account, token, from }: Extract<SmsGateway, { kind: 'twilio' }>): Gateway {
  const sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from }
  return {
    request: ({ to, text }) => ({
      url: `${twilioApi}/Accounts/${encodeURIComponent(account)}/Messages.json`,
      init: { headers: { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` }, body: new URLSearchParams({ To: to, Body: text, ...sender }) },
    }),
    async result(answer) {
      const body: unknown = await answer.json().catch(() => undefined)
      if (answer.ok) return { status: 'sent' }
      const code: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : undefined
      const known = typeof code === 'number' ? code : 0
      return { status: aboutTheNumber.has(known) ? 'failed' : 'deferred', reason: `twilio ${answer.status} ${known || ''}`.trim() }
    },
  }
}

/** `{to, text, site, locale}` as JSON, signed; each repeat of one letter has the same `webhook-id`. */
function webhook({ url, secret }: Extract<SmsGateway, { kind: 'webhook' }>, clock: Pick<Clock, 'wall'>): Gateway {
  const key = Buffer.from(secret, 'base64')
  return {
    request({ to, text, siteName, locale, messageId }) {
      const body = JSON.stringify({ to, text, site: siteName, locale })
      return { url, init: { headers: signatureHeaders([key], { id: messageId, body, wall: clock.wall() }), body } }
    },
    async result(answer) {
      await answer.body?.cancel()
      if (answer.ok) return { status: 'sent' }
      // What says that this letter is wrong is for good; all else is about the way, and may be mended.
      return { status: [400, 410, 422].includes(answer.status) ? 'failed' : 'deferred', reason: `webhook ${answer.status}` }
    },
  }
}
