import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test'
import type { Context, Middleware } from 'koa'
import { Problem } from '../problems.ts'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { limit, limits, maxKeys } from './rate-limits.ts'

/** koa-ratelimit reads the steady clock, and the wall clock for what is left. */
let ahead = 0
let wallAhead = 0
const realTime = process.hrtime.bind(process)
const realNow = Date.now.bind(Date)
beforeEach(() => {
  ahead = wallAhead = 0
  mock.method(process, 'hrtime', (since?: [number, number]) => {
    const [seconds, nanoseconds] = realTime(since)
    return [seconds + ahead, nanoseconds]
  })
  mock.method(Date, 'now', () => realNow() + (ahead + wallAhead) * 1000)
})
afterEach(() => mock.restoreAll())

const fakeContext = (key: string) => ({ key, state: {}, set: () => undefined }) as unknown as Context
const keyOf = (ctx: Context) => (ctx as unknown as { key: string }).key
const newLimit = (max: number, seconds = 60, name = 'test') => limit(name, { max, seconds }, keyOf)

/** The seconds to wait, or nothing where the request got through. */
async function tryIt(limiter: Middleware, key: string): Promise<number | undefined> {
  let through = 0
  try {
    await limiter(fakeContext(key), async () => void (through += 1))
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'rate_limited' && error.retryAfterSeconds !== undefined, String(error))
    assert.equal(through, 0)
    return error.retryAfterSeconds
  }
  assert.equal(through, 1)
  return undefined
}
const outcomes = async (limiter: Middleware, ...keys: string[]) => {
  const all: boolean[] = []
  for (const key of keys) all.push((await tryIt(limiter, key)) === undefined)
  return all
}

describe('a limit', () => {
  it('lets so many through, and refuses the next', async () => {
    assert.deepEqual(await outcomes(newLimit(3), 'a', 'a', 'a', 'a', 'a'), [true, true, true, false, false])
    assert.deepEqual(await outcomes(newLimit(1), 'a', 'a'), [true, false])
  })

  it('counts each key apart, as it is written', async () => {
    assert.deepEqual(await outcomes(newLimit(1), 'a', 'b', 'A', 'a '), [true, true, true, true])
  })

  it('counts the same key in another limit apart', async () => {
    const [one, other] = [newLimit(1, 60, 'same'), newLimit(1, 60, 'same')]
    assert.deepEqual([...(await outcomes(one, 'a', 'a')), ...(await outcomes(other, 'a', 'a'))], [true, false, true, false])
  })

  it('takes keys for nothing but keys', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', '', '0', 'undefined', 'false', ':', '\0']) assert.deepEqual(await outcomes(newLimit(1), key, key), [true, false], key)
  })

  it('lets as many of the same moment through as it would one after another', async () => {
    const limiter = newLimit(5)
    const all = await Promise.all(Array.from({ length: 20 }, () => tryIt(limiter, 'a')))
    assert.equal(all.filter((each) => each === undefined).length, 5)
  })

  it('begins anew when its window is over, and not before', async () => {
    const limiter = newLimit(1)
    await tryIt(limiter, 'a')
    ahead = 59
    assert.notEqual(await tryIt(limiter, 'a'), undefined)
    ahead = 61
    assert.equal(await tryIt(limiter, 'a'), undefined)
  })

  it('does not move its window by what it refuses', async () => {
    const limiter = newLimit(1)
    await tryIt(limiter, 'a')
    for (ahead = 10; ahead <= 50; ahead += 10) assert.notEqual(await tryIt(limiter, 'a'), undefined)
    ahead = 61
    assert.equal(await tryIt(limiter, 'a'), undefined)
  })
})

describe('the seconds to wait', () => {
  it('are what is left of the window', async () => {
    const limiter = newLimit(1, 600)
    await tryIt(limiter, 'a')
    ahead = 200
    const left = (await tryIt(limiter, 'a')) ?? 0
    assert.ok(left >= 400 && left <= 401, String(left))
  })

  it('are at least one, and never more than the window, whatever the wall clock was set to', async () => {
    const limiter = newLimit(1, 60)
    await tryIt(limiter, 'a')
    for (wallAhead of [-1e6, -61, 59, 60, 61, 1e6]) {
      const left = (await tryIt(limiter, 'a')) ?? 0
      assert.ok(left >= 1 && left <= 60, `${wallAhead}: ${left}`)
    }
    wallAhead = 0
    ahead = 59.5
    assert.equal(await tryIt(limiter, 'a'), 1)
  })
})

describe('the memory of a limit', () => {
  it('is bounded: the windows that began first are forgotten first', async () => {
    const limiter = newLimit(1)
    for (let i = 0; i < maxKeys; i += 1) await tryIt(limiter, `${i}`)
    assert.notEqual(await tryIt(limiter, '0'), undefined, 'still known')
    await tryIt(limiter, 'one too many')
    assert.equal(await tryIt(limiter, '0'), undefined, 'forgotten, and counted anew')
    assert.notEqual(await tryIt(limiter, `${maxKeys / 100}`), undefined, 'of the others only a hundredth went with it')
  })
})

/** A million in the whole run; here, enough to fill the memory of a limit twice. */
const flood = process.env.LINKLATCH_WHOLE ? 1_000_000 : 2 * maxKeys

describe(`a flood of ${flood} keys`, () => {
  it('leaves the memory bounded, and the limit at work', async () => {
    // A mock keeps each of its calls, with a stack.
    mock.restoreAll()
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const heapMegabytes = () => (collectGarbage(), process.memoryUsage().heapUsed / 1e6)
    const limiter = newLimit(1)
    const before = heapMegabytes()
    // As long as the longest real one: a network and the pseudonym of an address.
    for (let i = 0; i < flood; i += 1) await tryIt(limiter, `2001:db8:1111:2222::/64 ${String(i).padStart(22, 'x')}`)
    const grown = heapMegabytes() - before
    assert.ok(grown < 100, `${grown} MB`)
    assert.deepEqual(await outcomes(limiter, 'fresh', 'fresh'), [true, false])
  })
})

describe('a refusal by a limit', () => {
  let server: TestServer
  before(async () => {
    server = await serveWith(limit('http', { max: 1, seconds: 60 }, (ctx) => ctx.ip), (ctx) => {
      ctx.body = 'ok'
    })
  })
  after(() => server.stop())

  it('says when to come again; nothing else says anything of limits', async () => {
    const [first, second] = [await server.send(), await server.send()]
    assert.equal(first.status, 200)
    assert.deepEqual(Object.keys(first.headers).filter((name) => /limit|retry/.test(name)), [])
    assert.deepEqual([second.status, second.json.code], [429, 'rate_limited'])
    assert.match(String(second.headers['retry-after']), /^(59|60)$/)
    assert.deepEqual(Object.keys(second.headers).filter((name) => /limit/.test(name)), [])
    assert.equal(second.headers['content-type'], 'application/problem+json')
  })
})

const pass: Middleware = (_ctx, next) => next()

describe('limits that processes share', () => {
  it('are named for the operator’s counters where they refuse, like those of one process', async () => {
    const counters = { takeEach: async (counted: readonly { key: string }[]) => ({ taken: false as const, key: counted[1]?.key ?? '', retryAfterSeconds: 90 }) }
    const list = [{ name: 'start.site', budget: { max: 9, seconds: 60 }, keyOf }, { name: 'start.ip', budget: { max: 1, seconds: 60 }, keyOf }]
    const [shared = pass] = limits(list, { counters, now: () => 0 })
    const [, own = pass] = limits(list)
    await tryIt(own, 'a')
    for (const limiter of [shared, own])
      await assert.rejects(async () => limiter(fakeContext('a'), async () => undefined), (error) => error instanceof Problem && error.limit === 'start.ip' && (error.retryAfterSeconds ?? 0) <= 60)
  })
})
