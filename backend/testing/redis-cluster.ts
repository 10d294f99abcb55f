/** Makes a Cluster of servers that were started with `--cluster-enabled yes`. */
import { untilRedis, type RedisServer } from './redis-server.ts'

const slotCount = 16_384

/** Each gets its part of the slots, and they know each other. Resolves when all of them hold it for whole. */
export async function formCluster(masters: [RedisServer, ...RedisServer[]]): Promise<void> {
  const [first] = masters
  const borderOf = (index: number) => Math.floor((slotCount * index) / masters.length)
  for (const [index, master] of masters.entries()) {
    await master.ask('CLUSTER', 'ADDSLOTSRANGE', String(borderOf(index)), String(borderOf(index + 1) - 1))
    await master.ask('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    if (master !== first) await meet(master, first)
  }
  for (const master of masters) await untilRedis(async () => /cluster_state:ok/.test(await master.ask('CLUSTER', 'INFO')))
}

/** Adds a replica, and waits until it has all that there is and all of the masters know of it. */
export async function addReplica(replica: RedisServer, master: RedisServer, masters: RedisServer[]): Promise<void> {
  await meet(replica, master)
  const id = (await master.ask('CLUSTER', 'MYID')).split('\r\n').at(-1) ?? ''
  await untilRedis(async () => (await replica.ask('CLUSTER', 'REPLICATE', id)) === '+OK')
  await untilRedis(async () => (await replica.ask('INFO', 'replication')).includes('master_link_status:up'))
  for (const each of masters) await untilRedis(async () => (await each.ask('CLUSTER', 'NODES')).includes('slave'))
}

const meet = (one: RedisServer, other: RedisServer) => one.ask('CLUSTER', 'MEET', '127.0.0.1', String(other.port))
