/** The function of docs/servers.md, as it stands there, in this Node: with a server of Node's, and with a Web `Request`. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { createAccessTokens, type AccessTokens } from '../../backend/tokens/access-token.ts'
import { openKeyFile } from '../../backend/tokens/key-file.ts'

type WhoAsks = (authorization: string | null | undefined) => Promise<{ person?: { sub: string }; status?: number; error?: string }>

const root = join(import.meta.dirname, '../..')
const audience = '0123456789abcdef'
const claims = { sub: 'somebody', aud: audience, sid: 'session', jti: 'token', email: 'ada@example.org', amr: ['otp'], auth_time: 1, roles: [] }
const folder = mkdtempSync(join(tmpdir(), 'linklatch-keys-'))
const backend = createServer((_, response) => response.end(JSON.stringify(tokens.jwks)))
let tokens: AccessTokens
let whoAsks: WhoAsks

before(async () => {
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  tokens = createAccessTokens(await openKeyFile(folder, Date.now() / 1000 - 9), issuer)
  whoAsks = await documented(issuer)
})
after(() => {
  backend.closeAllConnections()
  backend.close()
  rmSync(folder, { recursive: true })
})

async function documented(issuer: string): Promise<WhoAsks> {
  const [, code = ''] = /```js\n([^]*?)```/.exec(readFileSync(join(root, 'docs/servers.md'), 'utf8')) ?? []
  const ready = code.replace('linklatch/verify', pathToFileURL(join(root, 'dist/widget/verify.js')).href).replace('https://auth.shop.example', issuer).replace('YOUR SITE ID', audience)
  const module = (await import(`data:text/javascript,${encodeURIComponent(ready)}`)) as { whoAsks: WhoAsks }
  return module.whoAsks
}

const bearer = (more: object = {}, wall = Date.now() / 1000) => `Bearer ${tokens.sign({ ...claims, ...more }, 300, wall)}`

it('a server of Node’s knows who asks', async () => {
  const server = createServer((request, response) => {
    void whoAsks(request.headers.authorization).then(({ person, status = 200 }) => response.writeHead(status).end(person?.sub))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const ask = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers })
  const good = await ask({ Authorization: bearer() })
  assert.deepEqual([good.status, await good.text()], [200, 'somebody'])
  assert.equal((await ask({})).status, 401)
  server.closeAllConnections()
  server.close()
})

it('a handler of Web requests knows who asks', async () => {
  const ask = (authorization?: string) => whoAsks(new Request('http://localhost', { headers: { ...(authorization !== undefined && { authorization }) } }).headers.get('authorization'))
  assert.equal((await ask(bearer({ cnf: { jkt: 'thumbprint' } }))).person?.sub, 'somebody')
  assert.deepEqual(await ask(bearer({}, Date.now() / 1000 - 900)), { status: 401, error: 'expired' })
  assert.deepEqual(await ask(bearer({ aud: 'another' })), { status: 401, error: 'wrong_audience' })
  for (const none of [undefined, '', 'Basic YTpi', 'Bearer']) assert.deepEqual(await ask(none), { status: 401, error: 'malformed' })
})

it('answers 503, and not 401, where the keys are not to be had', async () => {
  const away = await documented('http://127.0.0.1:9')
  assert.deepEqual(await away(bearer()), { status: 503, error: 'keys_unreachable' })
})

it('is there for `require` too', () => {
  execFileSync(process.execPath, ['-e', 'if (typeof require("linklatch/verify").verifySession !== "function") process.exit(1)'], { cwd: root, stdio: 'pipe' })
})
