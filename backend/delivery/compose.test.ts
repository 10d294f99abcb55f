import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simpleParser } from 'mailparser'
import { testLetter, testSignIn } from '../testing/delivery-fakes.ts'
import { compose } from './compose.ts'

const letter = testLetter(testSignIn())
const from = Object.freeze({ name: 'Café Zoë', address: 'no-reply@auth.example.com' })
const text = `Grüße aus Zürich,\nein Link: https://auth.example.com/link?token=${'a.='.repeat(200)}\r\n.\nEnde. \n`

test('both texts arrive as they were written, whatever is in them', async () => {
  const { text: plain, html, from: sender } = await simpleParser(compose({ ...letter, text, html: `<p>${text}</p>` }, from))
  const lines = text.replaceAll('\r\n', '\n')
  assert.equal(plain?.trimEnd(), lines.trimEnd())
  assert.equal(html && html.trim(), `<p>${lines}</p>`)
  assert.deepEqual(sender?.value, [from])
})

test('a letter without markup is one text and no part', async () => {
  const raw = compose({ to: letter.to, channel: letter.channel, siteName: letter.siteName, messageId: letter.messageId, locale: letter.locale, subject: letter.subject, text }, from)
  assert.match(raw.toString(), /^Content-Type: text\/plain; charset=utf-8\r$/m)
  assert.equal((await simpleParser(raw)).text?.trimEnd(), text.replaceAll('\r\n', '\n').trimEnd())
})

test('it is ASCII in short lines that end in CRLF, and two mails never share a boundary', () => {
  const raws = [1, 2].map(() => compose({ ...letter, text, html: text }, from).toString('latin1'))
  for (const raw of raws) {
    assert.doesNotMatch(raw, /[^\r\n\x20-\x7e]|[^\r]\n|\r[^\n]/)
    assert.ok(raw.split('\r\n').every((line) => line.length <= 78))
  }
  const boundaries = raws.map((raw) => /boundary="([^"]+)"/.exec(raw)?.[1] ?? assert.fail('no boundary'))
  assert.equal(new Set(boundaries).size, 2)
  assert.deepEqual(raws.map((raw, index) => raw.split(`--${boundaries[index]}`).length), [4, 4])
})
