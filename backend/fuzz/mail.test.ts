/**
 * Every part of the mail that somebody else chose, through nodemailer to a real mail server and back through a second parser: one recipient,
 * no header and no part beside ours, no line too long (R72, R76, R78).
 */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { mailFrom } from '../config-values.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { smtpOptions } from '../delivery/smtp-options.ts'
import { deliveryThrough } from '../delivery/smtp.ts'
import { createSiteSchema, parseRequest } from '../protocol.ts'
import { writeLetter } from '../sign-in/letter.ts'
import { testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { parseEmail } from '../users/address.ts'
import { nearly, oddText, withRuns } from './runs.ts'

type Received = { to: string[]; raw: Buffer }

/** This server shows an international domain in its own letters; what came to it has its A-labels. */
const asSent = (address: string) => address.replace(/[^@]+$/, (domain) => domainToASCII(domain))

let received: Received[] = []
let server: SMTPServer
let url = ''
before(async () => {
  server = new SMTPServer({
    authOptional: true, hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH'], disableReverseLookup: true, closeTimeout: 1,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => asSent(address)), raw: Buffer.concat(chunks) })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
})
after(() => new Promise<void>((resolve) => server.close(resolve)))

const refused = <Value>(parse: () => Value): Value | undefined => {
  try {
    return parse()
  } catch {
    return undefined
  }
}
const names = nearly(fc.constantFrom('Anna’s Bakery', 'ACME, Inc.', '日本の店', 'x'.repeat(80), 'a <b@c.example>', '=?utf-8?q?evil?=', 'مخبز', 'A\r\nBcc: evil@evil.example'))
const headersOfOurs = ['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type', 'auto-submitted', 'x-auto-response-suppress', 'content-language']

/** Another delivery a sender: its name is the operator's. */
async function sendFrom(from: { name: string; address: string }, use: (delivery: Delivery) => Promise<void>): Promise<void> {
  const delivery = deliveryThrough(smtpOptions(url, 'auth.example.com'), { from })
  await use(delivery).finally(() => delivery.close())
}

const letterWith = (siteName: string, to: string, browser = 'Firefox on Windows') => {
  const signIn = testSignIn({ address: to, browser })
  return writeLetter({ signIn, site: { name: siteName }, link: 'https://auth.example.com/link?token=a.b.c', code: '123456', publicUrl: 'https://auth.example.com', now: testStart })
}

async function assertOneMail(to: string): Promise<Awaited<ReturnType<typeof simpleParser>>> {
  assert.equal(received.length, 1)
  const { to: recipients, raw } = received[0] ?? assert.fail('no mail')
  assert.deepEqual(recipients, [to])
  const mail = await simpleParser(raw)
  assert.deepEqual([...mail.headers.keys()].filter((name) => !headersOfOurs.includes(name)), [])
  assert.deepEqual(mail.attachments, [])
  assert.ok(raw.toString('latin1').split('\r\n').every((line) => line.length <= 998))
  assert.doesNotMatch(raw.toString('latin1'), /(?<!\r)\n|\r(?!\n)|\0/)
  return mail
}

describe('a mail', () => {
  it('of any site name has one subject, one recipient and two parts, and no header beside ours', async () => {
    await sendFrom({ name: 'Linklatch', address: 'no-reply@auth.example.com' }, async (delivery) => {
      await fc.assert(fc.asyncProperty(names, async (name) => {
        const site = refused(() => parseRequest(createSiteSchema, { name, origins: ['https://a.example'] }))
        if (!site) return
        received = []
        const letter = letterWith(site.name, 'anna@example.com')
        assert.deepEqual(await delivery.deliver(letter), { status: 'sent' })
        const { subject, text = '', html } = await assertOneMail('anna@example.com')
        // Halves of surrogate pairs have no bytes, and white space at a fold is one blank.
        const spoken = (words: string) => Buffer.from(words).toString().replace(/\s+/g, ' ').trim()
        assert.equal(spoken(subject ?? ''), spoken(letter.subject.replaceAll('=?', '= ?')))
        assert.ok(text.includes('123456') || text.includes('123 456'))
        assert.ok(html && !/<script/i.test(html))
      }), withRuns(0.3))
    })
  })

  it('to any address that is taken goes to that one, and whatever is not taken goes nowhere', async () => {
    const tos = nearly(fc.oneof(fc.emailAddress(), fc.constantFrom('anna@example.com', 'a@b.example, c@d.example', 'a@b.example\r\nBcc: evil@evil.example', '"a"@b.example', 'A <a@b.example>')))
    await sendFrom({ name: 'Linklatch', address: 'no-reply@auth.example.com' }, async (delivery) => {
      await fc.assert(fc.asyncProperty(tos, async (text) => {
        received = []
        const address = refused(() => parseEmail(text))
        const { status } = await delivery.deliver({ ...letterWith('Shop', 'anna@example.com'), to: address ?? text })
        if (address === undefined) return assert.deepEqual([status, received.length], ['failed', 0])
        assert.equal(status, 'sent')
        await assertOneMail(address)
      }), withRuns(0.3))
    })
  })

  it('of any sender that the configuration takes has that one sender', async () => {
    const senders = nearly(fc.constantFrom('Shop <a@b.example>', '"ACME, Inc." <a@b.example>', 'a@b.example', 'Ünï <a@b.example>', 'A@B <a@b.example>', 'no-reply@localhost'))
    await fc.assert(fc.asyncProperty(senders, async (text) => {
      const from = refused(() => mailFrom(text))
      if (!from) return
      received = []
      await sendFrom(from, async (delivery) => assert.deepEqual(await delivery.deliver(letterWith('Shop', 'anna@example.com')), { status: 'sent' }))
      const { from: shown } = await assertOneMail('anna@example.com')
      assert.deepEqual(shown?.value.map(({ address }) => address), [from.address])
    }), withRuns(0.2))
  })

  it('never carries a browser’s words as markup', () => {
    fc.assert(fc.property(oddText, (browser) => {
      const { html = '', text } = letterWith('Shop', 'anna@example.com', browser)
      assert.ok(!/<(?:script|img|iframe)/i.test(html))
      assert.doesNotMatch(text, /\0/)
    }), withRuns())
  })
})
