#!/usr/bin/env node
/** `linklatch`: runs the backend, or speaks to it. The only other reader of the environment and of argv is the demo's `serve.ts`. */
import { parseArgs } from 'node:util'
import { addSite, listSites, removeSite, type SitesClient } from './admin/cli-sites.ts'
import { runMigrate } from './cli-migrate.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { createLog } from './log.ts'
import { chooseDelivery } from './delivery/choose-delivery.ts'
import { outboxDelivery } from './delivery/outbox.ts'
import { openSitesClient } from './admin/sites-client.ts'
import { startBackend } from './main.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { version } from './version.ts'

const usage = `linklatch ${version}: magic-link sign-in for web sites

  linklatch                    run the backend (settings come from the environment, see README.md)
  linklatch sites add --name NAME --origin https://shop.example --landing https://shop.example/
                               add a site and print the snippet to paste; --origin and --landing may come more than once,
                               --mode invite and --allowed-domain DOMAIN narrow who may sign in
  linklatch sites list         list the sites
  linklatch sites remove ID    remove a site with its users and sessions
  linklatch migrate --from DIR --to redis://HOST
                               move everything from a data directory to Redis, or back; run it again if it was cut off
  linklatch --version | --help

The sites commands speak to the running backend (LINKLATCH_ADMIN_TOKEN has to be set for both), or open its data directory themselves
while no backend runs.
`

const options = {
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  landing: { type: 'string', multiple: true },
  mode: { type: 'string' },
  'allowed-domain': { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return void process.stdout.write(usage)
  if (values.version) return void process.stdout.write(`${version}\n`)
  const [topic = 'serve', verb = '', id = ''] = positionals
  if (topic === 'serve') return serve(readConfig(process.env))
  const print = (text: string) => void process.stdout.write(`${text}\n`)
  if (topic === 'migrate') return runMigrate(values.from, values.to, print)
  if (topic !== 'sites') throw new Error(`there is no command "${topic}"; linklatch --help lists them`)
  if (verb === 'add') return withSites((sites) => addSite(sites, siteFrom(values), print))
  if (verb === 'list') return withSites((sites) => listSites(sites, print))
  if (verb === 'remove' && id !== '') return withSites((sites) => removeSite(sites, id, print))
  throw new Error(`sites takes add, list or remove ID; linklatch --help shows them`)
}

type Values = { name?: string; origin?: string[]; landing?: string[]; mode?: string; 'allowed-domain'?: string[] }

function siteFrom(values: Values): object {
  if (!values.name || !values.origin) throw new Error('sites add needs --name and at least one --origin')
  return {
    name: values.name,
    origins: values.origin,
    ...(values.landing && { landing_urls: values.landing }),
    ...(values.mode && { mode: values.mode }),
    ...(values['allowed-domain'] && { allowed_domains: values['allowed-domain'] }),
  }
}

async function withSites(act: (sites: SitesClient) => Promise<void>): Promise<void> {
  const sites = await openSitesClient(readConfig(process.env))
  try {
    await act(sites)
  } finally {
    await sites.close()
  }
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

run().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`linklatch: ${text.replaceAll('\n', ' ')}\n`)
  process.exitCode = error instanceof ConfigError ? 78 : 1
})
