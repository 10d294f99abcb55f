/**
 * A backend in a process of its own, to be killed: prints its port and site, then each letter, a JSON object a line.
 * Arguments: its directory, and more of its environment as JSON.
 */
import { testBackend } from './backend.ts'

const [directory = '', env = '{}'] = process.argv.slice(2)
const backend = await testBackend({ directory, env: JSON.parse(env) as Record<string, string> })
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
backend.inbox.onLetter(({ to, text }) => print({ to, text }))
print({ port: backend.port, site: backend.site.id })
