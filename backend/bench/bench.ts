/**
 * `npm run bench`: each step of a sign-in beside bare Koa, in one run on loopback, every process its own. Options: `--short` (a minute),
 * `--rows start,refresh` (what to measure), `--stored 1000,100000`, `--stores lowdb,redis`, `--turns 2`, `--warm 2` and `--rounds 2` in each of them,
 * `--batch 1800`, `--minutes 20` (no turn begins after that), `--write` (results into docs/), `--cpu-profile DIR`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rowNames, Rows, type RowName, type Size } from './rows.ts'
import { noRedis } from '../testing/redis-server.ts'
import { openStage, type Stage, type StoreKind } from './stage.ts'
import { facts, plot, summarise, table, type Summary } from './results.ts'
import type { Usage } from './usage.ts'

/**
 * Backends take turns. A turn begins with `warm` rounds that are not counted, and then has `rounds`: bare Koa serves thousands of requests between any two
 * steps and never rests, and a backend that waited for the others' turns has to be as warm for its ratio to say something.
 */
export type BenchOptions = { size: Size; turns?: number; warm?: number; rounds: number; minutes: number; stores: StoreKind[]; wanted?: readonly RowName[]; cpuProfile?: string | undefined }

/** Measures, and gives what came out. Every sign-in is completed once, which `Rows` checks. */
export async function bench({ size, turns = 1, warm = 1, rounds, minutes, stores, wanted = rowNames, cpuProfile }: BenchOptions): Promise<Summary> {
  const endsAt = performance.now() + minutes * 60_000
  const stage = await openStage(stores, cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`])
  try {
    const rows = new Rows(stage, size, { wanted, deadline: endsAt + graceMs })
    for (let turn = 0; turn < turns && (turn === 0 || performance.now() < endsAt); turn += 1) {
      for (const backend of stage.backends) {
        await rows.uncounted(() => repeated(warm, () => rows.round(backend)))
        await repeated(rounds, () => rows.round(backend))
      }
    }
    const measured = { slices: [...rows.slices], bare: [...rows.bare] }
    return summarise(measured, await storesOf(stage, rows))
  } finally {
    await stage.close()
  }
}

async function repeated(times: number, run: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time += 1) await run()
}

/** Blocks in a round of their own: to look for them costs time that the others shall not pay for. */
async function storesOf(stage: Stage, rows: Rows): Promise<Summary['stores']> {
  const stores: Summary['stores'] = []
  for (const backend of stage.backends) {
    const { name, processes, opened } = backend
    const most = async (of: (usage: Usage) => number) => Math.max(...(await Promise.all(processes.map((process) => process.ask<Usage>('usage')))).map(of))
    const residentMb = (await most(({ residentBytes }) => residentBytes)) / 1e6
    for (const process of processes) await process.ask('watchBlocks')
    await rows.round(backend)
    stores.push({ name, startSeconds: opened.startSeconds, residentMb, longestBlockMs: await most(({ longestBlockMs }) => longestBlockMs) })
  }
  return stores
}

/** For what is under way when the time is up. */
const graceMs = 300_000

/** The store in files: empty, and with so many people in it. */
export const lowdb = (stored: number[]): StoreKind[] => [...new Set([0, ...stored])].map((count) => ({ name: count === 0 ? 'lowdb' : `lowdb, ${count.toLocaleString('en')} stored`, stored: count }))
/** None where there is no `redis-server`. */
export const redis: StoreKind[] = noRedis ? [] : [{ name: 'Redis', stored: 0, redis: 1 }, { name: 'Redis, two processes', stored: 0, redis: 2 }]

const full = { size: { connections: 64, batch: 1800, bare: 5000 }, turns: 2, warm: 2, rounds: 2, minutes: 20, stored: [1_000, 10_000, 100_000] }
const short = { size: { connections: 64, batch: 900, bare: 3000 }, turns: 1, warm: 1, rounds: 2, minutes: 3, stored: [] }

async function main(): Promise<void> {
  const option = { type: 'string' } as const
  const { values } = parseArgs({ options: { short: { type: 'boolean' }, write: { type: 'boolean' }, rows: option, stored: option, stores: option, turns: option, warm: option, rounds: option, batch: option, minutes: option, 'cpu-profile': option } })
  const base = values.short ? short : full
  const kinds = (values.stores ?? 'lowdb,redis').split(',')
  const stored = values.stored === undefined ? base.stored : values.stored.split(',').filter(Boolean).map(Number)
  const summary = await bench({
    size: { ...base.size, batch: Number(values.batch ?? base.size.batch) },
    stores: [...(kinds.includes('lowdb') ? lowdb(stored) : []), ...(kinds.includes('redis') ? redis : [])],
    turns: Number(values.turns ?? base.turns),
    warm: Number(values.warm ?? base.warm),
    rounds: Number(values.rounds ?? base.rounds),
    minutes: Number(values.minutes ?? base.minutes),
    ...(values.rows !== undefined && { wanted: values.rows.split(',').map(rowNamed) }),
    cpuProfile: values['cpu-profile'],
  })
  const text = `${facts()}\n\n${table(summary)}\n`
  process.stdout.write(text)
  if (values.write) await write(summary, text)
}

function rowNamed(text: string): RowName {
  const found = rowNames.find((row) => row === text)
  if (found === undefined) throw new Error(`there is no row "${text}": --rows takes some of ${rowNames.join()}`)
  return found
}

/** Between two marks of docs/performance.md, and the plot beside it. */
async function write(summary: Summary, text: string): Promise<void> {
  const docs = join(import.meta.dirname, '../../../docs')
  const path = join(docs, 'performance.md')
  const [before = '', , after = ''] = (await readFile(path, 'utf8')).split(/<!-- \/?bench -->\n/)
  await writeFile(path, `${before}<!-- bench -->\n${text}<!-- /bench -->\n${after}`)
  await writeFile(join(docs, 'performance.svg'), plot(summary))
}

if (process.argv[1] === import.meta.filename) await main()
