#!/usr/bin/env node
/** `linklatch`: runs the backend, or speaks to it. The only other reader of the environment and of argv is the demo's `serve.ts`. */
import { parseArgs } from 'node:util'
import { openAdminClient } from './admin/admin-client.ts'
import { eventCommands } from './admin/cli-events.ts'
import { makeKeys, rotate, showKeys } from './admin/cli-keys.ts'
import { siteCommands } from './admin/cli-sites.ts'
import { userCommands } from './admin/cli-users.ts'
import { options, refuseOtherOptions, type Command, type Values } from './admin/command.ts'
import { doctor } from './admin/doctor.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { createLog } from './log.ts'
import { chooseDelivery } from './delivery/choose-delivery.ts'
import { outboxDelivery } from './delivery/outbox.ts'
import { startBackend } from './main.ts'
import { startUntilSignal } from './stop-on-signal.ts'
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
type Other = Pick<Command, 'verb' | 'takes' | 'does'> & { topic: string; run(values: Values): Promise<void> }

const others: Other[] = [
  { topic: 'serve', verb: '', takes: '', does: 'run the backend (settings come from the environment, see docs/operations.md)', run: () => serve(readConfig(process.env)) },
  { topic: 'keys', verb: 'list', takes: '', does: 'list the signing keys and root secrets, and until when each is needed', run: () => showKeys(keys()) },
  {
    topic: 'keys',
    verb: 'rotate',
    takes: '[--after SECONDS]',
    does: 'make new keys, which begin in ten minutes unless you say otherwise; the old ones live out their time',
    run: ({ after }) => rotate(keys(), after),
  },
  { topic: 'keys', verb: 'new', takes: '', does: 'make keys where they were lost or taken away; everybody signs in again', run: () => makeKeys(keys()) },
  {
    topic: 'migrate',
    verb: '',
    takes: '--from DIR --to redis://HOST',
    does: 'move everything from a data directory to Redis, or back; run it again if it was cut off',
    async run({ from, to }) {
      const { runMigrate } = await import('./cli-migrate.ts')
      await runMigrate(from, to, print)
    },
  },
  {
    topic: 'doctor',
    verb: '',
    takes: '',
    does: 'look whether everything that the backend needs is there, and say what to do',
    async run() {
      if (!(await doctor(process.env, print))) process.exitCode = 1
    },
  },
]

const keys = () => ({ directory: readConfig(process.env).keysDir, now: Date.now() / 1000, print })

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const { help, version: asksVersion, ...given } = values
  const [topic = 'serve', ...words] = positionals
  if (help || topic === 'help') return print(usage())
  if (asksVersion) return print(version)
  const commands = Object.hasOwn(topics, topic) ? topics[topic] : undefined
  await (commands ? speak(topic, commands, words, given) : act(topic, words, given))
}

async function act(topic: string, words: string[], values: Values): Promise<void> {
  const ofTopic = others.filter((each) => each.topic === topic)
  if (ofTopic.length === 0) throw new Error(`there is no command "${topic}"; linklatch --help lists them`)
  const other = ofTopic.find(({ verb }) => words.join(' ') === verb)
  if (!other) throw new Error(`${topic} takes ${ofTopic.map(({ verb }) => verb || 'no more words').join(', ')}; linklatch --help shows them`)
  refuseOtherOptions([topic, ...words].join(' '), values, other)
  await other.run(values)
}

async function speak(topic: string, commands: Command[], words: string[], values: Values): Promise<void> {
  const command = commands.find(({ verb, args }) => (verb === '' ? words.length === args : words[0] === verb && words.length === args + 1))
  if (!command) throw new Error(`${topic} takes ${commands.map(({ verb, args, takes }) => [verb, ...takes.split(' ').slice(0, args)].filter(Boolean).join(' ') || 'nothing more').join(', ')}; linklatch --help shows them`)
  refuseOtherOptions([topic, command.verb].join(' ').trim(), values, command)
  const admin = await openAdminClient(readConfig(process.env))
  try {
    await command.run({ admin, args: words.slice(command.verb === '' ? 0 : 1), values, print })
  } finally {
    await admin.close()
  }
}

function usage(): string {
  const line = (words: string, does: string) => `  linklatch ${words}`.trimEnd() + (does && `\n      ${does}`)
  const shown = (topic: string, { verb, takes, does }: Pick<Command, 'verb' | 'takes' | 'does'>) => line([topic, verb, takes].filter(Boolean).join(' '), does)
  const [start, ...more] = others.map((other) => shown(other.topic === 'serve' ? '' : other.topic, other))
  return [
    `linklatch ${version}: magic-link sign-in for web sites\n`,
    start,
    ...Object.entries(topics).flatMap(([topic, commands]) => commands.map((command) => shown(topic, command))),
    ...more,
    line('--version | --help', ''),
    '\nThe commands for sites, users and events speak to the running backend (LINKLATCH_ADMIN_TOKEN has to be set for both), or open its data directory',
    'themselves while no backend runs. USER is an id or an address.',
  ].join('\n')
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  const backend = await startUntilSignal(async () => startBackend({ config, delivery: await chooseDelivery(config, outboxDelivery()), log }), {
    stopping: (signal) => log.info({ signal }, 'draining'),
    failed: (err) => log.error({ err }, 'stopped with an error'),
  })
  log.info({ publicUrl: config.publicUrl, port: backend.port, production: config.production }, 'listening')
  if (config.smtpUrl === undefined) log.warn({}, 'no LINKLATCH_SMTP_URL: mail stays in this process, where nobody reads it; npm start shows it on a sandbox page')
}

function complain(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`linklatch: ${text.replaceAll('\n', ' ')}\n`)
  process.exitCode = error instanceof ConfigError ? 78 : 1
}

run().catch((error: unknown) => {
  if (!(error instanceof EnoughRead)) complain(error)
})
