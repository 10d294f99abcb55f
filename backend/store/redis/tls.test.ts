/** `rediss://` against real servers: who is trusted, and what is said where nobody can be. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeAuthority, noOpenssl } from '../../testing/local-authority.ts'
import { freePort, noRedis, startRedis, type RedisServer } from '../../testing/redis-server.ts'
import { formCluster } from '../../testing/redis-cluster.ts'
import { startSentinel } from '../../testing/redis-sentinel.ts'

type TlsServer = RedisServer & { tlsPort: number }

const skip = noRedis || noOpenssl
const whole = process.env.LINKLATCH_WHOLE ? false : 'npm run test:redis runs it'
const folder = (name: string) => mkdtempSync(join(tmpdir(), `linklatch-${name}-`))

describe('Redis over TLS', { skip }, () => {
  const folders = [folder('authority'), folder('stranger')] as const
  let ours: ReturnType<typeof makeAuthority>
  let named: TlsServer
  let otherwise: TlsServer

  const settingsOf = ({ authority, certificate, key }: typeof ours, tlsPort: number) =>
    ['--tls-port', String(tlsPort), '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority, '--tls-auth-clients', 'no']
  const startTls = async (authority: typeof ours, more: string[] = []): Promise<TlsServer> => {
    const tlsPort = await freePort()
    return Object.assign(await startRedis([...settingsOf(authority, tlsPort), ...more]), { tlsPort })
  }
  /** In a process of its own: Node reads the variable when it begins. */
  const openEach = async (urls: string[], trusted?: string): Promise<string[]> => {
    const script = fileURLToPath(new URL('../../testing/open-redis.ts', import.meta.url))
    const env = { ...process.env, ...(trusted !== undefined && { NODE_EXTRA_CA_CERTS: trusted }) }
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...urls], { env })
    return stdout.trim().split('\n')
  }

  before(async () => {
    ours = makeAuthority(folders[0], ['127.0.0.1', 'localhost'])
    named = await startTls(ours)
    otherwise = await startTls(makeAuthority(folders[1], ['redis.example']))
  })
  after(async () => {
    await Promise.all([named.dispose(), otherwise.dispose()])
    for (const each of folders) await rm(each, { recursive: true, force: true })
  })

  it('is trusted by an authority of the operator’s own, and by no other name or authority', async () => {
    const urls = [`rediss://127.0.0.1:${named.tlsPort}`, `rediss://localhost:${named.tlsPort}`, `rediss://127.0.0.1:${otherwise.tlsPort}`]
    const [byAddress, byName, stranger] = await openEach(urls, ours.authority)
    assert.deepEqual([byAddress, byName], ['opened', 'opened'])
    assert.match(stranger ?? '', /rediss:\/\/127\.0\.0\.1:\d+ cannot be trusted \([A-Z_]+\): name its certificate authority in NODE_EXTRA_CA_CERTS$/)
    const [unknown] = await openEach(urls.slice(0, 1))
    assert.match(unknown ?? '', /cannot be trusted/)
    const [misnamed] = await openEach([`rediss://127.0.0.1:${otherwise.tlsPort}`], join(folders[1], 'ca.crt'))
    assert.match(misnamed ?? '', /shows a certificate for another name/)
  })

  it('says so where one side speaks TLS and the other does not', { skip: whole }, async () => {
    const [plain, secret] = await openEach([`redis://127.0.0.1:${named.tlsPort}`, `rediss://127.0.0.1:${named.port}`], ours.authority)
    assert.match(secret ?? '', /cannot be reached \([A-Z]+\); is that a port for TLS\?$/)
    assert.match(plain ?? '', /is that a port for TLS, which rediss:\/\/ is for\?$/)
  })

  it('is reached through Sentinel and in a Cluster in the same way', { skip: whole }, async () => {
    const clustered = await startTls(ours, ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', '--cluster-announce-ip', '127.0.0.1'])
    const sentinelPort = await freePort()
    const sentinel = await startSentinel(named, settingsOf(ours, sentinelPort).join(' ').split(' --').map((line) => line.replace(/^--/, '')), named.tlsPort)
    try {
      await formCluster([clustered])
      const urls = [`rediss+sentinel://127.0.0.1:${sentinelPort}/it`, `rediss+cluster://127.0.0.1:${clustered.tlsPort}`]
      assert.deepEqual(await openEach(urls, ours.authority), ['opened', 'opened'])
      for (const refused of await openEach(urls)) assert.match(refused, /cannot be trusted/)
    } finally {
      await sentinel.stop()
      await clustered.dispose()
    }
  })
})
