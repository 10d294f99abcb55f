import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { startUntilSignal, stopOnSignal } from './stop-on-signal.ts'
import { testBackend } from './testing/backend.ts'
import { listen } from './testing/event-source.ts'
import { visitor } from './testing/visitor.ts'

class FakeProcess extends EventEmitter {
  readonly codes: number[] = []
  readonly ppid = process.ppid
  readonly env = {}
  exit(code: number): void {
    this.codes.push(code)
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a signal to end', () => {
  it('given twice drains once and cuts nothing short, as with Ctrl-C under npx', async () => {
    const source = new FakeProcess()
    const stops: string[] = []
    let drained = () => {}
    stopOnSignal((signal) => new Promise((resolve) => (stops.push(signal), (drained = resolve))), () => assert.fail(), source)
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM']) assert.equal(source.emit(signal, signal), true, 'nobody listens, so the system ends the process')
    await settled()
    assert.deepEqual([stops, source.codes], [['SIGINT'], []])
    drained()
    await settled()
    assert.deepEqual(source.codes, [0])
  })

  it('drains too where the terminal goes, of which SIGHUP tells', async () => {
    const source = new FakeProcess()
    const stops: string[] = []
    stopOnSignal(async (signal) => void stops.push(signal), () => assert.fail(), source)
    assert.equal(source.emit('SIGHUP', 'SIGHUP'), true, 'nobody listens, so the system ends the process')
    await settled()
    assert.deepEqual([stops, source.codes], [['SIGHUP'], [0]])
  })

  it('ends with 1 where draining failed, and says why', async () => {
    const source = new FakeProcess()
    const why: unknown[] = []
    stopOnSignal(() => Promise.reject(new Error('disk')), (error) => why.push(error), source)
    source.emit('SIGTERM', 'SIGTERM')
    await settled()
    assert.deepEqual([why.map(String), source.codes], [['Error: disk'], [1]])
  })

  it('ends a start that is under way with 0, whatever that waits for, and later drains', async () => {
    for (const isStarted of [false, true]) {
      const source = new FakeProcess()
      const told: string[] = []
      const started = { stop: async () => void told.push('stopped') }
      const start = () => (isStarted ? Promise.resolve(started) : new Promise<typeof started>(() => undefined))
      void startUntilSignal(start, { stopping: (signal) => told.push(signal), failed: () => assert.fail() }, source)
      await settled()
      assert.equal(source.emit('SIGTERM', 'SIGTERM'), true)
      await settled()
      assert.deepEqual([told, source.codes], [isStarted ? ['SIGTERM', 'stopped'] : ['SIGTERM'], [0]])
    }
  })
})

describe('a process that is asked to end', () => {
  it('ends its streams and keeps what it promised, takes no connection any more, and exits with 0', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-drain-'))
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'testing/child-backend.ts'), directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const exit = once(child, 'exit')
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const { port, site } = JSON.parse(line) as { port: number; site: string }
      const place = { url: `http://127.0.0.1:${port}`, site: { id: site } }
      const { id } = await visitor(place).started('anna@example.com')
      const stream = await listen(place, id)
      child.kill('SIGTERM')
      await stream.ended
      assert.deepEqual(await exit, [0, null])
      await assert.rejects(fetch(`${place.url}/healthz`))
      const again = await testBackend({ directory })
      assert.equal((await again.services.store.signIns.get(id))?.state, 'pending')
      await again.stop()
    } finally {
      child.kill('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    }
  })

  for (const [by, env] of [['npm', { npm_lifecycle_event: 'npx' }], ['anybody else', { npm_lifecycle_event: undefined }]] as const) {
    it(`${by === 'npm' ? 'drains' : 'lives on'} when ${by} started it and is gone, which hands on no signal`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'linklatch-orphan-'))
      const inShell = `"${process.execPath}" --import tsx "${join(import.meta.dirname, 'testing/child-backend.ts')}" "${directory}" & echo $!; wait`
      const shell = spawn('sh', ['-c', inShell], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
      const lines = createInterface(shell.stdout)[Symbol.asyncIterator]()
      const next = async () => String((await lines.next()).value)
      const pid = Number(await next())
      try {
        const { port } = JSON.parse(await next()) as { port: number }
        shell.kill('SIGTERM')
        // Its end of the pipe is closed when it ends.
        const ended = await Promise.race([lines.next().then(({ done }) => done === true), new Promise((resolve) => setTimeout(resolve, by === 'npm' ? 10_000 : 1500, false))])
        assert.equal(ended, by === 'npm')
        const answers = await fetch(`http://127.0.0.1:${port}/healthz`).then(({ ok }) => ok, () => false)
        assert.equal(answers, by !== 'npm')
        if (by === 'npm') await (await testBackend({ directory })).stop()
      } finally {
        if (isAlive(pid)) process.kill(pid, 'SIGKILL')
        await rm(directory, { recursive: true, force: true })
      }
    })
  }
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
