/**
 * How a command reaches the admin API: the running backend's, or, while none runs, the same API over the data directory, served to this
 * command alone under a token that nobody else has.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import * as v from 'valibot'
import { createAdminApp } from '../app.ts'
import type { Config } from '../config.ts'
import { faultInWords } from '../faults.ts'
import { loadAssets } from '../http/assets.ts'
import { createLog } from '../log.ts'
import { openServices } from '../open-services.ts'
import { refuseOtherOwner } from '../owners.ts'
import { isHeld, StoreLocked } from '../store/lowdb/lock.ts'
import { keyFileName } from '../tokens/key-file.ts'
import { version } from '../version.ts'
import { ask, jsonIn, type Answer } from './ask.ts'

export type AdminClient = {
  /** `path` after `/admin/v1`. Rejects with the refusal in words. */
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown>
  /** Every item of a list, page by page, from `cursor` on. `path` has a `?`. */
  all(path: string, cursor?: string): AsyncGenerator<unknown>
  close(): Promise<void>
}

/** A refusal of the admin API, in words for a terminal. */
export class Refused extends Error {
  override readonly name = 'Refused'
  /** As `problems.ts` has them; nothing where the answer was none of the backend's. */
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(words: string, code: string | undefined, retryAfter: string | null) {
    super(words)
    this.code = code
    this.retryAfterSeconds = retryAfter === null || !/^\d+$/.test(retryAfter) ? undefined : Number(retryAfter)
  }
}

/** Rejects with a line that says what is missing. `assetsDirectory`: where the built script files are. */
export async function openAdminClient(config: Config, assetsDirectory = join(import.meta.dirname, '../../widget')): Promise<AdminClient> {
  const store = config.storeAddress ? undefined : join(config.dataDir, 'store')
  for (const until = performance.now() + patientMs; ; ) {
    // Asked first, so that root may speak to a backend whose files it must not touch.
    const held = store !== undefined && (await isHeld(store).catch(() => false))
    if (held && (await answers(config))) return overRunning(config)
    const client = held ? undefined : await unlessLocked(refuseToBegin(config, store).then(() => overOwnStore(config, assetsDirectory)))
    if (client) return client
    // Another command, or a backend that ends, has it for a moment.
    if (performance.now() > until) throw config.adminToken === undefined ? noToken() : noBackend(runningUrl(config))
    await wait(lookAgainMs)
  }
}

const patientMs = 3000
const lookAgainMs = 50

/** As long as the removal of a large site may take. */
const callMs = 300_000

const answers = (config: Config): Promise<boolean> => ask(`${runningUrl(config)}/healthz`, patientMs).then(({ text }) => v.is(health, jsonIn(text)), () => false)
const health = v.object({ status: v.literal('ok') })

function unlessLocked(client: Promise<AdminClient>): Promise<AdminClient | undefined> {
  return client.catch((error: unknown) => {
    if (error instanceof StoreLocked) return undefined
    throw error
  })
}

/** A command adds to what a backend has made, as its user. In a directory of its own it would answer with an empty store and other keys. */
async function refuseToBegin({ dataDir, keysDir }: Config, store: string | undefined): Promise<void> {
  if (store !== undefined) await refuseOtherOwner(store)
  if (store !== undefined && !existsSync(store)) throw new Error(`there is no store in ${dataDir}: set LINKLATCH_DATA_DIR to the backend’s, or start the backend once`)
  if (!existsSync(join(keysDir, keyFileName))) throw new Error(`there are no keys in ${keysDir}: set LINKLATCH_DATA_DIR and LINKLATCH_KEYS_DIR to the backend’s, or start the backend once`)
}

function overRunning(config: Config): AdminClient {
  if (config.adminToken !== undefined) return overHttp(runningUrl(config), config.adminToken)
  throw noToken()
}

const noToken = (): Error => new Error('a backend is running on this data directory: set the same LINKLATCH_ADMIN_TOKEN for it and for this command')
const noBackend = (url: string, cause?: unknown): Error => new Error(`a process has this data directory open, but no backend answers at ${url}: HOST and PORT have to be the same for it and for this command`, { cause })

/** Where a backend of this configuration listens, as seen from this machine. */
export function runningUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const seen = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${seen.includes(':') ? `[${seen}]` : seen}:${port}`
}

async function overOwnStore(config: Config, assetsDirectory: string): Promise<AdminClient> {
  const assets = await loadAssets(assetsDirectory, version)
  const adminToken = randomBytes(32).toString('base64url')
  const { services } = await openServices({ config: { ...config, adminToken }, log: createLog('silent') })
  const answer = createAdminApp(services, assets).callback()
  const server = createServer((req, res) => void answer(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await services.store.close()
  }
  return { ...overHttp(`http://127.0.0.1:${port}`, adminToken), close }
}

function overHttp(url: string, token: string): AdminClient {
  const call: AdminClient['call'] = async (method, path, body) => {
    const answer = await ask(`${url}/admin/v1${path}`, callMs, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw noBackend(url, cause)
    })
    if (answer.status < 200 || answer.status > 299) throw refused(path, answer)
    return answer.text === '' ? undefined : jsonIn(answer.text)
  }
  return { call, all: (path, cursor) => pages(call, path, cursor), close: () => Promise.resolve() }
}

async function* pages(call: AdminClient['call'], path: string, cursor = ''): AsyncGenerator<unknown> {
  const name = path.includes('/events?') ? 'after' : 'cursor'
  for (let next: string | undefined = cursor; next !== undefined; ) {
    const page: v.InferOutput<typeof list> = v.parse(list, await call('GET', `${path}&limit=100&${name}=${next}`))
    yield* page.items
    next = page.next
  }
}

const list = v.object({ items: v.array(v.unknown()), next: v.optional(v.string()) })
const problem = v.object({ code: v.optional(v.string()), detail: v.optional(v.string()), errors: v.optional(v.array(v.object({ field: v.string(), code: v.string() }))) })

function refused(path: string, { status, headers, text }: Answer): Refused {
  const body = v.parse(v.fallback(problem, {}), jsonIn(text))
  return new Refused(body.code === 'not_found' ? missing(path) : inWords(status, body), body.code, headers.get('retry-after'))
}

/** What the path names, and the backend has not. */
function missing(path: string): string {
  const [site = '', part, id] = path.replace(/\?.*/, '').split('/').slice(2).map(decodeURIComponent)
  const more = part === 'webhook' ? ', or it has no webhook' : id === undefined ? '' : `, or nobody there has the id ${JSON.stringify(id)}`
  return `there is no site ${JSON.stringify(site)}${more}: linklatch sites list shows the sites`
}

function inWords(status: number, { detail, errors = [] }: v.InferOutput<typeof problem>): string {
  if (status === 401) return 'the backend refused the token: set the same LINKLATCH_ADMIN_TOKEN for it and for this command'
  if (errors.length > 0) return errors.map(({ field, code }) => `${field === '' ? 'the request' : field} ${faultInWords(code)}`).join('; ')
  return detail ?? `the backend answered ${status}`
}
