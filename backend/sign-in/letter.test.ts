import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { writeLetter, type LetterInput } from './letter.ts'

const link = 'https://auth.example.com/link?token=aaa.bbb.ccc'
const write = (more: Partial<LetterInput> = {}) =>
  writeLetter({ signIn: testSignIn(), site: { name: 'Acme Shop' }, link, code: '012345', publicUrl: 'https://auth.example.com', now: testStart + 1, ...more })
/** Both parts as one text. */
const both = (more: Partial<LetterInput> = {}) => {
  const { text, html } = write(more)
  return [text, html ?? assert.fail('no HTML')]
}

test('the letter goes to the sign-in’s address, under the site’s name', () => {
  const { to, channel, siteName, subject, locale } = write()
  assert.deepEqual({ to, channel, siteName, subject, locale }, { to: 'anna@example.com', channel: 'email', siteName: 'Acme Shop', subject: 'Sign in to Acme Shop', locale: 'en' })
})

test('both parts hold the link and the code', () => {
  for (const part of both()) {
    assert.ok(part.includes(link))
    assert.ok(part.includes('012345'))
  }
})

test('both parts say which site, which browser, when, until when, and what to do if it was not you', () => {
  for (const part of both()) {
    for (const fact of ['shop.example.com', 'Firefox on Windows', '14 May 2026, 09:41 UTC', '09:51 UTC (10 minutes)', 'Ignore this mail', '“This wasn’t me”']) {
      assert.ok(part.includes(fact), fact)
    }
  }
})

test('both parts say where the code goes, that nobody asks for it, and that there may be a number to type', () => {
  for (const part of both()) {
    for (const sentence of ['only into the page that asked', 'Nobody will ever ask you', 'two-digit number']) assert.ok(part.includes(sentence), sentence)
  }
})

test('neither the address nor, in the subject, the code is told', () => {
  const { subject, html, text } = write()
  assert.doesNotMatch(subject, /\d/)
  assert.doesNotMatch(`${html}${text}`, /anna/)
})

test('the link works for as long as is left, in minutes or seconds', () => {
  const words = (seconds: number) => /\((.*?)\), once/.exec(write({ now: testStart + 600 - seconds }).text)?.[1]
  assert.deepEqual([600, 599, 91, 90, 89, 1, 0, -5].map(words), ['10 minutes', '10 minutes', '2 minutes', '2 minutes', '89 seconds', '1 second', '0 seconds', '0 seconds'])
})

test('what a site is called cannot end a header or turn the text around it', () => {
  const { subject, siteName, text } = write({ site: { name: ' A\r\nBcc: x@y\u0000\u2028\u202e\u2067b\t c ' } })
  assert.equal(subject, 'Sign in to A Bcc: x@y b c')
  assert.equal(siteName, 'A Bcc: x@y b c')
  assert.equal(text.split('\n')[0], subject)
})

test('names of any script, and joined emoji, stay as they are', () => {
  for (const name of ['Bäckerei Söhne', '書店', 'کتاب‌خانه', '👩‍🍳 Pies']) assert.equal(write({ site: { name } }).subject, `Sign in to ${name}`)
})

test('the Message-ID is the same for each repeat of one mail, another for the next, and does not hold the id', () => {
  const first = write()
  assert.match(first.messageId, /^[0-9a-f]{16}\.1@auth\.example\.com$/)
  assert.equal(write({ now: testStart + 99 }).messageId, first.messageId)
  const second = write({ signIn: testSignIn({ delivery: { asked: 2, settled: 1 } }) }).messageId
  assert.equal(second, first.messageId.replace('.1@', '.2@'))
  assert.notEqual(write({ signIn: testSignIn({ id: 'another' }) }).messageId, first.messageId)
})

test('a language that is not there is written in English, and says so', () => {
  for (const locale of ['en-GB', 'fi', 'constructor', '']) assert.equal(write({ signIn: testSignIn({ locale }) }).locale, 'en')
})

test('in a language from the right, a fact that begins with a Latin name still runs from the right', () => {
  const { text } = write({ signIn: testSignIn({ locale: 'ar' }) })
  assert.ok(text.includes('\u2067Firefox على Windows\u2069'))
  assert.ok(text.includes('\u2068shop.example.com\u2069'))
})

test('a text message is short, has no HTML, and ends with the code bound to the asking host', () => {
  const { html, text } = write({ signIn: testSignIn({ channel: 'sms', address: '+4915112345678' }) })
  assert.equal(html, undefined)
  assert.ok(text.includes(link) && text.includes('012345'))
  assert.equal(text.split('\n').at(-1), '@shop.example.com #012345')
  const onPort = write({ signIn: testSignIn({ channel: 'sms', address: '+4915112345678', origin: 'http://localhost:3000' }) })
  assert.equal(onPort.text.split('\n').at(-1), '@localhost #012345', 'the form knows no ports')
})
