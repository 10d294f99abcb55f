/** A backend in a process of its own, to be killed: prints its port and site, then each letter, a JSON object a line. */
import { testBackend } from './backend.ts'

const backend = await testBackend({ directory: process.argv[2] ?? '' })
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
backend.inbox.onLetter(({ to, text }) => print({ to, text }))
print({ port: backend.port, site: backend.site.id })
