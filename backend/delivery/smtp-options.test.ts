import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smtpOptions } from './smtp-options.ts'

const optionsOf = (url: string) => smtpOptions(url, 'auth.example.com')

test('smtp:// demands STARTTLS with a checked certificate', () => {
  const { secure, requireTLS, opportunisticTLS, tls, port } = optionsOf('smtp://mail.example.com')
  assert.deepEqual({ secure, requireTLS, opportunisticTLS, port }, { secure: false, requireTLS: true, opportunisticTLS: false, port: 587 })
  assert.equal(tls.rejectUnauthorized, true)
})

test('smtp:// on loopback takes TLS where it is offered, with any certificate', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
    const { requireTLS, opportunisticTLS, tls } = optionsOf(`smtp://${host}:2525`)
    assert.deepEqual({ requireTLS, opportunisticTLS, checked: tls.rejectUnauthorized }, { requireTLS: false, opportunisticTLS: true, checked: false }, host)
  }
})

test('a host that only looks like loopback is far away', () => {
  for (const host of ['127.0.0.1.example.com', 'localhost.example.com', '127.1', '128.0.0.1', '[::2]', '0x7f.1']) {
    const { requireTLS, tls } = optionsOf(`smtp://${host}`)
    assert.deepEqual({ requireTLS, checked: tls.rejectUnauthorized }, { requireTLS: true, checked: true }, host)
  }
})

test('smtps:// is TLS from the first byte with a checked certificate, on loopback too', () => {
  for (const host of ['mail.example.com', 'localhost']) {
    const { secure, opportunisticTLS, tls, port } = optionsOf(`smtps://${host}`)
    assert.deepEqual({ secure, opportunisticTLS, checked: tls.rejectUnauthorized, port }, { secure: true, opportunisticTLS: false, checked: true, port: 465 })
  }
})

test('host, port and percent-encoded credentials are read from the URL', () => {
  const { host, port, auth } = optionsOf('smtp://an%40na:p%3As%2Fs@[2001:db8::1]:2587/')
  assert.deepEqual({ host, port, auth }, { host: '2001:db8::1', port: 2587, auth: { user: 'an@na', pass: 'p:s/s' } })
  assert.equal(optionsOf('smtp://mail.example.com').auth, undefined)
})

test('no query can weaken what is checked: there is none', () => {
  for (const tail of ['?tls.rejectUnauthorized=false', '?ignoreTLS=true', '#x', '/path']) {
    assert.throws(() => optionsOf(`smtp://mail.example.com${tail}`), TypeError)
  }
})

test('what is no SMTP URL is refused in words that hold no password', () => {
  for (const url of ['', 'mail.example.com', 'http://u:secret@mail.example.com', 'smtp://', 'smtp://u:%zz-secret@h', 'smtp:u:secret@h']) {
    assert.throws(() => optionsOf(url), (error) => error instanceof TypeError && !error.message.includes('secret'), url)
  }
})

test('every wait is shorter than the half minute a letter has', () => {
  const { connectionTimeout, greetingTimeout, dnsTimeout, socketTimeout } = optionsOf('smtp://mail.example.com')
  for (const ms of [connectionTimeout, greetingTimeout, dnsTimeout, socketTimeout]) assert.ok(ms > 0 && ms < 30_000)
})
