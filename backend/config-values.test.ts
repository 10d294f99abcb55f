import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Wrong, adminToken, hostToBind, mailFrom, smtpUrl, wholeNumber } from './config-values.ts'

describe('a value', () => {
  it('that is a whole number has nothing but digits', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.-+e x') }), (text) => {
      if (/^\d{1,9}$/.test(text)) assert.equal(wholeNumber(0, 999_999_999)(text), Number(text))
      else assert.throws(() => wholeNumber(0, 999_999_999)(text), Wrong)
    }))
    assert.equal(wholeNumber(0, 65535)('65535'), 65535)
    assert.throws(() => wholeNumber(1, 2)('0'), Wrong)
  })

  it('that is a host to listen on is an IP address or a name', () => {
    for (const host of ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'auth.internal']) assert.equal(hostToBind(host), host)
  })

  it('that is an SMTP URL may have a user, a password and a port', () => {
    for (const url of ['smtp://localhost:1025', 'smtp://127.0.0.1:2525/', 'smtps://user%40x.com:p%40ss@mail.example.com:465', 'smtp://user:pass@[::1]:587']) assert.equal(smtpUrl(url), url)
  })

  it('that is a sender has one mailbox and no control characters, whatever was written', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ab"<>,;\r\n @', 'a@x.com', 'é'), maxLength: 10 }), (text) => {
      try {
        const { name, address } = mailFrom(text)
        assert.match(address, /^[^@\s]+@[^@\s]+$/)
        assert.doesNotMatch(name, /[\p{Cc}<>"]/u)
      } catch (error) {
        assert.ok(error instanceof Wrong)
      }
    }))
  })

  it('that is an admin token is long and random', () => {
    const random = 'kR3vQ9xT1bW7mZ5yH2nJ8cL4pD6sF0gA'
    assert.equal(adminToken(true)(random), random)
    assert.throws(() => adminToken(true)(random.slice(1)), /at least 32/)
    for (const pattern of ['0123456789abcdef0123456789abcdef', '0123456789'.repeat(4).slice(0, 33)]) assert.throws(() => adminToken(true)(pattern), /no pattern/)
  })
})
