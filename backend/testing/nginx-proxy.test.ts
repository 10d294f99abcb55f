/** What nginx keeps of a sign-in, with the configuration that `docs/nginx.conf` gives to operators. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { testBackend } from './backend.ts'
import { makeAuthority, noOpenssl } from './local-authority.ts'
import { documentedConfiguration, nginxLogs, noNginx, runNginx } from './nginx-proxy.ts'
import { freePort } from './redis-server.ts'
import { begun } from './visitor.ts'

const serverName = 'auth.shop.example.com'

async function documentedProxy(port: number) {
  const folder = await mkdtemp(join(tmpdir(), 'linklatch-nginx-'))
  const [tlsPort, { authority, certificate, key }] = [await freePort(), makeAuthority(folder, [serverName])]
  const ca = await readFile(authority)
  const get = async (path: string): Promise<number | undefined> => {
    const headers = { host: serverName, referer: `https://${serverName}${path}` }
    const sent = request({ host: '127.0.0.1', port: tlsPort, path, servername: serverName, ca, headers, agent: false })
    sent.end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'close')
    return answer.statusCode
  }
  const isThere = () => get('/healthz').then((status) => status === 200, () => false)
  const nginx = await runNginx(folder, documentedConfiguration({ serverName, port, tlsPort, certificate, key, folder }), isThere)
  return {
    get,
    async logs() {
      await nginx.stop()
      const logs = nginxLogs(folder)
      await rm(folder, { recursive: true })
      return logs
    },
  }
}

describe('nginx as documented', { skip: noNginx || noOpenssl }, () => {
  it('writes no token down: neither of a link that is opened, nor of one that finds no backend', async () => {
    const backend = await testBackend()
    const { mail } = await begun(backend)
    const proxy = await documentedProxy(backend.port)
    const paths = [`/link?token=${mail.token}`, `/approve?token=${mail.token}`, `/LINK/?token=${mail.token}`]
    const visit = async () => {
      const statuses = []
      for (const path of paths) statuses.push(await proxy.get(path))
      return statuses
    }
    const answered = await visit()
    await backend.dispose()
    const unanswered = await visit()
    const { access, error } = await proxy.logs()
    assert.deepEqual([answered.slice(0, 2), unanswered], [[303, 200], [502, 502, 502]])
    assert.match(access, /"GET \/link HTTP\/1\.1" 303 .*\n.*"GET \/approve HTTP\/1\.1" 200/)
    assert.match(access, /"GET \/link HTTP\/1\.1" 502/)
    assert.ok(!(access + error).includes(mail.token.slice(0, 20)))
    assert.doesNotMatch(access + error, /token/)
  })
})
