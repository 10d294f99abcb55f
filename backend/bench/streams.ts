/**
 * `npm run bench:streams`: waiting pages in one process: what one takes of memory, and how soon it hears of an approval while people go
 * on signing in. `--streams 10000`, `--approvals 300`, `--per-second 100`.
 */
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { startChild } from './child.ts'
import type { Done, FlowJob } from './load-process.ts'
import { quantile } from './results.ts'
import { openStage, type Backend, type Stage } from './stage.ts'
import type { Waiting } from './stream-process.ts'
import type { Usage } from './usage.ts'

export type StreamsOptions = { streams: number; approvals: number; perSecond: number }
export type StreamsResult = { streams: number; kilobytesEach: number; p50Ms: number; p99Ms: number; signIns: number; /** Of those, a second. */ signInsPerSecond: number }

const perAddress = 50

export async function benchStreams({ streams, approvals, perSecond }: StreamsOptions): Promise<StreamsResult> {
  const stage = await openStage([{ name: 'lowdb', stored: 0 }])
  const holder = startChild('stream-process')
  try {
    const [backend] = stage.backends
    if (!backend) throw new TypeError('one backend was asked for')
    const ids = await backend.processes[0].ask<string[]>('makeWaiting', { count: streams })
    const before = await settledMemory(backend)
    await holder.ask('open', { port: backend.opened.port, ids, perAddress, firstAddress: 0 } satisfies Waiting)
    const kilobytesEach = ((await settledMemory(backend)) - before) / streams / 1000
    const seconds = Math.ceil(approvals / perSecond) + 1
    await signIn(stage, backend, { name: 'before', count: perSecond, perSecond })
    const signingIn = signIn(stage, backend, { name: 'meanwhile', count: seconds * perSecond, perSecond })
    const approved = ids.slice(0, approvals)
    const approvedAt = await backend.processes[0].ask<number[]>('approve', { ids: approved, perSecond })
    const { latenciesMs: { length: signIns }, seconds: took } = await signingIn
    const delays = await delaysOf(await holder.ask<number[]>('heard', { ids: approved }), approvedAt)
    return { streams, kilobytesEach, p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99), signIns, signInsPerSecond: signIns / took }
  } finally {
    await holder.stop()
    await stage.close()
  }
}

async function delaysOf(heardAt: number[], approvedAt: number[]): Promise<number[]> {
  if (heardAt.includes(0)) throw new Error('a waiting page never heard of its approval')
  return heardAt.map((heard, index) => heard - (approvedAt[index] ?? 0))
}

/** So many a second, whatever each takes. */
function signIn({ load, lookUpPort }: Stage, { opened, ports }: Backend, people: Pick<FlowJob, 'name' | 'count' | 'perSecond'>): Promise<Done> {
  return load.ask<Done>('runFlows', { ...opened, ports, lookUpPort, connections: 64, ...people } satisfies FlowJob)
}

/** After the heap has been swept, as far as it can be asked for. */
async function settledMemory({ processes: [process] }: Backend): Promise<number> {
  await process.ask('collectGarbage')
  return (await process.ask<Usage>('usage')).residentBytes
}

/** One connection is one file on each side. */
function openFilesAllowed(): number {
  const text = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'latin1' }).trim()
  return text === 'unlimited' ? Infinity : Number(text)
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { streams: { type: 'string' }, approvals: { type: 'string' }, 'per-second': { type: 'string' } } })
  const options = { streams: Number(values.streams ?? 10_000), approvals: Number(values.approvals ?? 300), perSecond: Number(values['per-second'] ?? 100) }
  const allowed = openFilesAllowed()
  if (allowed < options.streams + 200) throw new Error(`${options.streams} streams need ${options.streams + 200} open files and this shell allows ${allowed}: run ulimit -n ${options.streams + 200} first, or ask for fewer by --streams`)
  const { streams, kilobytesEach, p50Ms, p99Ms, signIns, signInsPerSecond } = await benchStreams(options)
  process.stdout.write(`${streams} waiting pages: ${kilobytesEach.toFixed(1)} kB of resident memory each; an approval is heard after ${p50Ms.toFixed(0)} ms (p50), ${p99Ms.toFixed(0)} ms (p99), while ${signIns} people sign in, ${signInsPerSecond.toFixed(0)} a second\n`)
}

if (process.argv[1] === import.meta.filename) await main()
