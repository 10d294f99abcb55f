/**
 * A backend in a process of its own, to be killed or asked to end: prints its port and site, then each letter, a JSON object a line.
 * Arguments: its directory, more of its environment as JSON, and `hangs` where mails are taken and never handed over.
 */
import { byOrder } from '../delivery/letter-order.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import { testBackend } from './backend.ts'

const [directory = '', env = '{}', mode] = process.argv.slice(2)
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
const hanging = byOrder({
  deliver({ to, text }) {
    print({ to, text })
    return new Promise(() => undefined)
  },
  ready: () => Promise.resolve(true),
  close: () => Promise.resolve(),
})
const backend = await testBackend({ directory, env: JSON.parse(env) as Record<string, string>, ...(mode === 'hangs' && { delivery: hanging }) })
backend.inbox.onLetter(({ to, text }) => print({ to, text }))
stopOnSignal(() => backend.stop(), (error) => console.error(error))
print({ port: backend.port, site: backend.site.id })
