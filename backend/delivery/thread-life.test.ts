import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { MailThreadData } from './mail-worker.ts'
import { startThread, threadEnded } from './thread-life.ts'

const question = { ask: 'ready' } as const

/** A thread that does `script` with each question, and a number that it shares with the test. */
function threadThat(context: TestContext, script: string, lateMs = 60_000) {
  const shared = new Int32Array(new SharedArrayBuffer(4))
  const source = `import { parentPort, workerData as shared } from 'node:worker_threads'; parentPort.on('message', ({ id }) => { ${script} })`
  const life = startThread(new URL(`data:text/javascript,${encodeURIComponent(source)}`), shared as unknown as MailThreadData, lateMs)
  context.after(() => life.end())
  return { life, shared }
}

test('each question has its own answer, in whatever order they come', async (context) => {
  const { life } = threadThat(context, `if (id === 2) for (const each of [2, 1]) parentPort.postMessage({ id: each, result: { status: 'failed', reason: 'nr ' + each } })`)
  assert.deepEqual(await Promise.all([life.ask(question), life.ask(question)]), [1, 2].map((id) => ({ status: 'failed', reason: `nr ${id}` })))
})

test('when it ends, whoever waits is told, and whoever asks then', async (context) => {
  const why = { 'process.exit(3)': 'exit 3', "throw new TypeError('anna@example.com')": 'TypeError', "throw Object.assign(new Error('anna@example.com'), { code: 'anna@example.com' })": 'Error', "throw 'anna@example.com'": 'unknown error' }
  for (const [ending, reason] of Object.entries(why)) {
    const { life } = threadThat(context, `if (id === 2) ${ending}`)
    const ended = threadEnded(reason)
    assert.deepEqual(await Promise.all([life.ask(question), life.ask(question)]), [ended, ended])
    assert.equal(life.isOver(), true)
    assert.deepEqual(await life.ask(question), ended)
  }
})

test('out of memory, it ends alone', async (context) => {
  const { life } = threadThat(context, 'const kept = []; for (;;) kept.push(new Array(10_000).fill(id))')
  assert.deepEqual(await life.ask(question), threadEnded('ERR_WORKER_OUT_OF_MEMORY'))
})

test('a file that cannot be loaded is an end like any other, and what it says is a code', async () => {
  const why = { 'data:text/javascript,nonsense(': 'SyntaxError', 'file:///no/such/file.js': 'ERR_MODULE_NOT_FOUND' }
  for (const [file, reason] of Object.entries(why)) assert.deepEqual(await startThread(new URL(file), {} as MailThreadData, 60_000).ask(question), threadEnded(reason))
})

test('one that cannot even begin has ended already', async () => {
  const life = startThread('no path and no URL', {} as MailThreadData, 60_000)
  assert.equal(life.isOver(), true)
  assert.deepEqual(await life.ask(question), threadEnded('ERR_WORKER_PATH'))
  await life.end()
})

test('one that hangs is ended, so that it does not go on behind the answer', async (context) => {
  const { life, shared } = threadThat(context, 'for (;;) Atomics.add(shared, 0, 1)', 2_000)
  assert.deepEqual(await life.ask(question), threadEnded('no answer in time'))
  const count = Atomics.load(shared, 0)
  assert.ok(count > 0)
  Atomics.wait(shared, 0, count, 20)
  assert.equal(Atomics.load(shared, 0), count)
})

test('ended from here, whoever waits is told at once', async (context) => {
  const { life } = threadThat(context, '')
  const asked = life.ask(question)
  await life.end()
  assert.deepEqual(await asked, threadEnded('closed'))
})
