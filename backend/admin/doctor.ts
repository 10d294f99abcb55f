/** `linklatch doctor`: looks at everything the backend needs, changes nothing, and says of each line what to do. */
import { access, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { readConfig, type Config, type Environment } from '../config.ts'
import { chooseDelivery } from '../delivery/choose-delivery.ts'
import { outboxDelivery } from '../delivery/outbox.ts'
import { strangeOwner } from '../owners.ts'
import { isLoopbackHost } from '../sites/origins.ts'
import { isHeld } from '../store/lowdb/lock.ts'
import { knownKeysIn, openStore } from '../store/open-store.ts'
import { readKeyFile, type KeyFile } from '../tokens/key-file.ts'
import { listKeys } from '../tokens/key-life.ts'
import { relationOf, type Relation } from '../tokens/known-keys.ts'
import { runningUrl } from './admin-client.ts'
import { ask, jsonIn } from './ask.ts'
import { sitesFindings } from './doctor-sites.ts'

export type Finding = { mark: 'ok' | 'warn' | 'fail'; text: string }
type Check = (config: Config) => Promise<Finding[]>

const ok = (text: string): Finding => ({ mark: 'ok', text })
const warn = (text: string): Finding => ({ mark: 'warn', text })
const fail = (text: string): Finding => ({ mark: 'fail', text })

const answersWithinMs = 5000
/** A verifier allows a minute. */
const clockMaySeconds = 30
const yearSeconds = 31_536_000

/** Prints a line for each thing, and gives whether nothing failed. */
export async function doctor(env: Environment, print: (text: string) => void): Promise<boolean> {
  const findings = await examine(env)
  for (const { mark, text } of findings) print(`${mark.padEnd(5)} ${text}`)
  return findings.every(({ mark }) => mark !== 'fail')
}

export async function examine(env: Environment): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(env)
  } catch (error) {
    return [fail(`settings: ${error instanceof Error ? error.message : String(error)}`)]
  }
  const found = [settings(config)]
  for (const check of [directories, owners, keys, process, sitesFindings, publicAddress, mail]) found.push(await check(config))
  return found.flat()
}

function settings({ production, adminToken, publicUrl, proxyHops }: Config): Finding[] {
  const { protocol, hostname } = new URL(publicUrl)
  return [
    production ? ok('settings are whole, for production') : warn('settings are whole, for development: set NODE_ENV=production where others sign in'),
    adminToken === undefined ? warn('the admin API is off: set LINKLATCH_ADMIN_TOKEN to use it, and commands while the backend runs') : ok('the admin API is on'),
    protocol === 'https:' && proxyHops === 0
      ? warn('the public URL is https, which takes a proxy in front, and LINKLATCH_PROXY_HOPS is 0: limits would count the proxy as the one client')
      : ok(`proxies in front that are counted: ${proxyHops}`),
    ...(proxyHops > 0 && isLoopbackHost(hostname) ? [warn('the public URL is on loopback, and LINKLATCH_PROXY_HOPS is not 0: anybody here may say where they come from')] : []),
  ]
}

const directories: Check = async ({ dataDir, keysDir, storeAddress }) => {
  const store = storeAddress ? [] : [join(dataDir, 'store')]
  const looked = [...new Set([dataDir, ...store, keysDir])].map(async (path) => {
    const mode = await stat(path).then((found) => found.mode & 0o777, (error: NodeJS.ErrnoException) => (error.code === 'EACCES' ? 'hidden' : undefined))
    if (mode === 'hidden') return fail(`${path} cannot be seen by this user: run this as the user that the backend runs as`)
    if (mode === undefined) return warn(`${path} is not there: the first start makes it`)
    const refusal = await access(path, constants.W_OK).then(() => undefined, ({ code }: NodeJS.ErrnoException) => code)
    if (refusal !== undefined) return fail(`${path} cannot be written to (${refusal}): is its file system read-only, or does it belong to another user?`)
    if ((mode & 0o077) === 0) return ok(`${path} is its owner’s alone`)
    const text = `${path} has mode 0${mode.toString(8)}, so others can look into it: run chmod 0700 on it`
    return path === keysDir ? fail(text) : warn(text)
  })
  return Promise.all(looked)
}

/** Files are 0600: what another user has left, as root does by a start or a command of its own, stops the backend's next start. */
const owners: Check = async ({ dataDir, keysDir }) => {
  // A volume may be root's, and by its group the backend's.
  const isRoots = await stat(dataDir).then(({ uid }) => uid === 0, () => true)
  const looked = await Promise.all([isRoots ? join(dataDir, 'store') : dataDir, keysDir].map((directory) => strangeOwner(directory)))
  const found = looked.filter((text) => text !== undefined)
  return found.length === 0 ? [ok('no file of the store or of the keys belongs to another user')] : found.map(fail)
}

const keys: Check = async (config) => {
  const { keysDir, dataDir, storeAddress } = config
  if (!(await isThere(join(keysDir, 'keys.json')))) return [await noKeys(config)]
  try {
    const keyFile = await readKeyFile(keysDir)
    return [age(keyFile), ...(storeAddress ? [] : relation(keyFile, await knownKeysIn(dataDir).read()))]
  } catch (error) {
    return [fail(`keys: ${error instanceof Error ? error.message : String(error)}`)]
  }
}

function age(keyFile: KeyFile): Finding {
  const now = Date.now() / 1000
  const signing = listKeys(keyFile, now).filter(({ kind }) => kind === 'signing key')
  const signer = signing.find(({ state }) => state === 'in use')
  if (!signer) return warn('no signing key has begun yet by this clock: is it right?')
  if (now - signer.signsFrom > yearSeconds) return warn('the signing key is older than a year: linklatch keys rotate makes a new one and signs nobody out')
  return ok(`the keys are whole; ${signing.length} signing keys are published`)
}

/** What is to be said of the keys beside a store that was used with `known`. */
function relation(keyFile: KeyFile, known: string | undefined): Finding[] {
  const findings: Record<Relation, Finding[]> = {
    same: [],
    changed: [warn('the keys take the place of others: from the next start on, what was made with those is refused, and those people sign in again')],
    other: [fail('keys.json is of another store: no backend starts on the sites of this one with it. Bring its own back; where it is lost, move this file away and run linklatch keys new, and everybody signs in again')],
  }
  return findings[relationOf(keyFile, known)]
}

async function noKeys({ dataDir, keysDir, storeAddress }: Config): Promise<Finding> {
  if (storeAddress || !(await isThere(join(dataDir, 'store')))) return warn('there are no keys: the first start makes them; where there was one already, bring them back, or linklatch keys new makes others and everybody signs in again')
  return fail(`there is a store, and no keys.json in ${keysDir}: no backend starts on its sites without. Bring the file back; or linklatch keys new makes others, and everybody signs in again`)
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)

/** Whether a backend runs, and answers where this configuration says. */
const process: Check = async (config) => {
  if (config.storeAddress) return redis(config)
  const directory = join(config.dataDir, 'store')
  if (!(await isThere(directory))) return [ok('no backend has run here yet')]
  if (!(await isHeld(directory))) return [warn('no backend runs on this data directory; commands open it themselves')]
  const url = runningUrl(config)
  const answer = await answerOf(`${url}/readyz`)
  if (!v.is(readiness, jsonIn(answer?.text ?? ''))) return [fail(`a backend holds the data directory, but does not answer at ${url}: HOST and PORT have to be the same for it and for this command`)]
  if (answer?.status !== 200) return [fail(`the backend at ${url} is not ready: ${answer?.text}`)]
  return [ok(`the backend answers at ${url}, and its store takes changes`)]
}

/** What `/readyz` says, whichever way it is. */
const readiness = v.object({ store: v.boolean(), mail: v.boolean() })

async function redis(config: Config): Promise<Finding[]> {
  try {
    const { store, knownKeys } = await openStore(config)
    const known = await store.ready().then(() => knownKeys.read()).finally(() => store.close())
    // What is wrong with the file itself is said elsewhere.
    const keyFile = await readKeyFile(config.keysDir).catch(() => undefined)
    return [ok('Redis is set as it has to be, and takes changes'), ...(keyFile ? relation(keyFile, known) : [])]
  } catch (error) {
    return [fail(`store: ${error instanceof Error ? error.message : String(error)}`)]
  }
}

const publicAddress: Check = async ({ publicUrl }) => {
  const answer = await answerOf(`${publicUrl}/.well-known/openid-configuration`)
  if (!answer) return [warn(`${publicUrl} does not answer from here: browsers have to reach it (name, certificate, proxy, firewall)`)]
  if (answer.status !== 200 || !answer.text.includes(JSON.stringify(publicUrl))) {
    return [fail(`${publicUrl} answers ${answer.status}, and not as this backend: the proxy leads elsewhere, or LINKLATCH_PUBLIC_URL is not what the backend was started with`)]
  }
  const apart = answer.date === undefined ? 0 : Math.abs(answer.date - Date.now() / 1000)
  const clock = apart <= clockMaySeconds ? ok('the clock agrees with the public address’s') : fail(`the clock is ${Math.round(apart)} s apart from the public address’s: set up time synchronisation (NTP)`)
  return [ok(`${publicUrl} leads here`), clock]
}

const mail: Check = async (config) => {
  if (config.smtpUrl === undefined) return [warn('no mail server is set: mail stays in the built-in inbox (LINKLATCH_SMTP_URL)')]
  try {
    const delivery = await chooseDelivery(config, outboxDelivery())
    const ready = await delivery.ready().finally(() => delivery.close())
    return [ready ? ok('the mail server takes the connection and the login') : fail('the mail server cannot be spoken to: check LINKLATCH_SMTP_URL, its certificate, user and password')]
  } catch (error) {
    return [fail(`mail: ${error instanceof Error ? error.message : String(error)}`)]
  }
}

async function answerOf(url: string): Promise<{ status: number; text: string; date?: number } | undefined> {
  const answer = await ask(url, answersWithinMs).catch(() => undefined)
  const date = Date.parse(answer?.headers.get('date') ?? '') / 1000
  return answer && { status: answer.status, text: answer.text.slice(0, 2000), ...(Number.isFinite(date) && { date }) }
}
