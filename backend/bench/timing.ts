/**
 * `npm run bench:timing`: can who may sign in be told by time (R14)? Starts sign-ins for each class of address in random order against a
 * backend in a process of its own, and prints for each class how well it can be told from a member: by the answer, by a request sent right
 * after it (who writes a letter is busy), by when the stream says `sent`, and by the answer to `vouch`, asked with a mark that is somebody
 * else's. 0.5 is "not at all"; the goal is below 0.55.
 *
 * Arguments: `--rounds N` starts for each class (default 400), `--short` for 100 of them. Exit code 1 above the goal, or above what chance
 * alone does to so few.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SMTPServer } from 'smtp-server'
import { areaUnderCurve, chanceAlone, median } from './rank.ts'
import { classes, closedOrigin, openOrigin, mailsAnAddress, overBudgetAddresses, type Class, type ClassName, type Seeded } from './timing-classes.ts'

const goal = 0.55
/** The first ones meet cold caches and a compiler at work. */
const warmUpRounds = 15
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '400' }, short: { type: 'boolean', default: false } } })
const rounds = values.short ? 100 : Number(values.rounds)

type Kind = (typeof kinds)[number]
const kinds = ['answer', 'next request', 'sent', 'vouch'] as const
const samples = new Map<string, number[]>()
const keep = (name: ClassName, kind: Kind, value: number) => void samples.set(`${name} ${kind}`, [...sampleOf(name, kind), value])
const sampleOf = (name: ClassName, kind: Kind) => samples.get(`${name} ${kind}`) ?? []

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Milliseconds from the request to the end of its answer. */
function timed(url: string, path: string, sent?: { origin: string; body: object; headers?: Record<string, string> }): Promise<{ ms: number; text: string }> {
  const body = sent && JSON.stringify(sent.body)
  const headers = sent ? { ...sent.headers, Origin: sent.origin, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body ?? '') } : {}
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const asking = request(url + path, { method: sent ? 'POST' : 'GET', agent, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => resolve({ ms: performance.now() - startedAt, text }))
    })
    asking.on('error', reject).end(body)
  })
}

/** Milliseconds until the stream of that sign-in says `status`, from `since` on. */
function untilTold(url: string, id: string, status: string, since: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the stream never said ${status}`)), 30_000)
    const asking = request(`${url}/v1/sign-ins/${id}/events`, { agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (!text.includes(`"${status}"`)) return
        clearTimeout(late)
        resolve(performance.now() - since)
        asking.destroy()
      })
    })
    asking.on('error', () => undefined).end()
  })
}

const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')

function timedVouch({ url, ...sites }: Seeded, site: 'closed' | 'open', id: string): Promise<{ ms: number }> {
  const mark = `${'s'.repeat(22)}.${Math.floor(Date.now() / 1000)}.${'m'.repeat(43)}`
  const headers = { 'Sec-Fetch-Site': 'same-origin', Cookie: `__Host-mark-linklatch-${sites[site]}=${mark}` }
  return timed(url, `/v1/sign-ins/${id}/vouch`, { origin: url, body: { verifier }, headers })
}

async function measure(seeded: Seeded, { name, site, address, end }: Class, nth: number, kept: boolean): Promise<void> {
  const origin = site === 'closed' ? closedOrigin : openOrigin
  const startedAt = performance.now()
  const { ms, text } = await timed(seeded.url, '/v1/sign-ins', { origin, body: { site: seeded[site], email: address(nth), challenge } })
  const next = await timed(seeded.url, '/healthz')
  const { id } = JSON.parse(text) as { id: string }
  const told = await untilTold(seeded.url, id, end, startedAt)
  const vouch = await timedVouch(seeded, site, id)
  if (!kept) return
  keep(name, 'answer', ms)
  keep(name, 'next request', next.ms)
  keep(name, 'sent', told)
  keep(name, 'vouch', vouch.ms)
}

async function spendBudgets(seeded: Seeded): Promise<void> {
  const often = classes.find(({ name }) => name === 'over mail budget')
  for (let nth = 0; nth < overBudgetAddresses * mailsAnAddress; nth += 1) {
    await timed(seeded.url, '/v1/sign-ins', { origin: closedOrigin, body: { site: seeded.closed, email: often?.address(nth), challenge } })
  }
}

async function measureAll(seeded: Seeded): Promise<void> {
  await spendBudgets(seeded)
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const each of shuffled(classes)) await measure(seeded, each, round + warmUpRounds, round >= 0)
    if (round % 50 === 0) process.stderr.write(`${Math.max(0, round)} of ${rounds} rounds\r`)
  }
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((item) => ({ item, by: Math.random() })).sort((a, b) => a.by - b.by).map(({ item }) => item)
}

/** A mail server that takes everything, in 2 to 10 ms a letter. */
async function mailServer(): Promise<{ port: number; close(): void }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, _session, done) => {
      stream.on('end', () => setTimeout(done, 2 + 8 * Math.random())).resume()
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() }
}

async function startBackend(smtpPort: number): Promise<{ child: ChildProcess; seeded: Seeded }> {
  const addressesOf = (name: ClassName, count = rounds + warmUpRounds) => Array.from({ length: count }, (_, nth) => classes.find((each) => each.name === name)?.address(nth) ?? '')
  const seeds = { members: [...addressesOf('member'), ...addressesOf('over mail budget', overBudgetAddresses)], blocked: addressesOf('blocked'), outside: addressesOf('domain not allowed'), known: addressesOf('known (open site)') }
  const script = fileURLToPath(new URL('timing-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(smtpPort), JSON.stringify(seeds)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, seeded: JSON.parse(line) as Seeded }
}

/** @returns whether every class stayed within the goal */
function report(): boolean {
  const allowed = Math.max(goal, chanceAlone(rounds, rounds))
  let well = true
  console.log(`${rounds} starts a class; area under the curve against the class it must look like (goal < ${goal}; chance alone stays below ${chanceAlone(rounds, rounds).toFixed(3)})\n`)
  console.log(`${'class'.padEnd(22)}${kinds.map((kind) => `${kind}: ms    AUC`.padStart(28)).join('')}`)
  for (const { name, like, end } of classes) {
    const cells = kinds.map((kind) => {
      // Past the budget the stream says so at once, to everybody: nothing about a member is in it.
      const comparable = name !== like && !(end === 'deferred' && kind !== 'answer')
      const area = comparable ? areaUnderCurve(sampleOf(name, kind), sampleOf(like, kind)) : undefined
      if (area !== undefined && area >= allowed) well = false
      return `${median(sampleOf(name, kind)).toFixed(2)}  ${area === undefined ? '    -' : area.toFixed(3)}`.padStart(28)
    })
    console.log(`${name.padEnd(22)}${cells.join('')}`)
  }
  return well
}

const mail = await mailServer()
const { child, seeded } = await startBackend(mail.port)
try {
  await measureAll(seeded)
  process.exitCode = report() ? 0 : 1
} finally {
  child.stdin?.end()
  await once(child, 'exit')
  mail.close()
  agent.destroy()
}
