/** `npm start`: the backend and, on another site, the sandbox page with its inbox. In production mode the backend alone. */
import { join } from 'node:path'
import { readConfig } from '../backend/config.ts'
import type { Config } from '../backend/config.ts'
import { chooseDelivery } from '../backend/delivery/choose-delivery.ts'
import { outboxDelivery } from '../backend/delivery/outbox.ts'
import { startBackend } from '../backend/main.ts'
import type { Backend } from '../backend/main.ts'
import { stopOnSignal } from '../backend/stop-on-signal.ts'
import { startSandbox } from './sandbox/host.ts'
import { sandboxSite } from './sandbox/site.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

async function serve(): Promise<void> {
  const config = readConfig({ LINKLATCH_LOG_LEVEL: 'warn', ...process.env })
  const outbox = outboxDelivery()
  const backend = await startBackend({ config, delivery: await chooseDelivery(config, outbox) })
  const stops = [() => backend.stop()]
  stopOnSignal(() => stopAll(stops), fail)
  if (config.production) return say(`Backend: ${backend.publicUrl}`)
  const sandbox = await startSandboxBeside(backend, config, outbox).catch(async (error: unknown) => {
    await backend.stop()
    throw error
  })
  stops.unshift(() => sandbox.stop())
  say(`Backend: ${backend.publicUrl}`)
  say(`Sandbox: ${sandbox.url}`)
  if (config.adminToken !== undefined) say(`Console: ${backend.publicUrl}/console`)
}

async function startSandboxBeside(backend: Backend, config: Config, outbox: ReturnType<typeof outboxDelivery>) {
  const port = sandboxPort(process.env.SANDBOX_PORT)
  const site = await sandboxSite(backend.services, `http://127.0.0.1:${port}`)
  const backendHost = config.host.includes(':') ? `[${config.host}]` : config.host.replace('0.0.0.0', '127.0.0.1')
  return startSandbox({
    port,
    server: backend.publicUrl,
    siteId: site.id,
    outbox,
    reach: `http://${backendHost}:${backend.port}`,
    pages: join(import.meta.dirname, 'sandbox/page'),
    ...(config.smtpUrl !== undefined && { note: 'Mail goes out through LINKLATCH_SMTP_URL: look in the mailbox itself.' }),
  })
}

function sandboxPort(text = '4700'): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65536) return port
  throw new Error(`SANDBOX_PORT is ${JSON.stringify(text)}: it takes a port from 1 to 65535`)
}

async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
  for (const one of stops) await one()
}

function fail(error: unknown): void {
  process.stderr.write(`linklatch: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

serve().catch(fail)
