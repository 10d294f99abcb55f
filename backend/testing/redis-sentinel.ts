/** A real Sentinel that watches one server, and a master with replicas that can be made to lag. */
import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newRedisDirectory, redisProgram, untilRedis, askRedis, freePort, type RedisServer } from './redis-server.ts'

export type Sentinel = {
  port: number
  /** Port of the server that it holds for the master. */
  master(): Promise<number>
  /** Whether it has found one. */
  hasReplica(): Promise<boolean>
  /** Asks for one though the master lives; false while it may not begin one. */
  failOver(): Promise<boolean>
  stop(): Promise<void>
}

/**
 * @param settings more lines of its configuration file, which it writes anew while it runs
 * @param masterPort where it finds the master
 */
export async function startSentinel(master: RedisServer, settings: string[] = [], masterPort = master.port): Promise<Sentinel> {
  const [port, directory] = [await freePort(), await newRedisDirectory()]
  const file = join(directory, 'sentinel.conf')
  const watched = [`monitor it 127.0.0.1 ${masterPort} 1`, 'down-after-milliseconds it 1000', 'failover-timeout it 10000', 'parallel-syncs it 1']
  await writeFile(file, ['bind 127.0.0.1', `dir ${directory}`, `port ${port}`, ...watched.map((line) => `sentinel ${line}`), ...settings].join('\n'))
  const child = spawn(redisProgram, [file, '--sentinel'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilRedis(async () => /PONG|NOAUTH/.test(await askRedis(port, ['PING'])))
  return {
    port,
    master: async () => Number(/\$\d+\r\n(\d+)$/.exec(await askRedis(port, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'it'], 2))?.[1]),
    hasReplica: async () => (await askRedis(port, ['INFO', 'sentinel'])).includes('slaves=1'),
    failOver: async () => /^\+OK|INPROG/.test(await askRedis(port, ['SENTINEL', 'FAILOVER', 'it'])),
    async stop() {
      child.kill('SIGKILL')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Makes `replica` follow, and waits until it has all that there is. */
export async function follow(replica: RedisServer, master: RedisServer): Promise<void> {
  await replica.ask('REPLICAOF', '127.0.0.1', String(master.port))
  await untilRedis(async () => (await replica.ask('INFO', 'replication')).includes('master_link_status:up'))
}

/** From now on nothing reaches that replica any more, and both of them live. */
export async function cutOff(replica: RedisServer, master: RedisServer): Promise<void> {
  await master.ask('ACL', 'SETUSER', 'default', '-psync', '-sync')
  await replica.ask('CLIENT', 'KILL', 'TYPE', 'master')
  await untilRedis(async () => (await replica.ask('INFO', 'replication')).includes('master_link_status:down'))
}
