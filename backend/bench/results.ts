/** From slices to a table and a plot. */
import { arch, cpus, platform, release, totalmem } from 'node:os'
import type { BareSlice, RowName, Rows, Slice } from './rows.ts'
import { rowNames } from './rows.ts'

export type RowSummary = { store: string; row: RowName; ratio: number; perSecond: number; p50Ms: number; p99Ms: number; cpuMicroseconds: number; cpuRatio: number; redisMicroseconds?: number }
export type Summary = {
  rows: RowSummary[]
  bare: { kind: BareSlice['kind']; perSecond: number; cpuMicroseconds: number }[]
  stores: { name: string; startSeconds: number; residentMb: number; longestBlockMs: number }[]
}

/** Medians over the rounds; latencies over all requests. */
export function summarise({ slices, bare }: Pick<Rows, 'slices' | 'bare'>, stores: Summary['stores']): Summary {
  const rows = stores.flatMap(({ name }) => rowNames.flatMap((row) => rowOf(slices.filter((slice) => slice.store === name && slice.row === row))))
  const kinds = (['post', 'get'] as const).map((kind) => {
    const ofKind = bare.filter((slice) => slice.kind === kind)
    return { kind, perSecond: median(ofKind.map((slice) => slice.perSecond)), cpuMicroseconds: median(ofKind.map((slice) => slice.cpuMicroseconds)) }
  })
  return { rows, bare: kinds, stores }
}

function rowOf(slices: Slice[]): RowSummary[] {
  const [first] = slices
  if (!first) return []
  const of = (number: (slice: Slice) => number) => median(slices.map(number))
  const latencies = slices.flatMap((slice) => slice.latenciesMs)
  return [{
    store: first.store,
    row: first.row,
    ratio: of((slice) => slice.ratio),
    perSecond: of((slice) => slice.perSecond),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMicroseconds: of((slice) => slice.cpuMicroseconds),
    cpuRatio: of((slice) => slice.cpuRatio),
    ...(first.redisMicroseconds !== undefined && { redisMicroseconds: of((slice) => slice.redisMicroseconds ?? NaN) }),
  }]
}

export const median = (values: number[]): number => quantile(values, 0.5)

export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN
}

/** The machine, in a line. */
export function facts(): string {
  const [cpu] = cpus()
  return `${new Date().toISOString().slice(0, 10)}: Node ${process.version.slice(1)}, ${platform()} ${/^\d+\.\d+/.exec(release())?.[0] ?? release()} ${arch()}, ${cpus().length} × ${cpu?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}

export function table({ rows, bare, stores }: Summary): string {
  const lines = [
    '| store | step | × bare Koa | requests/s | p50 ms | p99 ms | CPU µs | CPU × bare | Redis µs |',
    '|---|---|---:|---:|---:|---:|---:|---:|---:|',
    ...bare.filter(({ perSecond }) => Number.isFinite(perSecond)).map(({ kind, perSecond, cpuMicroseconds }) => `| none | bare Koa, ${kind.toUpperCase()} | 1 | ${perSecond.toFixed(0)} | | | ${cpuMicroseconds.toFixed(0)} | 1 | |`),
    ...rows.map((row) => `| ${row.store} | ${row.row} | ${row.ratio.toFixed(2)} | ${row.perSecond.toFixed(0)} | ${row.p50Ms.toFixed(1)} | ${row.p99Ms.toFixed(1)} | ${row.cpuMicroseconds.toFixed(0)} | ${row.cpuRatio.toFixed(1)} | ${row.redisMicroseconds?.toFixed(0) ?? ''} |`),
    '',
    '| store | start-up s | resident MB | longest block ms |',
    '|---|---:|---:|---:|',
    ...stores.map(({ name, startSeconds, residentMb, longestBlockMs }) => `| ${name} | ${startSeconds.toFixed(2)} | ${residentMb.toFixed(0)} | ${longestBlockMs.toFixed(1)} |`),
  ]
  return lines.join('\n')
}

const barHeight = 14
const labelWidth = 300
const unit = 900

/** Rates beside bare Koa's, one bar a row. */
export function plot({ rows }: Summary): string {
  const bars = rows.map(({ store, row, ratio }, index) => {
    const y = 24 + index * (barHeight + 4)
    const width = Math.max(1, ratio * unit).toFixed(0)
    return `<text x="${labelWidth - 8}" y="${y + 11}" text-anchor="end">${store}: ${row}</text><rect x="${labelWidth}" y="${y}" width="${width}" height="${barHeight}" fill="#3b6ea8"/><text x="${labelWidth + Number(width) + 6}" y="${y + 11}">${ratio.toFixed(2)}</text>`
  })
  const height = 34 + rows.length * (barHeight + 4)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${labelWidth + unit / 2 + 60} ${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="14">Requests a second, as a part of bare Koa's in the same run</text>${bars.join('')}</svg>\n`
}
