#!/usr/bin/env node
/** `linklatch`: runs the backend, or speaks to it. The only other reader of the environment and of argv is the demo's `serve.ts`. */
import { parseArgs } from 'node:util'
import { openAdminClient } from './admin/admin-client.ts'
import { eventCommands } from './admin/cli-events.ts'
import { makeKeys, rotate, showKeys } from './admin/cli-keys.ts'
import { siteCommands } from './admin/cli-sites.ts'
import { userCommands } from './admin/cli-users.ts'
import { options, type Command, type Values } from './admin/command.ts'
import { doctor } from './admin/doctor.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { createLog } from './log.ts'
import { chooseDelivery } from './delivery/choose-delivery.ts'
import { outboxDelivery } from './delivery/outbox.ts'
import { startBackend } from './main.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { version } from './version.ts'

/** Whoever read the output has enough, as `head` does: what is open is closed, and nobody is told. */
class EnoughRead extends Error {}

let isRead = true
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  isRead = false
  if (error.code !== 'EPIPE') complain(error)
})

function print(text: string): void {
  if (!isRead) throw new EnoughRead()
  process.stdout.write(`${text}\n`)
}

/** What goes through the admin API. */
const topics: Record<string, Command[]> = { sites: siteCommands, users: userCommands, events: eventCommands }

/** What does not. */
const others: Record<string, (verb: string, values: Values) => Promise<void>> = {
  async serve() {
    await serve(readConfig(process.env))
  },
  async keys(verb, { after }) {
    const keys = { directory: readConfig(process.env).keysDir, now: Date.now() / 1000, print }
    if (verb === 'list') return showKeys(keys)
    if (verb === 'rotate') return rotate(keys, after)
    if (verb === 'new') return makeKeys(keys)
    throw new Error('keys takes list, rotate or new; linklatch --help shows them')
  },
  async migrate(_verb, { from, to }) {
    const { runMigrate } = await import('./cli-migrate.ts')
    await runMigrate(from, to, print)
  },
  async doctor() {
    if (!(await doctor(process.env, print))) process.exitCode = 1
  },
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return print(usage())
  if (values.version) return print(version)
  const [topic = 'serve', ...words] = positionals
  const commands = Object.hasOwn(topics, topic) ? topics[topic] : undefined
  if (commands) return speak(topic, commands, words, values)
  const other = Object.hasOwn(others, topic) ? others[topic] : undefined
  if (!other) throw new Error(`there is no command "${topic}"; linklatch --help lists them`)
  await other(words[0] ?? '', values)
}

async function speak(topic: string, commands: Command[], words: string[], values: Values): Promise<void> {
  const command = commands.find(({ verb, args }) => (verb === '' ? words.length === args : words[0] === verb && words.length === args + 1))
  if (!command) throw new Error(`${topic} takes ${commands.map(({ verb, args, takes }) => [verb, ...takes.split(' ').slice(0, args)].filter(Boolean).join(' ') || 'nothing more').join(', ')}; linklatch --help shows them`)
  const admin = await openAdminClient(readConfig(process.env))
  try {
    await command.run({ admin, args: words.slice(command.verb === '' ? 0 : 1), values, print })
  } finally {
    await admin.close()
  }
}

function usage(): string {
  const line = (words: string, does: string) => `  linklatch ${words}`.trimEnd() + (does && `\n      ${does}`)
  const spoken = Object.entries(topics).flatMap(([topic, commands]) => commands.map(({ verb, takes, does }) => line([topic, verb, takes].filter(Boolean).join(' '), does)))
  return [
    `linklatch ${version}: magic-link sign-in for web sites\n`,
    line('', 'run the backend (settings come from the environment, see docs/operations.md)'),
    ...spoken,
    line('keys list', 'list the signing keys and root secrets, and until when each is needed'),
    line('keys rotate [--after SECONDS]', 'make new keys, which begin in ten minutes unless you say otherwise; the old ones live out their time'),
    line('keys new', 'make keys where they were lost or taken away; everybody signs in again'),
    line('migrate --from DIR --to redis://HOST', 'move everything from a data directory to Redis, or back; run it again if it was cut off'),
    line('doctor', 'look whether everything that the backend needs is there, and say what to do'),
    line('--version | --help', ''),
    '\nThe commands for sites, users and events speak to the running backend (LINKLATCH_ADMIN_TOKEN has to be set for both), or open its data directory',
    'themselves while no backend runs. USER is an id or an address.',
  ].join('\n')
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const backend = await startBackend({ config, delivery: await chooseDelivery(config, outboxDelivery()), log })
  log.info({ publicUrl: config.publicUrl, port: backend.port, production: config.production }, 'listening')
  if (config.smtpUrl === undefined) log.warn({}, 'no LINKLATCH_SMTP_URL: mail stays in this process, where nobody reads it; npm start shows it on a sandbox page')
  stopOnSignal(
    (signal) => {
      log.info({ signal }, 'draining')
      return backend.stop()
    },
    (err) => log.error({ err }, 'stopped with an error'),
  )
}

function complain(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`linklatch: ${text.replaceAll('\n', ' ')}\n`)
  process.exitCode = error instanceof ConfigError ? 78 : 1
}

run().catch((error: unknown) => {
  if (!(error instanceof EnoughRead)) complain(error)
})
