import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, linkIn } from './letter.ts'

const server = 'http://localhost:4600'

test('the code is six digits, in one piece or in two halves', () => {
  assert.equal(codeIn('Or type this code:\n\n915152\n'), '915152')
  assert.equal(codeIn('code: 018 030.'), '018 030')
})

test('digits inside a link, a longer number or a word are no code', () => {
  assert.equal(codeIn('http://localhost:4600/link?token=a123456b 1234567 x-123456'), '')
})

test('the link is the sign-in link of that server, and no other', () => {
  assert.equal(linkIn(`see https://example.org/link?token=x or ${server}/link?token=a.b.c`, server), `${server}/link?token=a.b.c`)
  assert.equal(linkIn('http://localhost:46000/link?token=a.b.c', server), '')
})
