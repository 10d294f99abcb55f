/** The verifiers without our code take a good token, and nothing else. Each runs where its language is to be had. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createAccessTokens, type AccessTokens } from '../../backend/tokens/access-token.ts'
import { openKeyFile } from '../../backend/tokens/key-file.ts'

const here = join(import.meta.dirname, 'verify-elsewhere')
const python = ['/usr/bin/python3', 'python3'].find((command) => works(command, ['-c', 'import jwt, cryptography; jwt.PyJWKClient']))
const languages = [
  { name: 'Python', command: python ?? 'python3', file: 'verify.py', missing: python === undefined && 'no Python with PyJWT and cryptography here (Debian: python3-jwt python3-cryptography)' },
  { name: 'PHP', command: 'php', file: 'verify.php', missing: !works('php', ['-r', 'exit(extension_loaded("openssl") ? 0 : 1);']) && 'no PHP with OpenSSL here (Debian: php-cli)' },
  { name: 'shell', command: 'sh', file: 'verify.sh', missing: !['curl', 'jq', 'openssl', 'xxd'].every((tool) => works('sh', ['-c', `command -v ${tool}`])) && 'no curl, jq, openssl or xxd here' },
]
const audience = '0123456789abcdef'
const claims = { sub: 'somebody', aud: audience, sid: 'session', jti: 'token', email: 'ada@example.org', auth_time: 1, roles: [] }

describe('access tokens, verified without our code', () => {
  let folder: string
  let server: Server
  let issuer: string
  let tokens: AccessTokens
  let foreign: AccessTokens

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'linklatch-keys-'))
    server = createServer((_, response) => response.end(JSON.stringify(tokens.jwks)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    tokens = await issue('own')
    foreign = await issue('foreign')
  })
  after(async () => {
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  const wall = () => Date.now() / 1000
  const issue = async (name: string) => createAccessTokens(await openKeyFile(join(folder, name), wall() - 9), issuer)
  const fresh = (more: object = {}) => tokens.sign({ ...claims, ...more }, 300, wall())

  for (const { name, command, file, missing } of languages) {
    const verify = async (token: string) => {
      const child = spawn(command, [join(here, file), issuer, audience], { stdio: ['pipe', 'pipe', 'pipe'] })
      let out = ''
      let err = ''
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
      child.stdin.end(`${token}\n`)
      const [code] = (await once(child, 'close')) as [number]
      return { code, out, err }
    }
    const test = (title: string, run: () => Promise<void>): void => void it(`${name}: ${title}`, { skip: missing, timeout: 120_000 }, run)

    test('a good token gives its claims', async () => {
      // Some signatures have a short or a long r and s in DER: several tokens meet them.
      for (let i = 0; i < 8; i += 1) {
        const { code, out, err } = await verify(fresh())
        assert.equal(code, 0, err)
        assert.equal((JSON.parse(out) as { sub: string }).sub, 'somebody')
      }
    })

    test('anything else is refused', async () => {
      const good = fresh()
      for (const [why, token] of Object.entries(await wrongOnes(good))) {
        const { code, out, err } = await verify(token)
        assert.notEqual(code, 0, `${why} was taken`)
        assert.equal(out, '', why)
        assert.match(err, /^refused: /m, why)
      }
    })
  }

  async function wrongOnes(good: string): Promise<Record<string, string>> {
    const [head = '', body = '', signature = ''] = good.split('.')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
    const [key] = tokens.jwks.keys
    const hmacHead = encode({ ...header, alg: 'HS256' })
    return {
      'another audience': fresh({ aud: 'fedcba9876543210' }),
      'past its end': tokens.sign(claims, 300, wall() - 400),
      'another issuer': createAccessTokens(await openKeyFile(join(folder, 'own'), wall()), 'https://evil.example').sign(claims, 300, wall()),
      'a key that is not published': foreign.sign(claims, 300, wall()),
      'another body': `${head}.${encode({ ...claims, iss: issuer, sub: 'admin', iat: Math.floor(wall()), exp: Math.floor(wall()) + 300 })}.${signature}`,
      'no signature': `${encode({ ...header, alg: 'none' })}.${body}.`,
      'the public key as a shared secret': `${hmacHead}.${body}.${createHmac('sha256', JSON.stringify(key)).update(`${hmacHead}.${body}`).digest('base64url')}`,
      'another type': `${encode({ ...header, typ: 'JWT' })}.${body}.${signature}`,
      'no token': 'nonsense',
    }
  }
})

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}
