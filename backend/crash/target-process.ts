/** A backend in a process of its own for visits to speak to, killed or traced. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { straceArguments } from './trace.ts'
import type { Target } from './visits.ts'

export const portHeader = 'x-client-port'
const script = fileURLToPath(new URL('child-target.ts', import.meta.url))

/** Found or installed by `demo/prepare.js`. */
const strace = process.env.STRACE_PATH || 'strace'

export type TargetProcess = Target & { ready: Promise<void>; kill(): Promise<void> }
export type TargetOptions = { directory: string; checkpointBytes?: number; /** How its disk lies: `child-target.ts`. */ lie?: string; /** Where its trace goes. */ traceTo?: string; /** By address: one for several lives, since a later one may send what an earlier one owed. */ mailbox?: Map<string, string> }

/** Whether `strace` can trace here, else why not. */
export function cannotTrace(): string | undefined {
  if (process.platform !== 'linux') return 'strace is for Linux'
  const tried = spawnSync(strace, ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', 'true'], { encoding: 'utf8' })
  if (tried.error) return 'strace is not installed (on Debian: apt-get install strace)'
  return tried.status === 0 ? undefined : `strace cannot trace here: ${tried.stderr.trim()}`
}

/** Started, not yet ready. */
export function startTarget({ directory, checkpointBytes = 40_000, lie, traceTo, mailbox = new Map() }: TargetOptions): TargetProcess {
  const node = [process.execPath, '--import', 'tsx', script, directory, String(checkpointBytes), ...(lie === undefined ? [] : [lie])]
  const [command = '', ...args] = traceTo === undefined ? node : [strace, ...straceArguments, '-o', traceTo, ...node]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UV_USE_IO_URING: '0' }, detached: true })
  const ended = once(child, 'close')
  const target: TargetProcess = { url: '', site: { id: '' }, fetch: oneConnectionEach, letterTo: letters(child, mailbox), ready: Promise.resolve(), kill: () => kill(child, ended) }
  target.ready = new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout })
    lines.once('line', (line) => {
      const { port, site } = JSON.parse(line) as { port: number; site: string }
      Object.assign(target, { url: `http://127.0.0.1:${port}`, site: { id: site } })
      resolve()
    })
    void ended.then(() => reject(new Error('the backend ended before it was ready')))
  })
  target.ready.catch(() => {})
  return target
}

/** strace and all: the whole group, so that nothing is left. */
async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
  await ended
}

/** The letter to an address, once it is there; never, after the end. */
function letters(child: ChildProcess, there: Map<string, string>): Target['letterTo'] {
  const waiting = new Map<string, (text: string) => void>()
  if (!child.stdout) throw new TypeError('no output')
  child.setMaxListeners(0)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { to, text } = JSON.parse(line) as { to?: string; text?: string }
    if (to === undefined || text === undefined) return
    there.set(to, text)
    waiting.get(to)?.(text)
  })
  return (address) =>
    new Promise((resolve, reject) => {
      const text = there.get(address)
      if (text !== undefined) return resolve(text)
      waiting.set(address, resolve)
      child.once('close', () => reject(new Error('the backend ended')))
    })
}

/** `fetch` over a connection of its own, which tells the client's port: so an answer is found in a trace. */
const oneConnectionEach: typeof fetch = (input, init = {}) =>
  new Promise((resolve, reject) => {
    let port = ''
    const asking = request(input instanceof Request ? input.url : input, { method: init.method ?? 'GET', headers: init.headers as Record<string, string>, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const headers = new Headers({ [portHeader]: port })
        for (let i = 0; i < answer.rawHeaders.length; i += 2) headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '')
        const status = answer.statusCode ?? 0
        resolve(new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers }))
      })
    })
    // By the time of the answer the socket may be closed, and know no port any more.
    asking.once('socket', (socket) => socket.once('connect', () => (port = String(socket.localPort))))
    asking.on('error', reject)
    asking.end(init.body as string | undefined)
  })
