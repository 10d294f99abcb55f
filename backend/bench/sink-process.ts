/**
 * A real SMTP server that takes every mail, counts it, and remembers link and code by the address it went to. Whoever connects to its
 * second port and writes an address gets `TOKEN CODE` as soon as there is a mail to it.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { SMTPServer } from 'smtp-server'
import { answerParent } from './child.ts'

export type SinkPorts = { smtpPort: number; lookUpPort: number }

const letters = new Map<string, string>()
const waiting = new Map<string, (found: string) => void>()
let count = 0

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      keep(session.envelope.rcptTo[0]?.address ?? '', Buffer.concat(chunks).toString('latin1'))
      done()
    })
  },
})
smtp.listen(0, '127.0.0.1')

function keep(address: string, raw: string): void {
  const text = raw.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
  const token = /token=([\w.-]+)/.exec(text)?.[1] ?? ''
  const code = /^(\d{3}) ?(\d{3})\s*$/m.exec(text)?.slice(1).join('') ?? ''
  count += 1
  letters.set(address, `${token} ${code}`)
  waiting.get(address)?.(`${token} ${code}`)
}

const lookUps = createServer((socket: Socket) => {
  socket.on('error', () => {})
  createInterface({ input: socket }).on('line', (address) => {
    const tell = (found: string) => {
      waiting.delete(address)
      socket.write(`${address} ${found}\n`)
    }
    const found = letters.get(address)
    if (found === undefined) waiting.set(address, tell)
    else tell(found)
  })
}).listen(0, '127.0.0.1')

answerParent({
  async ports(): Promise<SinkPorts> {
    if (!smtp.server.listening) await once(smtp.server, 'listening')
    return { smtpPort: (smtp.server.address() as AddressInfo).port, lookUpPort: (lookUps.address() as AddressInfo).port }
  },
  count: () => count,
  /** `TOKEN CODE` of each address. */
  letters: ({ addresses }: { addresses: string[] }) => addresses.map((address) => letters.get(address) ?? ''),
  forget: () => letters.clear(),
})
