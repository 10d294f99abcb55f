import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import SMTPPool from 'nodemailer/lib/smtp-pool'
import type { SMTPServerOptions } from 'smtp-server'
import { writeLetter } from '../sign-in/letter.ts'
import { testLetter, testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { mailServer, refusing } from '../testing/mail-server.ts'
import type { Sender } from './sender.ts'
import { smtpOptions } from './smtp-options.ts'
import { deliveryThrough } from './smtp.ts'

// Frozen as the configuration hands it over: nodemailer wrote into it once, and the process died of that.
const sender: Sender = { from: Object.freeze({ name: 'Linklatch', address: 'no-reply@auth.example.com' }) }
const letter = testLetter(testSignIn())

function deliveryTo(context: TestContext, url: string, more: Partial<Sender> = {}) {
  const delivery = deliveryThrough(smtpOptions(url, 'auth.example.com'), { ...sender, ...more })
  context.after(() => delivery.close())
  return delivery
}

test('a letter arrives with both parts, over STARTTLS where that is offered', async (context) => {
  const { url, received } = await mailServer(context)
  const result = await deliveryTo(context, url).deliver({ ...letter, text: 'in words', html: '<p>in <b>words</b></p>' })
  assert.deepEqual(result, { status: 'sent' })
  assert.equal(received[0]?.secure, true)
  assert.equal(received[0].mail.text?.trim(), 'in words')
  assert.equal(received[0].mail.html && received[0].mail.html.trim(), '<p>in <b>words</b></p>')
})

test('a name that looks like an encoded word is not read as what it encodes', async (context) => {
  const { url, received } = await mailServer(context)
  const word = '=?utf-8?q?Your=20bank?='
  await deliveryTo(context, url, { from: { name: word, address: 'no-reply@auth.example.com' } }).deliver({ ...letter, subject: `Sign in to ${word}` })
  assert.equal(received[0]?.mail.subject, 'Sign in to = ?utf-8?q?Your=20bank?=')
  assert.equal(received[0].mail.from?.value[0]?.name, '= ?utf-8?q?Your=20bank?=')
})

test('on loopback a letter goes out in the clear where no TLS is offered', async (context) => {
  const { url, received } = await mailServer(context, { hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH'] })
  assert.deepEqual(await deliveryTo(context, url).deliver(letter), { status: 'sent' })
  assert.equal(received[0]?.secure, false)
})

test('it says that it is automatic, cannot be answered, and names its language', async (context) => {
  const { url, received } = await mailServer(context)
  await deliveryTo(context, url).deliver(letter)
  const headers = received[0]?.mail.headers
  assert.equal(headers?.get('auto-submitted'), 'auto-generated')
  assert.equal(headers?.get('x-auto-response-suppress'), 'All')
  assert.equal(headers?.get('content-language'), 'en')
  assert.equal(headers?.get('message-id'), `<${letter.messageId}>`)
  for (const absent of ['reply-to', 'cc', 'bcc', 'list', 'list-unsubscribe', 'x-mailer']) assert.equal(headers?.has(absent), false, absent)
})

test('there is one To and one recipient, and the sender is the configured one', async (context) => {
  const { url, received } = await mailServer(context)
  await deliveryTo(context, url).deliver(letter)
  const [{ from, to, raw, mail } = assert.fail('nothing came')] = received
  assert.deepEqual({ from, to }, { from: 'no-reply@auth.example.com', to: ['anna@example.com'] })
  assert.equal(raw.match(/^To:/gim)?.length, 1)
  assert.equal(mail.from?.text, '"Linklatch" <no-reply@auth.example.com>')
})

test('text that is not canonical as an address reaches nobody', async (context) => {
  const { url, received } = await mailServer(context)
  const delivery = deliveryTo(context, url)
  const tricks = ['a@example.com, evil@example.org', 'a@example.com\r\nBcc: evil@example.org', 'a＠example.com', 'Anna <a@example.com>', 'A@example.com', 'g: a@example.com;', '"a b"@example.com', '']
  for (const to of tricks) assert.deepEqual(await delivery.deliver({ ...letter, to }), { status: 'failed', reason: 'not a canonical address' })
  assert.equal(received.length, 0)
})

test('every canonical address is handed over as it is', async (context) => {
  const { url, received } = await mailServer(context)
  const addresses = ["o'brien+x=y/z@example.com", 'anna@xn--bcher-kva.example', '-a#b$c&d*e?f^g_h`{i|j}~@sub.example.co']
  const delivery = deliveryTo(context, url)
  for (const to of addresses) assert.deepEqual(await delivery.deliver({ ...letter, to }), { status: 'sent' })
  // The test server shows A-labels decoded; in the header they are as they were sent.
  assert.deepEqual(received.map(({ raw }) => /^To: (.*)\r$/m.exec(raw)?.[1]), addresses)
  assert.equal(received.every(({ to }) => to.length === 1), true)
})

test('a site’s name cannot inject headers, parts or recipients', async (context) => {
  const { url, received } = await mailServer(context)
  const name = 'Acme\r\nBcc: evil@example.org\r\n\r\n--x\u2028<script>alert(1)</script>\u202e'
  const written = writeLetter({ signIn: testSignIn(), site: { name }, link: 'https://auth.example.com/link?token=a.b.c', code: '123456', publicUrl: 'https://auth.example.com', now: testStart })
  for (const each of [written, { ...letter, subject: `Sign in to ${name}` }]) await deliveryTo(context, url).deliver(each)
  for (const { to, raw, mail } of received) {
    assert.deepEqual(to, ['anna@example.com'])
    assert.doesNotMatch(raw, /^Bcc:/im)
    assert.equal(mail.headers.has('bcc'), false)
    assert.match(mail.subject ?? '', /^Sign in to Acme Bcc: evil@example\.org/)
    assert.doesNotMatch(mail.html || '', /<script/)
  }
  assert.equal(received.length, 2)
})

test('a long link arrives in one piece, and no line is longer than 998 octets', async (context) => {
  const { url, received } = await mailServer(context)
  const link = `https://auth.example.com/link?token=${'eyJh=.-_'.repeat(200)}`
  const name = 'Ä'.repeat(80)
  await deliveryTo(context, url).deliver(writeLetter({ signIn: testSignIn(), site: { name }, link, code: '012345', publicUrl: 'https://auth.example.com', now: testStart }))
  const [{ raw, mail } = assert.fail('nothing came')] = received
  assert.ok(mail.text?.includes(`\n${link}\n`))
  assert.ok(mail.html && mail.html.includes(`href="${link}"`))
  assert.equal(mail.subject, `Sign in to ${name}`)
  assert.ok(Math.max(...raw.split('\r\n').map((line) => line.length)) <= 998)
})

test('credentials of the URL are used', async (context) => {
  const { port, received } = await mailServer(context, {
    authOptional: false,
    onAuth: ({ username, password }, _session, done) => (username === 'us@er' && password === 'p:w' ? done(null, { user: username }) : done(new Error('no'))),
  })
  assert.deepEqual(await deliveryTo(context, `smtp://us%40er:p%3Aw@127.0.0.1:${port}`).deliver(letter), { status: 'sent' })
  assert.equal(received.length, 1)
})

test('a wrong password is the operator’s problem: the letter is deferred', async (context) => {
  const { port } = await mailServer(context, refusing('onAuth', 535))
  const result = await deliveryTo(context, `smtp://user:wrong@127.0.0.1:${port}`).deliver(letter)
  assert.equal(result.status, 'deferred')
})

test('a 5xx for the recipient is for good, a 4xx is worth another try', async (context) => {
  for (const [code, status] of [[550, 'failed'], [553, 'failed'], [450, 'deferred'], [421, 'deferred'], [530, 'deferred']] as const) {
    const { url } = await mailServer(context, refusing('onRcptTo', code))
    assert.equal((await deliveryTo(context, url).deliver(letter)).status, status, String(code))
  }
})

test('a 5xx for the message is for good, a 4xx is worth another try', async (context) => {
  for (const [code, status] of [[554, 'failed'], [451, 'deferred']] as const) {
    const onData: SMTPServerOptions['onData'] = (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => done(Object.assign(new Error('no'), { responseCode: code })))
    }
    const { url } = await mailServer(context, { onData })
    assert.equal((await deliveryTo(context, url).deliver(letter)).status, status)
  }
})

test('the reason holds codes alone, not what the server said about whom', async (context) => {
  const { url } = await mailServer(context, refusing('onRcptTo', 550, '5.1.1 <anna@example.com> is not known here'))
  assert.deepEqual(await deliveryTo(context, url).deliver(letter), { status: 'failed', reason: 'EENVELOPE RCPT TO 550 5.1.1' })
})

test('a dead server defers the letter, and is not ready', async (context) => {
  const { port, closed } = await silentServer(context, 'closed')
  await closed
  const delivery = deliveryTo(context, `smtp://127.0.0.1:${port}`)
  const result = await delivery.deliver(letter)
  assert.equal(result.status, 'deferred')
  assert.equal(await delivery.ready(), false)
})

test('a server that hangs up at once defers the letter', async (context) => {
  const { port } = await silentServer(context, 'hangs up')
  assert.equal((await deliveryTo(context, `smtp://127.0.0.1:${port}`).deliver(letter)).status, 'deferred')
})

test('a server that says nothing defers the letter when its time is up', async (context) => {
  const { port } = await silentServer(context, 'mute')
  const delivery = deliveryThrough({ ...smtpOptions(`smtp://127.0.0.1:${port}`, 'a'), greetingTimeout: 30 }, sender)
  context.after(() => delivery.close())
  assert.equal((await delivery.deliver(letter)).status, 'deferred')
  assert.equal(await delivery.ready(), false)
})

test('a server that drops the line in the middle of the letter defers it', async (context) => {
  const half = createServer((socket) => {
    socket.on('error', () => {})
    let heard = ''
    socket.write('220 a\r\n')
    socket.on('data', (data: Buffer) => {
      heard += data.toString()
      if (/\r\nDATA\r\n[^]+/.test(heard)) return void socket.destroy()
      if (heard.endsWith('\r\n')) socket.write(heard.endsWith('DATA\r\n') ? '354 go on\r\n' : '250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve))
  context.after(() => new Promise<void>((resolve) => half.close(() => resolve())))
  const result = await deliveryTo(context, `smtp://127.0.0.1:${(half.address() as AddressInfo).port}`).deliver(letter)
  assert.equal(result.status, 'deferred')
})

test('a server that is slow but answers in time gets the letter through', async (context) => {
  const { url, received } = await mailServer(context, { onRcptTo: (_address, _session, done) => void setTimeout(done, 300) })
  assert.deepEqual(await deliveryTo(context, url).deliver(letter), { status: 'sent' })
  assert.equal(received.length, 1)
})

test('a server whose TLS breaks off defers the letter, and nothing goes out in the clear', async (context) => {
  const heard: string[] = []
  const broken = createServer((socket) => {
    socket.on('error', () => {}).write('220 a\r\n')
    socket.on('data', (data: Buffer) => {
      const text = data.toString('latin1')
      heard.push(text)
      if (text.startsWith('EHLO')) socket.write('250-a\r\n250 STARTTLS\r\n')
      else socket.write(text.startsWith('STARTTLS') ? '220 go on\r\n' : 'this is no TLS\r\n')
    })
  })
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  context.after(() => new Promise<void>((resolve) => broken.close(() => resolve())))
  const far = smtpOptions('smtp://user:secret@mail.example.com', 'auth.example.com')
  const delivery = deliveryThrough({ ...far, host: '127.0.0.1', port: (broken.address() as AddressInfo).port }, sender)
  context.after(() => delivery.close())
  assert.equal((await delivery.deliver(letter)).status, 'deferred')
  assert.doesNotMatch(heard.join(''), /MAIL FROM|AUTH|anna/)
})

test('a rehearsal writes the letter and hands it to nobody', async (context) => {
  const { url, received } = await mailServer(context)
  await deliveryTo(context, url).rehearse?.(letter)
  assert.equal(received.length, 0)
})

test('far from loopback, a server without STARTTLS gets no letter', async (context) => {
  const { port, received } = await mailServer(context, { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
  const far = smtpOptions('smtp://user:secret@mail.example.com', 'auth.example.com')
  const delivery = deliveryThrough({ ...far, host: '127.0.0.1', port }, sender)
  context.after(() => delivery.close())
  assert.equal((await delivery.deliver(letter)).status, 'deferred')
  assert.equal(received.length, 0)
})

test('far from loopback, a certificate that nobody vouches for gets no letter', async (context) => {
  const { port, received } = await mailServer(context)
  const far = smtpOptions('smtp://user:secret@mail.example.com', 'auth.example.com')
  const delivery = deliveryThrough({ ...far, host: '127.0.0.1', port }, sender)
  context.after(() => delivery.close())
  const result = await delivery.deliver(letter)
  assert.equal(result.status, 'deferred')
  assert.equal(await delivery.ready(), false)
  assert.equal(received.length, 0)
})

test('with a DKIM key every letter is signed', async (context) => {
  const { url, received } = await mailServer(context)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  await deliveryTo(context, url, { dkim: { domainName: 'auth.example.com', keySelector: 's1', privateKey } }).deliver(letter)
  assert.match(received[0]?.raw ?? '', /^DKIM-Signature: v=1;[^]*d=auth\.example\.com;[^]*s=s1;/m)
})

test('a text message is not this adapter’s to send', async (context) => {
  const delivery = deliveryTo(context, 'smtp://127.0.0.1:9')
  assert.deepEqual(await delivery.deliver({ ...letter, channel: 'sms' }), { status: 'failed', reason: 'no sms gateway' })
})

test('it is ready where the server can be spoken to, and asks once for many callers', async (context) => {
  let connections = 0
  const { url } = await mailServer(context, { onConnect: (_session, done) => (connections++, done()) })
  const delivery = deliveryTo(context, url)
  assert.deepEqual(await Promise.all([delivery.ready(), delivery.ready(), delivery.ready()]), [true, true, true])
  assert.equal(connections, 1)
})

test('closing ends what still hangs, and the letter is deferred', async (context) => {
  const { port } = await silentServer(context, 'mute')
  const delivery = deliveryThrough(smtpOptions(`smtp://127.0.0.1:${port}`, 'a'), sender)
  const under = delivery.deliver(letter)
  setImmediate(() => void delivery.close())
  assert.equal((await under).status, 'deferred')
  assert.equal((await delivery.deliver(letter)).status, 'deferred')
})

test('a sender that is no plain address stops the start', () => {
  assert.throws(() => deliveryThrough(smtpOptions('smtp://127.0.0.1', 'a'), { from: { name: '', address: 'a@x.example, b@x.example' } }), TypeError)
})

/** A TCP port where no mail server answers. */
async function silentServer(context: TestContext, kind: 'closed' | 'hangs up' | 'mute') {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (kind === 'hangs up') socket.destroy()
    else context.after(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  if (kind !== 'closed') context.after(() => void close())
  return { port, closed: kind === 'closed' ? close() : undefined }
}

test('the sender may be of this machine, as the default is in development', () => {
  const make = (address: string) => deliveryThrough(smtpOptions('smtp://127.0.0.1:1', 'localhost'), { from: { name: 'Linklatch', address } })
  assert.doesNotThrow(() => make('no-reply@localhost'))
  for (const address of ['a@example.com,b@example.com', 'a@example.com\r\nBcc: b@example.com', '<a@example.com>', 'a']) assert.throws(() => make(address), TypeError)
})

test('a letter that was accepted for anybody but its one receiver is not called sent', async (t) => {
  const accepting = (accepted: string[]) => {
    t.mock.method(SMTPPool.prototype, 'send', (_mail: unknown, done: (error: null, info: object) => void) => done(null, { accepted }))
    return deliveryThrough(smtpOptions('smtp://127.0.0.1:1', 'auth.example.com'), sender).deliver(letter)
  }
  assert.deepEqual(await accepting([letter.to]), { status: 'sent' })
  for (const accepted of [['evil@example.com'], [letter.to, 'evil@example.com'], []]) assert.equal((await accepting(accepted)).status, 'failed', String(accepted))
})
