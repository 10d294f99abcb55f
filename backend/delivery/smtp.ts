/** Letters to a mail server, by nodemailer. */
import { Readable } from 'node:stream'
import DKIM from 'nodemailer/lib/dkim'
import SMTPPool from 'nodemailer/lib/smtp-pool'
import { parseEmail } from '../users/address.ts'
import { compose } from './compose.ts'
import type { Delivery, DeliveryResult, Letter } from './delivery.ts'
import { inTime, within } from './in-time.ts'
import { assertSender, type Mailbox, type Sender } from './sender.ts'
import type { SmtpOptions } from './smtp-options.ts'

const readyMs = 5_000
/** How long an answer of `ready` is kept, so that `/readyz` cannot be made to hammer the mail server with logins. */
const readyKeptMs = 2_000

/**
 * Delivery over pooled SMTP connections: for the mail thread, which is handed finished options. `smtpOptions` says how TLS follows from a URL.
 * @throws {TypeError} when the sender is not one plain address
 */
export function deliveryThrough(options: SmtpOptions, sender: Sender): Delivery {
  assertSender(sender)
  const { from, dkim } = sender
  const signer = dkim && new DKIM(dkim)
  const pool = new SMTPPool(options)
  // Each letter gets its own error; without a listener the pool's copy of it would end the process.
  pool.on('error', () => {})
  return {
    async deliver(letter) {
      if (letter.channel === 'sms') return { status: 'failed', reason: 'no sms gateway' }
      if (!isCanonical(letter.to)) return { status: 'failed', reason: 'not a canonical address' }
      try {
        const bytes = compose(letter, from)
        const message = messageOf(letter, from, () => (signer ? signer.sign(bytes) : Readable.from([bytes], { objectMode: false })))
        const accepted = await inTime((signal) => send(pool, message, signal))
        return recipientIs(letter.to, accepted) ? { status: 'sent' } : { status: 'failed', reason: 'another recipient was accepted' }
      } catch (error) {
        return resultOf(error)
      }
    },
    async rehearse(letter) {
      compose(letter, from)
      return { status: 'sent' }
    },
    ready: keptBriefly(() => within(readyMs, pool.verify().then(() => true, () => false), false)),
    async close() {
      // The queue has waited for its letters already; what still hangs here is not worth waiting for.
      pool.close({ force: true })
    },
  }
}

type Message = Pick<PooledMail['message'], 'getEnvelope' | 'messageId' | 'getHeader' | 'createReadStream'>
type PooledMail = Parameters<SMTPPool['send']>[0]

/** What the pool asks of a message. Its envelope holds addresses and no header: a string in one would be split at commas, semicolons and CRLF (F14). */
function messageOf({ to, messageId }: Letter, { address }: Mailbox, createReadStream: () => Readable): Message {
  const id = `<${messageId}>`
  return { getEnvelope: () => ({ from: address, to: [to] }), messageId: () => id, getHeader: () => id, createReadStream }
}

/** Straight to the pool, as `sendMail` would take the finished message apart and compose it once more. Gives who was accepted. */
function send(pool: SMTPPool, message: Message, signal: AbortSignal): Promise<string[] | undefined> {
  return new Promise((resolve, reject) => {
    const mail = { data: { signal }, message } as PooledMail
    pool.send(mail, (error, info) => (error ? reject(error) : resolve(info?.accepted)))
  })
}

function isCanonical(address: string): boolean {
  try {
    return parseEmail(address) === address
  } catch {
    return false
  }
}

function recipientIs(address: string, accepted: readonly string[] | undefined): boolean {
  return accepted?.length === 1 && accepted[0] === address
}

/** Refusals that are about this server and not about the letter: not logged in, TLS wanted, out of step. */
const operatorsProblem = new Set([503, 530, 534, 535, 538])

/** A 5xx for the recipient or the message is for good; everything else is worth another try. */
function resultOf(error: unknown): DeliveryResult {
  const { code, command, responseCode, response } = smtpError(error)
  const aboutLetter = code === 'EENVELOPE' || code === 'EMESSAGE'
  const forGood = aboutLetter && responseCode >= 500 && responseCode < 600 && !operatorsProblem.has(responseCode)
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? ''
  // Codes and SMTP verbs alone: a server's own words often repeat the address (R81).
  const reason = [code, command, responseCode || '', enhanced].filter(Boolean).join(' ')
  return { status: forGood ? 'failed' : 'deferred', reason }
}

function smtpError(error: unknown): { code: string; command: string; responseCode: number; response: string } {
  const found: object = typeof error === 'object' && error !== null ? error : {}
  const text = (name: string): string => {
    const value: unknown = Reflect.get(found, name)
    return typeof value === 'string' ? value : ''
  }
  const responseCode: unknown = Reflect.get(found, 'responseCode')
  return {
    code: word(text('code')) || 'unknown error',
    command: word(text('command')),
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
    response: text('response'),
  }
}

/** `RCPT TO`, `ETIMEDOUT`: capital letters and digits, nothing that could be somebody's words. */
function word(text: string): string {
  return /^[A-Z0-9_ -]{1,24}$/.test(text) ? text : ''
}

/** One question at a time, and its answer for a moment longer. */
function keptBriefly(ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined
  return () => {
    if (answer) return answer
    const asked = ask()
    answer = asked
    void asked.then(() => setTimeout(() => (answer = undefined), readyKeptMs).unref())
    return asked
  }
}
