/** A real `redis-server` on a free port of loopback, with a directory of its own, ended by its process id. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const redisProgram = process.env.REDIS_SERVER_PATH || 'redis-server'

/** For `skip`: false where there is a `redis-server`, otherwise what to do. */
export const noRedis = spawnSync(redisProgram, ['--version']).status === 0 ? false : 'no redis-server: install it (Debian: apt-get install redis-server), or name it in REDIS_SERVER_PATH'

export type RedisServer = {
  port: number
  url: string
  directory: string
  /** One command over a connection of its own; the reply as it stands on the wire. */
  ask(...command: string[]): Promise<string>
  /** `SIGSTOP`: it lives, and answers nothing. */
  pause(): void
  goOn(): void
  /** `SIGKILL`. */
  kill(): Promise<void>
  /** The same port and directory again; `empty`: another directory. */
  start(how?: { empty?: boolean }): Promise<void>
  dispose(): Promise<void>
}

/** @param settings as in redis.conf: `['--maxmemory-policy', 'allkeys-lru']`. Durable unless they say otherwise. */
export async function startRedis(settings: string[] = []): Promise<RedisServer> {
  const port = await freePort()
  const directories = [await newRedisDirectory()]
  let child: ChildProcess | undefined
  const kill = async () => {
    const ended = child && new Promise<void>((resolve) => child?.once('exit', () => resolve()))
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await ended
  }
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    get directory() {
      return directories[0] ?? ''
    },
    ask: (...command) => askRedis(port, command),
    pause: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    kill,
    async start({ empty = false } = {}) {
      if (empty) directories.unshift(await newRedisDirectory())
      child = spawn(redisProgram, [...basics(port, server.directory), ...settings], { stdio: 'ignore' })
      // NOAUTH is an answer too.
      await untilRedis(async () => /PONG|NOAUTH/.test(await server.ask('PING')))
    },
    async dispose() {
      await kill()
      for (const directory of directories) await rm(directory, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

export const newRedisDirectory = () => mkdtemp(join(tmpdir(), 'linklatch-redis-'))

const basics = (port: number, directory: string) =>
  ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--repl-diskless-sync-delay', '0']

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Asks until it is so, for half a minute; an error is a no. */
export async function untilRedis(ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await ask().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('redis-server did not come to it')
}

/** The wire of Redis for one command. Errors are replies as well. @param items how many texts the reply is of, where it is a list */
export function askRedis(port: number, command: string[], items = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let reply = ''
    const end = () => {
      socket.destroy()
      resolve(reply.trim())
    }
    socket.setTimeout(10_000, () => socket.destroy(new Error('redis-server did not answer')))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      reply += String(chunk)
      if (items > 0 ? isList(reply, items) : isWhole(reply)) end()
    })
    socket.write(`*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`)
  })
}

const isList = (reply: string, items: number): boolean => reply.startsWith('*-1') || reply.split('\r\n').length === 2 * items + 2

function isWhole(reply: string): boolean {
  const [, length] = /^\$(\d+)\r\n/.exec(reply) ?? []
  if (length !== undefined) return Buffer.byteLength(reply) >= Number(length) + length.length + 5
  return reply.endsWith('\r\n')
}
