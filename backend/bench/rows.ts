/** What is measured: each step of a sign-in, in batches, between two slices of bare Koa, so that the machine's noise meets both. */
import type { Child } from './child.ts'
import type { Answer } from './connection.ts'
import type { Done, FlowJob, Job } from './load-process.ts'
import * as requests from './requests.ts'
import type { Person } from './requests.ts'
import type { Backend, Stage } from './stage.ts'
import type { Usage } from './usage.ts'
import type { RedisServer } from '../testing/redis-server.ts'

export const rowNames = ['start', 'open link', 'approve', 'claim by approval', 'claim by arrival', 'claim by code', 'refresh', 'whole sign-in'] as const
export type RowName = (typeof rowNames)[number]

const afterStart = new Set<RowName>(rowNames.slice(1, -1))

/** One row, once. `ratio` is its rate to that of bare Koa just before and after it, `cpuRatio` the processor time of a request likewise. */
export type Slice = { row: RowName; store: string; perSecond: number; ratio: number; latenciesMs: number[]; cpuMicroseconds: number; cpuRatio: number; /** Of Redis itself, for one request. */ redisMicroseconds?: number }

export type Size = {
  connections: number
  /** Sign-ins in one batch. */
  batch: number
  /** Requests to bare Koa in one slice. */
  bare: number
}

type Bare = 'post' | 'get'
export type BareSlice = { kind: Bare; perSecond: number; cpuMicroseconds: number }
type Counted = { done: Done; cpu: number; redisCpu: number | undefined }
type Measured = { row: RowName; against: Bare; list: string[]; status: number }

export class Rows {
  readonly #stage: Stage
  readonly #size: Size
  readonly #wanted: readonly RowName[]
  readonly #deadline: number
  readonly slices: Slice[] = []
  readonly bare: BareSlice[] = []
  #names = 0

  /**
   * @param options.wanted what is measured: other steps are only taken where one of these needs them
   * @param options.deadline by `performance.now()`: when to give up, should something never come
   */
  constructor(stage: Stage, size: Size, { wanted = rowNames, deadline = Infinity }: { wanted?: readonly RowName[]; deadline?: number } = {}) {
    this.#stage = stage
    this.#size = size
    this.#wanted = wanted
    this.#deadline = deadline
  }

  /** To warm up: what is measured meanwhile is forgotten. */
  async uncounted(run: () => Promise<void>): Promise<void> {
    const [slices, bare] = [this.slices.length, this.bare.length]
    await run()
    this.slices.length = slices
    this.bare.length = bare
  }

  /** All steps that are wanted, once. */
  async round(backend: Backend): Promise<void> {
    if (this.#wanted.some((row) => row !== 'whole sign-in')) await this.#batch(backend)
    if (this.#wanted.includes('whole sign-in')) await this.#flows(backend)
  }

  /** A batch of sign-ins from the first request to the refreshed session. Every link is used once, and shown to be dead after that. */
  async #batch(backend: Backend): Promise<void> {
    const host = backend.opened
    const people = Array.from({ length: this.#size.batch }, () => requests.newPerson(this.#newName()))
    const started = await this.#measure(backend, { row: 'start', against: 'post', list: people.map((person) => requests.startSignIn(host, person)), status: 202 })
    const letters = await this.#mails(people)
    if (!this.#wanted.some((row) => afterStart.has(row))) return
    const links = letters.map(({ token }) => requests.openLink(host, token))
    const opened = await this.#measure(backend, { row: 'open link', against: 'get', list: links, status: 303 })
    const claimed = await this.#claims(backend, people.map((person, index) => ({ person, ...startedAs(started[index]), ...letters[index], arrival: requests.arrivalOf(opened[index] ?? nobody) })))
    const sessions = new Set(claimed.map(sessionIdOf))
    if (sessions.size !== people.length) throw new Error(`${people.length} links gave ${sessions.size} sessions`)
    await this.#measure(backend, { row: 'refresh', against: 'get', list: claimed.map((answer) => requests.refresh(host, requests.cookieOf(answer))), status: 200 })
    const again = await this.#load({ ports: backend.ports, connections: this.#size.connections, requests: links })
    if (again.answers.some(({ status }) => status !== 410)) throw new Error('a link that was used is not dead')
  }

  /** Whole sign-ins, one step after another on each connection, the mail included. */
  async #flows(backend: Backend): Promise<void> {
    const job: FlowJob = { ...backend.opened, ports: backend.ports, lookUpPort: this.#stage.lookUpPort, connections: this.#size.connections, count: Math.ceil(this.#size.batch / 4), name: this.#newName() }
    const done = await this.#beside('post', backend, 'whole sign-in', () => this.#stage.load.ask<Done>('runFlows', job))
    if (new Set(done.answers.map(sessionIdOf)).size !== job.count) throw new Error('not every sign-in gave a session of its own')
  }

  async #claims(backend: Backend, all: Claimable[]): Promise<Answer[]> {
    const host = backend.opened
    const third = Math.ceil(all.length / 3)
    const [byArrival, byCode, byApproval] = [all.slice(0, third), all.slice(third, 2 * third), all.slice(2 * third)]
    const arrived = await this.#measure(backend, { row: 'claim by arrival', against: 'get', list: byArrival.map(({ person, arrival }) => requests.claimByArrival(host, arrival, person)), status: 200 })
    const coded = await this.#measure(backend, { row: 'claim by code', against: 'get', list: byCode.map(({ person, id, code = '' }) => requests.claimByCode(host, id, code, person)), status: 200 })
    await this.#measure(backend, { row: 'approve', against: 'get', list: byApproval.map(({ token = '', number }) => requests.approve(host, token, number)), status: 200 })
    const approved = await this.#measure(backend, { row: 'claim by approval', against: 'get', list: byApproval.map(({ person, id }) => requests.claimByApproval(host, id, person)), status: 200 })
    return [...arrived, ...coded, ...approved]
  }

  async #mails(people: Person[]): Promise<{ token: string; code: string }[]> {
    const addresses = people.map(({ email }) => email)
    for (;;) {
      const letters = await this.#stage.sink.ask<string[]>('letters', { addresses })
      if (performance.now() > this.#deadline) throw new Error(`${letters.filter((letter) => letter === '').length} of ${letters.length} mails have not come in time`)
      if (letters.every((letter) => letter !== '')) return letters.map((letter) => ({ token: letter.split(' ')[0] ?? '', code: letter.split(' ')[1] ?? '' }))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async #measure(backend: Backend, { row, against, list, status }: Measured): Promise<Answer[]> {
    const load = () => this.#load({ ports: backend.ports, connections: this.#size.connections, requests: list })
    const done = this.#wanted.includes(row) ? await this.#beside(against, backend, row, load) : await load()
    const odd = done.answers.find((answer) => answer.status !== status)
    if (odd) throw new Error(`${row}: answered ${odd.status} and not ${status}: ${odd.body}`)
    return done.answers
  }

  async #beside(against: Bare, backend: Backend, row: RowName, load: () => Promise<Done>): Promise<Done> {
    const before = await this.#bare(against)
    const { done, ...used } = await this.#counted(backend.processes, load, backend.server)
    this.#note({ row, backend, done, ...used, bare: [before, await this.#bare(against)] })
    return done
  }

  #note({ row, backend, done, cpu, redisCpu, bare }: Counted & { row: RowName; backend: Backend; bare: BareSlice[] }): void {
    const perSecond = done.latenciesMs.length / done.seconds
    const cpuMicroseconds = cpu / done.latenciesMs.length
    const [bareRate, bareCpu] = [mean(bare.map((slice) => slice.perSecond)), mean(bare.map((slice) => slice.cpuMicroseconds))]
    this.slices.push({ row, store: backend.name, perSecond, ratio: perSecond / bareRate, latenciesMs: done.latenciesMs, cpuMicroseconds, cpuRatio: cpuMicroseconds / bareCpu, ...(redisCpu !== undefined && { redisMicroseconds: redisCpu / done.latenciesMs.length }) })
  }

  /** `cpu` is of all these processes together. */
  async #counted(children: Child[], work: () => Promise<Done>, server?: RedisServer): Promise<Counted> {
    const [before, redisBefore] = [await cpuOf(children), await redisCpuOf(server)]
    const done = await work()
    const redisCpu = redisBefore === undefined ? undefined : ((await redisCpuOf(server)) ?? NaN) - redisBefore
    return { done, cpu: (await cpuOf(children)) - before, redisCpu }
  }

  /** Bare Koa right now. */
  async #bare(kind: Bare): Promise<BareSlice> {
    const { bare, barePort } = this.#stage
    const list = [kind === 'post' ? requests.barePost() : requests.bareGet()]
    const { done, cpu } = await this.#counted([bare], () => this.#load({ ports: [barePort], connections: this.#size.connections, requests: list, times: this.#size.bare }))
    const slice = { kind, perSecond: this.#size.bare / done.seconds, cpuMicroseconds: cpu / this.#size.bare }
    this.bare.push(slice)
    return slice
  }

  #load(job: Job): Promise<Done> {
    return this.#stage.load.ask<Done>('run', job)
  }

  #newName(): string {
    return `person-${(this.#names += 1)}`
  }
}

async function cpuOf(children: Child[]): Promise<number> {
  const used = await Promise.all(children.map((child) => child.ask<Usage>('usage')))
  return used.reduce((sum, { cpuMicroseconds }) => sum + cpuMicroseconds, 0)
}

/** Its main thread and those that write beside it. */
async function redisCpuOf(server: RedisServer | undefined): Promise<number | undefined> {
  const info = await server?.ask('INFO', 'cpu')
  const of = (name: string) => Number(new RegExp(`^${name}:(.*)`, 'm').exec(info ?? '')?.[1])
  return info === undefined ? undefined : (of('used_cpu_user') + of('used_cpu_sys')) * 1e6
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

type Claimable = { person: Person; id: string; number: string; token?: string; code?: string; arrival: string }

const nobody: Answer = { status: 0, head: '', body: '' }

function startedAs(answer: Answer = nobody): { id: string; number: string } {
  return JSON.parse(answer.body) as { id: string; number: string }
}

/** The session that an access token speaks of. */
function sessionIdOf({ body }: Answer): string {
  const { access_token } = JSON.parse(body) as { access_token: string }
  return (JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid
}
