/**
 * `npm run bench`: each step of a sign-in beside bare Koa, in one run on loopback, every process its own. Options: `--short` (a minute),
 * `--rows start,refresh` (which to print), `--stored 1000,100000`, `--stores lowdb,redis`, `--rounds 4`, `--batch 1800`, `--write` (results into docs/), `--cpu-profile DIR`.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Rows, type Size } from './rows.ts'
import { noRedis } from '../testing/redis-server.ts'
import { openStage, type Stage, type StoreKind } from './stage.ts'
import { facts, plot, summarise, table, type Summary } from './results.ts'
import type { Usage } from './usage.ts'

export type BenchOptions = { size: Size; rounds: number; stores: StoreKind[]; cpuProfile?: string | undefined }

/** Measures, and gives what came out. Every sign-in is completed once, which `Rows` checks. */
export async function bench({ size, rounds, stores, cpuProfile }: BenchOptions): Promise<Summary> {
  const stage = await openStage(stores, cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`])
  try {
    const rows = new Rows(stage, size)
    for (const { processes } of stage.backends) for (const process of processes) await process.ask('watchBlocks')
    for (let round = 0; round <= rounds; round += 1) {
      // The first one warms all of them up.
      if (round === 1) await forget(stage, rows)
      for (const backend of stage.backends) {
        await rows.batch(backend)
        await rows.flows(backend)
      }
    }
    return summarise(rows, await memory(stage))
  } finally {
    await stage.close()
  }
}

async function forget(stage: Stage, rows: Rows): Promise<void> {
  rows.slices.length = 0
  rows.bare.length = 0
  for (const { processes } of stage.backends) for (const process of processes) await process.ask('usage')
}

async function memory(stage: Stage): Promise<Summary['stores']> {
  return Promise.all(
    stage.backends.map(async ({ name, processes, opened }) => {
      const used = await Promise.all(processes.map((process) => process.ask<Usage>('usage')))
      const most = (of: (usage: Usage) => number) => Math.max(...used.map(of))
      return { name, startSeconds: opened.startSeconds, residentMb: most(({ residentBytes }) => residentBytes) / 1e6, longestBlockMs: most(({ longestBlockMs }) => longestBlockMs) }
    }),
  )
}

/** The store in files: empty, and with so many people in it. */
export const lowdb = (stored: number[]): StoreKind[] => [0, ...stored].map((count) => ({ name: count === 0 ? 'lowdb' : `lowdb, ${count.toLocaleString('en')} stored`, stored: count }))
/** None where there is no `redis-server`. */
export const redis: StoreKind[] = noRedis ? [] : [{ name: 'Redis', stored: 0, redis: 1 }, { name: 'Redis, two processes', stored: 0, redis: 2 }]

const full = { size: { connections: 64, batch: 1800, bare: 5000 }, rounds: 4, stored: [1_000, 10_000, 100_000] }
const short = { size: { connections: 64, batch: 900, bare: 3000 }, rounds: 2, stored: [] }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { short: { type: 'boolean' }, write: { type: 'boolean' }, rows: { type: 'string' }, stored: { type: 'string' }, stores: { type: 'string' }, rounds: { type: 'string' }, batch: { type: 'string' }, 'cpu-profile': { type: 'string' } },
  })
  const base = values.short ? short : full
  const kinds = (values.stores ?? 'lowdb,redis').split(',')
  const stored = values.stored === undefined ? base.stored : values.stored.split(',').filter(Boolean).map(Number)
  const summary = await bench({ size: { ...base.size, batch: Number(values.batch ?? base.size.batch) }, stores: [...(kinds.includes('lowdb') ? lowdb(stored) : []), ...(kinds.includes('redis') ? redis : [])], rounds: Number(values.rounds ?? base.rounds), cpuProfile: values['cpu-profile'] })
  const wanted = values.rows?.split(',')
  const text = `${facts()}\n\n${table({ ...summary, rows: summary.rows.filter(({ row }) => !wanted || wanted.includes(row)) })}\n`
  process.stdout.write(text)
  if (values.write) await write(summary, text)
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
