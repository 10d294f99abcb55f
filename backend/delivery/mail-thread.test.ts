import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { testOrder, testSignIn } from '../testing/delivery-fakes.ts'
import { mailServer, refusing } from '../testing/mail-server.ts'
import type { LetterOrder } from './letter-order.ts'
import { mailThread, type MailThreadTuning } from './mail-thread.ts'
import type { Sender } from './sender.ts'
import { threadEnded } from './thread-life.ts'

const sender: Sender = { from: Object.freeze({ name: 'Linklatch', address: 'no-reply@auth.example.com' }) }
const order = testOrder(testSignIn())
const nowhere = 'smtp://127.0.0.1:9'

function threadTo(context: TestContext, url: string, { tuning, ...more }: Partial<Sender> & { tuning?: MailThreadTuning } = {}) {
  const thread = mailThread({ url, publicHost: 'auth.example.com', ...sender, ...more }, tuning)
  context.after(() => thread.close())
  return thread
}

/** A file for a thread to run: what its text is when the thread starts. */
async function threadFile(context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-thread-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'thread.mjs')
  return { file, log: join(directory, 'log'), write: (text: string) => writeFile(file, text) }
}

test('the letter of an order arrives with both parts', async (context) => {
  const { url, received } = await mailServer(context)
  assert.deepEqual(await threadTo(context, url).deliver(order), { status: 'sent' })
  const [{ to, mail } = assert.fail('nothing came')] = received
  assert.deepEqual(to, ['anna@example.com'])
  assert.equal(mail.subject, 'Sign in to Acme')
  for (const part of [mail.text, mail.html]) assert.ok(part && part.includes('https://auth.example.com/link?token=a.b.c'))
})

test('an invitation arrives too', async (context) => {
  const { url, received } = await mailServer(context)
  const invitation: LetterOrder = { kind: 'invitation', signIn: testSignIn({ invitation: true }), site: { name: 'Acme' }, url: 'https://shop.example.com/account', publicUrl: 'https://auth.example.com' }
  assert.deepEqual(await threadTo(context, url).deliver(invitation), { status: 'sent' })
  assert.ok(received[0]?.mail.text?.includes('https://shop.example.com/account'))
})

test('with a DKIM key every letter is signed', async (context) => {
  const { url, received } = await mailServer(context)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  await threadTo(context, url, { dkim: { domainName: 'auth.example.com', keySelector: 's1', privateKey } }).deliver(order)
  assert.match(received[0]?.raw ?? '', /^DKIM-Signature: v=1;[^]*d=auth\.example\.com;[^]*s=s1;/m)
})

test('what the mail server says of a letter comes back', async (context) => {
  for (const [code, message, result] of [[550, '5.1.1 <anna@example.com> is not known here', { status: 'failed', reason: 'EENVELOPE RCPT TO 550 5.1.1' }], [450, 'later', { status: 'deferred', reason: 'EENVELOPE RCPT TO 450' }]] as const) {
    const { url } = await mailServer(context, refusing('onRcptTo', code, message))
    assert.deepEqual(await threadTo(context, url).deliver(order), result)
  }
})

test('many at once each have their own end', async (context) => {
  const { url, received } = await mailServer(context, {
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('gone') ? Object.assign(new Error('no'), { responseCode: 550 }) : null),
  })
  const thread = threadTo(context, url)
  const ends = await Promise.all(['anna', 'gone-1', 'bert', 'gone-2'].map((name) => thread.deliver(testOrder(testSignIn({ address: `${name}@example.com` })))))
  assert.deepEqual(ends.map(({ status }) => status), ['sent', 'failed', 'sent', 'failed'])
  assert.deepEqual(received.map(({ to }) => to[0]).sort(), ['anna@example.com', 'bert@example.com'])
})

test('a rehearsal goes the same way, where the letter is written and handed to nobody', async (context) => {
  const { url, received } = await mailServer(context)
  const thread = threadTo(context, url)
  assert.deepEqual(await thread.rehearse(order), { status: 'sent' })
  assert.deepEqual(await thread.rehearse(testOrder(testSignIn({ origin: 'no origin' }))), { status: 'deferred', reason: 'ERR_INVALID_URL' })
  assert.equal(received.length, 0)
})

test('it is ready where the server can be spoken to', async (context) => {
  const { url } = await mailServer(context)
  assert.equal(await threadTo(context, url).ready(), true)
  assert.equal(await threadTo(context, nowhere).ready(), false)
})

test('a thread that ended defers what waits there, is not ready, and the next mail starts it anew', async (context) => {
  const { url, received } = await mailServer(context)
  const { file, write } = await threadFile(context)
  await write(`import { parentPort } from 'node:worker_threads'; parentPort.once('message', () => process.exit(1))`)
  const thread = threadTo(context, url, { tuning: { file, restartMs: 0 } })
  assert.deepEqual(await Promise.all([thread.deliver(order), thread.rehearse(order)]), [threadEnded('exit 1'), threadEnded('exit 1')])
  assert.equal(await thread.ready(), false)
  await write(`import ${JSON.stringify(new URL('mail-worker.ts', import.meta.url).href)}`)
  assert.deepEqual(await thread.deliver(order), { status: 'sent' })
  assert.equal(await thread.ready(), true)
  assert.equal(received.length, 1)
})

test('one that ends as soon as it begins is not started with each mail', async (context) => {
  const { file, log, write } = await threadFile(context)
  await write(`import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(log)}, 'x'); process.exit()`)
  const thread = threadTo(context, nowhere, { tuning: { file, restartMs: 3_600_000 } })
  for (let mails = 0; mails < 3; mails += 1) assert.deepEqual(await thread.deliver(order), threadEnded('exit 0'))
  assert.equal(await readFile(log, 'utf8'), 'x')
})

test('a thread that hangs is ended, and its mail deferred', async (context) => {
  const { file, write } = await threadFile(context)
  await write(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); })`)
  assert.deepEqual(await threadTo(context, nowhere, { tuning: { file, lateMs: 100 } }).deliver(order), threadEnded('no answer in time'))
})

test('closed, it takes nothing more', async (context) => {
  const { url, received } = await mailServer(context)
  const thread = mailThread({ url, publicHost: 'auth.example.com', ...sender })
  const under = thread.deliver(order)
  await thread.close()
  assert.deepEqual([await under, await thread.deliver(order), await thread.ready()], [threadEnded('closed'), threadEnded('closed'), false])
  assert.equal(received.length, 0)
})

test('a process waits for an answer, and ends by itself after it, the thread closed or not', async () => {
  const script = (ending: string) => `import { mailThread } from ${JSON.stringify(new URL('mail-thread.ts', import.meta.url).href)}
    const thread = mailThread({ url: ${JSON.stringify(nowhere)}, publicHost: 'a', from: { name: '', address: 'a@localhost' } })
    process.stdout.write(String(await thread.ready())); ${ending}`
  for (const ending of ['await thread.close()', '']) {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script(ending)], { timeout: 30_000 })
    assert.deepEqual([stdout, stderr], ['false', ''])
  }
})

test('options that are wrong stop the start, in the words of the adapter', () => {
  assert.throws(() => mailThread({ url: 'http://127.0.0.1', publicHost: 'a', ...sender }), { name: 'TypeError', message: /^an SMTP URL looks like / })
  assert.throws(() => mailThread({ url: nowhere, publicHost: 'a', from: { name: '', address: 'a@x.example, b@x.example' } }), { name: 'TypeError', message: 'the sender has to be one plain address' })
})
