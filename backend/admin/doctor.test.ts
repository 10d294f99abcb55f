import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createSite } from '../sites/manage-sites.ts'
import { adminToken, testBackend } from '../testing/backend.ts'
import { newKeyFile } from '../tokens/key-file.ts'
import { doctor, examine } from './doctor.ts'

/** Every finding, as a line. */
const lines = async (env: Record<string, string>) => (await examine(env)).map(({ mark, text }) => `${mark} ${text}`)
const has = (found: string[], pattern: RegExp) => assert.ok(found.some((line) => pattern.test(line)), `${String(pattern)} in\n${found.join('\n')}`)

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const cannotMount = (): boolean => process.geteuid?.() !== 0 || spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0

describe('linklatch doctor', () => {
  it('stops at settings that are wrong, with the line that the start would give', async () => {
    const said: string[] = []
    assert.equal(await doctor({ PORT: 'x' }, (text) => void said.push(text)), false)
    assert.deepEqual(said, ['fail  settings: PORT is "x": it takes a whole number from 0 to 65535'])
  })

  it('takes an empty place for a place before its first start, and leaves it empty', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-doctor-'))
    const said: string[] = []
    const env = { LINKLATCH_DATA_DIR: join(directory, 'data'), LINKLATCH_PUBLIC_URL: 'http://localhost:1' }
    assert.equal(await doctor(env, (text) => void said.push(text)), true)
    has(said, /^warn {2}.*data is not there: the first start makes it/)
    has(said, /^warn {2}there are no keys/)
    has(said, /^ok {4}no backend has run here yet/)
    has(said, /^warn {2}http:\/\/localhost:1 does not answer from here/)
    await rm(directory, { recursive: true })
  })

  it('finds a running backend, and one whose public address leads elsewhere', async () => {
    const backend = await testBackend()
    const elsewhere = createServer((_, res) => void res.end('welcome'))
    const env = { PORT: String(backend.port), LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken, LINKLATCH_PUBLIC_URL: await listening(elsewhere) }
    try {
      const found = await lines(env)
      has(found, /^ok the backend answers at/)
      has(found, /^ok the keys are whole; 1 signing/)
      has(found, /^ok the admin API is on/)
      has(found, /^fail .* answers 200, and not as this backend/)
      has(await lines({ ...env, PORT: '1' }), /^fail a backend holds the data directory, but does not answer/)
      await backend.stop()
      has(await lines(env), /^warn no backend runs on this data directory/)
      const keys = join(backend.directory, 'data', 'keys')
      await rm(join(keys, 'keys.json'))
      has(await lines(env), /^fail there is a store, and no keys\.json in .*: no backend starts/)
      await newKeyFile(keys, 1)
      has(await lines(env), /^warn the keys take the place of others: from the next start on/)
    } finally {
      elsewhere.close()
      await backend.dispose()
    }
  })

  it('finds a logo that the pages cannot show', async () => {
    const elsewhere = createServer((request, res) => void res.writeHead(request.url === '/moved.svg' ? 301 : 200, { 'content-type': 'image/svg+xml' }).end('<svg/>'))
    const origin = await listening(elsewhere)
    const backend = await testBackend({ site: { logo_url: `${origin}/moved.svg` } })
    await createSite(backend.services, { name: 'x', origins: ['https://x.example'], logo_url: `${origin}/there.svg` })
    try {
      const found = await lines({ PORT: String(backend.port), LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken, LINKLATCH_PUBLIC_URL: 'http://localhost:1' })
      assert.deepEqual(found.filter((line) => line.includes('logo')), [`warn the logo of site ${backend.site.id} cannot be shown: answered with 301`])
    } finally {
      elsewhere.close()
      await backend.dispose()
    }
  })

  it('finds a public address that leads here, and a clock that is apart', async () => {
    let late = 0
    const here = createServer((_, res) => {
      res.setHeader('Date', new Date(Date.now() - late * 1000).toUTCString())
      res.end(JSON.stringify({ issuer: url }))
    })
    const url = await listening(here)
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-doctor-'))
    const env = { LINKLATCH_DATA_DIR: directory, LINKLATCH_PUBLIC_URL: url }
    const found = await lines(env)
    has(found, /^ok .* leads here/)
    has(found, /^ok the clock agrees/)
    late = 3600
    has(await lines(env), /^fail the clock is \d+ s apart/)
    here.close()
    await rm(directory, { recursive: true })
  })

  it('finds directories that others may look into, and keys that are damaged', async () => {
    const backend = await testBackend()
    await backend.stop()
    const data = join(backend.directory, 'data')
    const env = { LINKLATCH_DATA_DIR: data, LINKLATCH_PUBLIC_URL: 'http://localhost:1' }
    await chmod(data, 0o755)
    await chmod(join(data, 'keys'), 0o750)
    const found = await lines(env)
    has(found, /^warn .*data has mode 0755/)
    has(found, /^fail .*keys has mode 0750, .*: run chmod 0700/)
    has(found, /^fail keys: /)
    await chmod(join(data, 'keys'), 0o700)
    await writeFile(join(data, 'keys', 'keys.json'), '{', { mode: 0o600 })
    has(await lines(env), /^fail keys: .*keys\.json is damaged/)
    await backend.dispose()
  })

  it('finds a file system that may only be read', { skip: cannotMount() && 'root alone may mount' }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-doctor-'))
    try {
      assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=0700', 'tmpfs', directory]).status, 0)
      has(await lines({ LINKLATCH_DATA_DIR: directory, LINKLATCH_PUBLIC_URL: 'http://localhost:1' }), /^fail .* cannot be written to \(EROFS\)/)
    } finally {
      spawnSync('umount', ['-l', directory])
      await rm(directory, { recursive: true })
    }
  })

  it('finds what another user has left among the files, as root does', { skip: process.geteuid?.() !== 0 && 'only root may give files away' }, async () => {
    const backend = await testBackend()
    await backend.stop()
    const data = join(backend.directory, 'data')
    const env = { LINKLATCH_DATA_DIR: data, LINKLATCH_PUBLIC_URL: 'http://localhost:1' }
    has(await lines(env), /^ok no file of the store or of the keys belongs to another user/)
    await chown(join(data, 'store', 'manifest.json'), 4_000_000, 4_000_000)
    has(await lines(env), /^fail .*manifest\.json belongs to #4000000, and .*store to root: .*chown -R 0:0 .*store/)
    await chown(join(data, 'store', 'manifest.json'), 0, 0)
    await chown(join(data, 'keys', 'keys.json'), 4_000_000, 4_000_000)
    has(await lines(env), /^fail .*keys\.json belongs to #4000000/)
    await chown(data, 4_000_000, 4_000_000)
    has(await lines(env), /^fail .*data\/\S+ belongs to root, and .*data to #4000000/)
    await backend.dispose()
  })

  it('finds a Redis that is not there', async () => {
    const found = await lines({ LINKLATCH_DATA_DIR: join(tmpdir(), 'linklatch-nowhere'), LINKLATCH_PUBLIC_URL: 'http://localhost:1', LINKLATCH_STORE_URL: 'redis://127.0.0.1:1' })
    has(found, /^fail store: /)
    assert.ok(found.every((line) => !line.includes('/store is not there')), 'no start makes one there')
  })

  it('says where a proxy is not counted, and where mail goes nowhere', async () => {
    const base = { LINKLATCH_DATA_DIR: join(tmpdir(), 'linklatch-nowhere'), LINKLATCH_PUBLIC_URL: 'https://auth.invalid' }
    has(await lines(base), /^warn .*LINKLATCH_PROXY_HOPS is 0/)
    has(await lines({ ...base, LINKLATCH_PROXY_HOPS: '1' }), /^ok proxies in front that are counted: 1/)
    has(await lines(base), /^warn no mail server is set/)
    has(await lines({ ...base, LINKLATCH_SMTP_URL: 'smtp://127.0.0.1:1' }), /^fail the mail server cannot be spoken to/)
  })
})
