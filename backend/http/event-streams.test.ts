import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { get, request, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { createEventStreams, heartbeatSeconds, maxUnreadBytes, type EventStream, type EventStreams } from './event-streams.ts'

let server: TestServer
let streams: EventStreams
let opened: EventStream[]
let closed: number
const events = new EventEmitter()

beforeEach(async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  opened = []
  closed = 0
  streams = createEventStreams({ perNetwork: 2, perSignIn: 3, inAll: 4 })
  server = await serveWith((ctx) => {
    const stream = streams.open(ctx, ctx.get('x-network'), ctx.get('x-sign-ins').split(','))
    stream.onClose(() => {
      closed += 1
      events.emit('closed')
    })
    opened.push(stream)
  })
})
afterEach(async () => {
  streams.closeAll()
  await server.stop()
  mock.timers.reset()
})

type Listening = { response: IncomingMessage; text: () => string; until: (part: string) => Promise<void>; ended: Promise<unknown> }

let streamsAsked = 0

/** For a sign-in of its own, unless some are named. */
async function listen(network = 'a', signIns = `sign-in-${(streamsAsked += 1)}`): Promise<Listening> {
  const asking = get({ host: '127.0.0.1', port: server.port, headers: { 'x-network': network, 'x-sign-ins': signIns }, agent: false })
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.on('error', () => undefined)
  let text = ''
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    events.emit('text')
  })
  const until = async (part: string) => {
    while (!text.includes(part)) await once(events, 'text')
  }
  return { response, text: () => text, until, ended: once(response, 'end') }
}

describe('an event stream', () => {
  it('says what it is, and that it is not to be buffered', async () => {
    const { response } = await listen()
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(response.headers['x-accel-buffering'], 'no')
  })

  it('carries events, one line of data each', async () => {
    const client = await listen()
    opened[0]?.send('state', { state: 'approved' })
    opened[0]?.send('note', { text: 'a\n\nevent: forged\ndata: {}' })
    await client.until('forged')
    await client.until('\n\n')
    assert.ok(client.text().includes('event: state\ndata: {"state":"approved"}\n\n'))
    assert.equal([...client.text().matchAll(/^event: /gm)].length, 2)
  })

  it('has a comment line at least every 20 s', async () => {
    assert.ok(heartbeatSeconds <= 20)
    const [one, other] = [await listen('a'), await listen('b')]
    mock.timers.tick(heartbeatSeconds * 1000)
    await Promise.all([one.until('\n:\n'), other.until('\n:\n')])
  })

  it('ends when it is told to', async () => {
    const client = await listen()
    opened[0]?.end()
    await client.ended
    assert.equal(streams.count(), 0)
  })

  it('takes news after its end without harm: neither an event nor the heartbeat ends the process', async () => {
    const client = await listen()
    opened[0]?.end()
    opened[0]?.send('state', { state: 'late' })
    mock.timers.tick(heartbeatSeconds * 1000)
    opened[0]?.end()
    await client.ended
    assert.doesNotMatch(client.text(), /late/)
    opened[0]?.send('state', { state: 'later' })
    assert.equal((await listen()).response.statusCode, 200)
  })
})

describe('a stream that nobody reads', () => {
  it('is ended before what waits in it fills the memory', async () => {
    const asking = get({ host: '127.0.0.1', port: server.port, headers: { 'x-network': 'a' }, agent: false })
    asking.on('error', () => undefined)
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    response.on('error', () => undefined).pause()
    const gone = once(events, 'closed')
    const large = { text: 'x'.repeat(4000) }
    // The kernel takes some megabytes before anything waits here.
    for (let sent = 0; sent < 20_000 && streams.count() > 0; sent += 1) {
      opened[0]?.send('state', large)
      if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await gone
    assert.equal(streams.count(), 0)
  })

  it('may leave a little unread', async () => {
    const client = await listen()
    for (let sent = 0; sent < 3; sent += 1) opened[0]?.send('state', { text: 'x'.repeat(maxUnreadBytes / 4) })
    opened[0]?.send('state', { state: 'last' })
    await client.until('last')
  })
})

describe('open streams', () => {
  it('are counted, and forgotten when the browser goes', async () => {
    const client = await listen()
    assert.equal(streams.count(), 1)
    const gone = once(events, 'closed')
    client.response.destroy()
    await gone
    assert.deepEqual([streams.count(), closed], [0, 1])
    opened[0]?.send('state', {})
  })

  it('are so many for each network, and one more when one has gone', async () => {
    const first = await listen('a')
    await listen('a')
    const refused = await server.send({ headers: { 'x-network': 'a' } })
    assert.deepEqual([refused.status, refused.json.code, refused.headers['retry-after']], [429, 'too_many_streams', String(heartbeatSeconds)])
    assert.equal((await listen('b')).response.statusCode, 200)
    const gone = once(events, 'closed')
    first.response.destroy()
    await gone
    assert.equal((await listen('a')).response.statusCode, 200)
  })

  it('are so many for each sign-in, from whatever networks, and another sign-in has its own', async () => {
    for (const network of ['a', 'b', 'c']) await listen(network, 'one')
    const refused = await server.send({ headers: { 'x-network': 'd', 'x-sign-ins': 'two,one' } })
    assert.deepEqual([refused.status, refused.json.code], [429, 'too_many_streams'])
    assert.equal((await listen('d', 'two')).response.statusCode, 200)
  })

  it('are so many in all', async () => {
    for (const network of ['a', 'b', 'c']) await listen(network)
    const last = await listen('d')
    const refused = await server.send({ headers: { 'x-network': 'e', 'x-sign-ins': 'other' } })
    assert.deepEqual([refused.status, refused.json.code], [429, 'too_many_streams'])
    const gone = once(events, 'closed')
    last.response.destroy()
    await gone
    assert.equal((await listen('e')).response.statusCode, 200)
  })

  it('do not hold a place for a browser that was gone before its stream began', async () => {
    const late = await serveWith(async (ctx) => {
      await once(ctx.res, 'close')
      let told = false
      streams.open(ctx, 'late', []).onClose(() => void (told = true))
      events.emit('late', told)
    })
    const told = once(events, 'late')
    const asking = request({ host: '127.0.0.1', port: late.port, agent: false }).on('error', () => undefined)
    asking.end(() => setImmediate(() => asking.destroy()))
    assert.deepEqual(await told, [true])
    assert.equal(streams.count(), 0)
    await late.stop()
  })

  it('all end when the server shuts down, and no new one begins', async () => {
    const clients = [await listen('a'), await listen('b')]
    streams.closeAll()
    opened[0]?.send('state', { state: 'late' })
    await Promise.all(clients.map(({ ended }) => ended))
    assert.equal(streams.count(), 0)
    const refused = await server.send({ headers: { 'x-network': 'c' } })
    assert.deepEqual([refused.status, refused.json.code], [503, 'shutting_down'])
  })
})
