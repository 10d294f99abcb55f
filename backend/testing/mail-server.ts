/** A real mail server on loopback, for tests of what sends. */
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export type Received = { from: string; to: string[]; secure: boolean; raw: string; mail: ParsedMail }

/** One that keeps what it gets; ended with the test. */
export async function mailServer(context: TestContext, options: SMTPServerOptions = {}) {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    // The pool's idle connections are no reason to wait.
    closeTimeout: 1,
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1')
        const keep = (mail: ParsedMail) => received.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), secure: session.secure, raw, mail })
        void simpleParser(Buffer.concat(chunks)).then(keep).then(() => done())
      })
    },
    ...options,
  })
  // A client that gives up on a handshake is an event here, not a failure of the test.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (server.server.address() as AddressInfo).port
  context.after(() => new Promise<void>((resolve) => server.close(resolve)))
  return { port, received, url: `smtp://127.0.0.1:${port}` }
}

/** A server whose reply to RCPT TO (or DATA) is an error of that code. */
export const refusing = (step: 'onRcptTo' | 'onMailFrom' | 'onAuth', responseCode: number, message = 'no'): SMTPServerOptions => ({
  [step]: (_given: unknown, _session: unknown, done: (error: Error) => void) => done(Object.assign(new Error(message), { responseCode })),
})
