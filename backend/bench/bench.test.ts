import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bench, lowdb, redis } from './bench.ts'
import { plot, table } from './results.ts'
import { rowNames } from './rows.ts'
import { benchStreams } from './streams.ts'

describe('the benchmark', () => {
  it('takes every step of a sign-in, of an empty store and of a filled one, beside bare Koa', async () => {
    const summary = await bench({ size: { connections: 4, batch: 6, bare: 20 }, rounds: 1, minutes: 5, stores: [...lowdb([50]), ...redis.slice(-1)] })
    const stores = ['lowdb', 'lowdb, 50 stored', ...redis.slice(-1).map(({ name }) => name)]
    assert.deepEqual(summary.rows.map(({ store, row }) => `${store}: ${row}`), stores.flatMap((store) => rowNames.map((row) => `${store}: ${row}`)))
    for (const row of summary.rows) for (const value of [row.ratio, row.perSecond, row.p50Ms, row.p99Ms, row.cpuMicroseconds, row.cpuRatio]) assert.ok(value > 0, `${row.row}: ${value}`)
    assert.deepEqual(summary.bare.map(({ kind }) => kind), ['post', 'get'])
    assert.match(table(summary), /\| lowdb, 50 stored \| claim by code \| \d/)
    assert.match(plot(summary), /^<svg .*lowdb, 50 stored: refresh.*<\/svg>\n$/s)
  })

  it('measures the rows that were asked for and no others, with what they need', async () => {
    const summary = await bench({ size: { connections: 4, batch: 6, bare: 20 }, rounds: 1, minutes: 5, stores: lowdb([]), wanted: ['refresh'] })
    assert.deepEqual(summary.rows.map(({ row }) => row), ['refresh'])
    assert.deepEqual(summary.bare.map(({ kind, perSecond }) => [kind, perSecond > 0]), [['post', false], ['get', true]])
  })

  it('holds waiting pages open from many addresses, and each hears of its approval', async () => {
    const { kilobytesEach, p50Ms, signIns, signInsPerSecond, streams } = await benchStreams({ streams: 60, approvals: 10, perSecond: 20 })
    assert.deepEqual([streams, signIns], [60, 40])
    assert.ok(Number.isFinite(kilobytesEach) && p50Ms >= 0 && signInsPerSecond > 0 && signInsPerSecond <= 20)
  })
})
