/** Starts one example as an owner would: installs what it needs, builds it, serves it on a free loopback port. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { endGroup, ownGroup, until } from '../e2e/engine-process.ts'

export type Example = {
  folder: string
  /** Where a mailed link leads: a page of it that holds the script. */
  landing: string
  /** npm scripts to run before it starts. */
  before?: string[]
  /** The folder that a static server serves, or the command that serves. */
  serve: { files: string } | { command: (port: number) => [string, ...string[]] }
}
export type Running = { origin: string; stop(): Promise<void> }

type Env = Record<string, string>

const installMs = 300_000
const startMs = 60_000

export const folderOf = (example: Pick<Example, 'folder'>): string => join(import.meta.dirname, example.folder)

/** `begin` is told the origin before anything is built, so that the site and its id are there. */
export async function runExample(example: Example, begin: (origin: string) => Promise<Env>): Promise<Running> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const env = { ...(await begin(origin)), PORT: String(port), NEXT_TELEMETRY_DISABLED: '1', NO_UPDATE_NOTIFIER: '1' }
  const folder = folderOf(example)
  if (existsSync(join(folder, 'package.json'))) await run(folder, ['npm', 'install', '--loglevel=error'], env)
  for (const script of example.before ?? []) await run(folder, ['npm', 'run', '--silent', script], env)
  const stop = 'files' in example.serve ? await serveFiles(join(folder, example.serve.files), port, env) : serveByCommand(folder, example.serve.command(port), env)
  await until(`${example.folder} answers`, startMs, () => fetch(origin).then(() => true, () => undefined)).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { origin, stop }
}

async function run(folder: string, [command, ...args]: [string, ...string[]], env: Env): Promise<void> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], signal: AbortSignal.timeout(installMs) })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}`)
}

function serveByCommand(folder: string, [command, ...args]: [string, ...string[]], env: Env): () => Promise<void> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore', detached: true })
  const ended = once(child, 'close')
  const group = ownGroup(child.pid)
  return async () => {
    endGroup(group)
    await ended
  }
}

/** What any host of static files does; pages name the backend's usual address, which here is another one. */
export async function serveFiles(root: string, port: number, { LINKLATCH_SERVER = '' }: Env): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const file = join(root, path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file) || statSync(file).isDirectory()) return void response.writeHead(404).end()
    if (file.endsWith('.js')) response.setHeader('Content-Type', 'text/javascript')
    if (!file.endsWith('.html')) return void createReadStream(file).pipe(response)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    void readFile(file, 'utf8').then((text) => response.end(text.replaceAll('http://localhost:4600', LINKLATCH_SERVER)))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
