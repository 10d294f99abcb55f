import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { Problem } from '../problems.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { createMetrics } from './metrics.ts'
import { problemResponses } from './problem-responses.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let streams = 0
const metrics = createMetrics({ openStreams: () => streams, mailsWaiting: async () => 7 })
let server: TestServer
before(async () => {
  const router = new Router()
  router.get('/v1/things/:id', (ctx) => {
    if (ctx.params.id === 'thrown') throw new Problem('not_found')
    ctx.body = 'ok'
  })
  server = await serveWith(metrics.timeRequests, router.routes() as unknown as Middleware)
})
after(() => server.stop())
const lines = async (start: string) => (await metrics.text()).split('\n').filter((line) => line.startsWith(start))

describe('the metrics', () => {
  it('are Prometheus’ text', async () => {
    assert.match(metrics.contentType, /^text\/plain; version=/)
    for (const line of (await metrics.text()).split('\n').filter((each) => each !== '')) assert.match(line, /^(# (HELP|TYPE) |[a-z0-9_]+(\{.*\})? \S+$)/)
  })

  it('count what happened, without an id', async () => {
    metrics.count({ event: 'session.claimed', userId: 'user-1', sessionId: 'session-1', siteId: 'site-1' })
    metrics.count({ event: 'session.claimed', userId: 'user-2' })
    assert.deepEqual(await lines('linklatch_events_total'), ['linklatch_events_total{event="session.claimed"} 2'])
    assert.doesNotMatch(await metrics.text(), /user-1|session-1|site-1/)
  })

  it('time requests by the route’s pattern, so that no address becomes a name of its own', async () => {
    await server.send({ path: '/v1/things/secret-1' })
    await server.send({ path: '/v1/things/secret-2' })
    await server.send({ path: '/nowhere/secret-3?token=secret' })
    const counts = await lines('linklatch_request_seconds_count')
    assert.ok(counts.includes('linklatch_request_seconds_count{method="GET",route="/v1/things/:id",status="200"} 2'), counts.join('\n'))
    assert.ok(counts.some((line) => line.includes('route="none"')), counts.join('\n'))
    assert.doesNotMatch(await metrics.text(), /secret/)
  })

  it('time what is refused too', async () => {
    const before = (await lines('linklatch_request_seconds_count')).length
    await server.send({ path: '/v1/things/thrown' })
    assert.ok((await lines('linklatch_request_seconds_count')).length > before)
  })

  it('count refusals by code, and limits by name, those too that no answer shows', async () => {
    const limited = await serveWith(metrics.timeRequests, problemResponses(quiet), () => Promise.reject(new Problem('rate_limited', { limit: 'start.ip', retryAfterSeconds: 1 })))
    await limited.send()
    await limited.stop()
    metrics.countLimit('start.address')
    assert.deepEqual(await lines('linklatch_refusals_total'), ['linklatch_refusals_total{code="rate_limited"} 1'])
    assert.deepEqual(await lines('linklatch_limits_reached_total'), ['linklatch_limits_reached_total{limit="start.ip"} 1', 'linklatch_limits_reached_total{limit="start.address"} 1'])
  })

  it('count mails by how they ended, and say how many wait', async () => {
    for (const result of ['sent', 'sent', 'deferred', 'failed', 'silent'] as const) metrics.countMail(result)
    assert.deepEqual(await lines('linklatch_mail_attempts_total'), ['sent"} 2', 'deferred"} 1', 'failed"} 1', 'silent"} 1'].map((end) => `linklatch_mail_attempts_total{result="${end}`))
    assert.deepEqual(await lines('linklatch_mails_waiting'), ['linklatch_mails_waiting 7'])
  })

  it('time the store by operation', async () => {
    metrics.timeStore({ operation: 'signIns.insert', seconds: 0.003, ok: true })
    assert.ok((await lines('linklatch_store_seconds_bucket')).includes('linklatch_store_seconds_bucket{le="0.005",operation="signIns.insert"} 1'))
  })

  it('have no series for a verb that somebody made up', async () => {
    await server.send({ method: 'PROPFIND', path: '/v1/things/1' })
    assert.doesNotMatch(await metrics.text(), /PROPFIND/)
  })

  it('say how many streams are open now', async () => {
    streams = 3
    assert.deepEqual(await lines('linklatch_streams_open'), ['linklatch_streams_open 3'])
  })

  it('are told without the mails that wait where the store cannot say, and with them when it can again', async () => {
    let isLost = true
    const other = createMetrics({ openStreams: () => 5, mailsWaiting: () => (isLost ? Promise.reject(new Problem('store_unavailable')) : Promise.resolve(2)) })
    const waiting = async () => (await other.text()).split('\n').filter((line) => /^linklatch_(mails_waiting|streams_open)/.test(line))
    assert.deepEqual(await waiting(), ['linklatch_streams_open 5'])
    isLost = false
    assert.deepEqual(await waiting(), ['linklatch_streams_open 5', 'linklatch_mails_waiting 2'])
    isLost = true
    assert.deepEqual(await waiting(), ['linklatch_streams_open 5'])
  })

  it('of two backends in one process stay apart', async () => {
    const other = createMetrics({ openStreams: () => 0, mailsWaiting: async () => 0 })
    assert.doesNotMatch(await other.text(), /session\.claimed/)
  })
})
