/** What Redis has to be like, asked before anything is kept in it. Every refusal is one line that says what to set. */
import { randomUUID } from 'node:crypto'
import { text, texts, troubleCode, type Client } from './client.ts'
import type { Connection } from './connect.ts'

/** Ends the start. The message follows the address, and never holds a credential. */
export class StoreUnfit extends Error {
  override readonly name = 'StoreUnfit'
  /** It may be another time: nothing is wrong with what was configured. */
  readonly isTemporary: boolean

  constructor(message: string, isTemporary = false) {
    super(message)
    this.isTemporary = isTemporary
  }
}

export type Facts = { version: string; role: string; policy: string; appendOnly: boolean; fsync?: string; snapshots?: boolean; replicas: number; minReplicas?: string }

const oldest = [7, 0] as const

/** Refuses, or gives what an operator should know, a sentence each. */
export async function checkServer(asked: Asked, production: boolean): Promise<string[]> {
  const facts = await askFacts(asked.client)
  const refused = refusal(facts, production)
  if (refused !== undefined) throw new StoreUnfit(refused)
  await tryCommands(asked)
  return warnings(facts)
}

async function askFacts(client: Client): Promise<Facts> {
  const info = (await Promise.all(['server', 'replication', 'memory', 'persistence'].map((section) => client.run('INFO', section)))).map((reply) => text(reply) ?? '').join('\n')
  const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const [fsync, save, minReplicas] = await Promise.all(['appendfsync', 'save', 'min-replicas-to-write'].map((name) => configOf(client, name)))
  return {
    version: of('redis_version'),
    role: of('role'),
    policy: of('maxmemory_policy'),
    appendOnly: of('aof_enabled') === '1',
    replicas: Number(of('connected_slaves') || 0),
    ...(fsync !== undefined && { fsync }),
    ...(save !== undefined && { snapshots: save !== '' }),
    ...(minReplicas !== undefined && { minReplicas }),
  }
}

/** Hosted ones do not show it. */
async function configOf(client: Client, name: string): Promise<string | undefined> {
  try {
    return texts(await client.run('CONFIG', 'GET', name))[1]
  } catch (error) {
    if (['NOPERM', 'UNKNOWN_COMMAND', 'ERR'].includes(troubleCode(error) ?? '')) return undefined
    throw error
  }
}

export function refusal({ version, role, policy, appendOnly, snapshots }: Facts, production: boolean): string | undefined {
  if (!isNewEnough(version)) return `is Redis ${version}; it takes ${oldest.join('.')} or newer`
  if (role !== 'master') return 'is a replica, which takes no changes: name the master, or a redis+sentinel:// URL that finds it'
  if (policy !== 'noeviction') return `may throw records away when memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction`
  if (production && !appendOnly && snapshots === false) return 'keeps nothing on disk: set appendonly yes and, for a promise that holds over a power loss, appendfsync always'
  return undefined
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

export function warnings({ appendOnly, fsync, snapshots, replicas, minReplicas }: Facts): string[] {
  return [
    !appendOnly && snapshots === false && 'Redis keeps nothing on disk: after a restart every site, user and session is gone. Set appendonly yes',
    !appendOnly && snapshots !== false && 'Redis writes snapshots only: a crash forgets all since the last one, sign-outs too. Set appendonly yes',
    appendOnly && fsync === 'everysec' && 'appendfsync is everysec: a crash of the machine forgets up to two seconds of acknowledged sign-ins, sign-outs and blocks; no link works twice. appendfsync always forgets nothing',
    appendOnly && fsync === 'no' && 'appendfsync is no: a crash of the machine forgets what its system had not written yet, half a minute or so, sign-outs too. Set appendfsync always',
    appendOnly && fsync === undefined && 'appendfsync cannot be read here; with everysec a crash of the machine forgets up to two seconds of acknowledged changes',
    replicas > 0 && minReplicas === '0' && 'there are replicas and min-replicas-to-write is 0: a failover forgets what they had not received yet. Set min-replicas-to-write 1 and min-replicas-max-lag 10',
  ].filter((line) => line !== false)
}

type Probe = [command: string, ...args: (string | number)[]]

/** Every command that is used, scripts' own included, on a key that is nobody's. */
const needed = (probe: string): Probe[] => [
  ['SET', probe, '1', 'PX', 10_000], ['GET', probe], ['MGET', probe], ['EXISTS', probe], ['GETRANGE', probe, 0, 1], ['PEXPIRE', probe, 10_000], ['DEL', probe],
  ['HGET', probe, 'a'], ['HSET', probe, 'a', 'b'], ['HDEL', probe, 'a'], ['SADD', probe, 'a'], ['SMEMBERS', probe], ['SUNION', probe], ['SREM', probe, 'a'], ['ZADD', probe, 0, 'a'],
  ['ZRANGE', probe, 0, 0], ['ZCOUNT', probe, 0, 1], ['ZREM', probe, 'a'], ['XADD', probe, '*', 'a', 'b'], ['XRANGE', probe, '-', '+', 'COUNT', 1], ['XREVRANGE', probe, '+', '-', 'COUNT', 1], ['XTRIM', probe, 'MAXLEN', 0], ['XINFO', 'STREAM', probe], ['DEL', probe], ['EXISTS', 'linklatch:probe'], ['TIME'], ['PUBLISH', probeChannel, ''], ['PING'],
  ['EVAL', "return 1", 1, probe], ['EVALSHA', '0000000000000000000000000000000000000000', 1, probe],
]

const probeChannel = 'linklatch:probe'

/** What connections do by themselves, and what `askFacts` asks; the last of them may be refused. */
const around = ['hello', 'select', 'info', 'subscribe', 'unsubscribe', 'config|get']
const aroundCluster = ['cluster|slots', 'cluster|info']

/** All that an ACL has to allow, and no more, for the message and the documentation. */
export function aclRule(isCluster = false): string {
  const commands = [...new Set(needed('').map(([command, word]) => (command === 'XINFO' ? `xinfo|${String(word).toLowerCase()}` : command.toLowerCase()))), ...around, ...(isCluster ? aroundCluster : [])]
  return `~{linklatch* ~linklatch:* &linklatch:* ${commands.map((command) => `+${command}`).join(' ')}`
}

type Asked = Pick<Connection, 'client' | 'join' | 'leave'>

async function tryCommands({ client, join, leave }: Asked): Promise<void> {
  const commands = needed(`{linklatch0}:probe:${randomUUID()}`).map(([command, ...args]) => ({ command, run: () => client.run(command, ...args) }))
  for (const { command, run } of [...commands, { command: 'SUBSCRIBE', run: () => join([probeChannel]) }]) {
    try {
      await run()
    } catch (error) {
      const code = troubleCode(error)
      if (code === 'NOPERM') throw new StoreUnfit(`refuses ${command} to this user: its ACL has to be like ${aclRule()}`)
      if (code !== 'NOSCRIPT') throw error
    }
  }
  leave([probeChannel])
}

/** The first contact, in a line. */
export function unreachable(code: string, tls = false): StoreUnfit {
  if (code === 'NOAUTH') return new StoreUnfit('asks for a password: put it into the URL, redis://:password@host')
  if (code === 'WRONGPASS') return new StoreUnfit('refuses the user name or the password of the URL')
  if (code === 'NOPERM') return new StoreUnfit(`refuses this user: its ACL has to be like ${aclRule()}`)
  if (/ALTNAME/.test(code)) return new StoreUnfit('shows a certificate for another name: put the name that it has into the URL')
  if (/CERT|TLS|SSL/.test(code)) return new StoreUnfit(`cannot be trusted (${code}): name its certificate authority in NODE_EXTRA_CA_CERTS`)
  if (code === 'LOADING') return new StoreUnfit('is still reading its data from disk', true)
  if (code === 'NO_SUCH_MASTER') return new StoreUnfit('is a Sentinel that knows no master of that name')
  const hint = tls ? /ETIMEDOUT|TIMEOUT|ECONNRESET|CLOSED/.test(code) && '; is that a port for TLS?' : code === 'ECONNRESET' && '; is that a port for TLS, which rediss:// is for?'
  return new StoreUnfit(`cannot be reached (${code})${hint || ''}`, true)
}
