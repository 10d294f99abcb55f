import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { serveWith, type TestServer } from '../testing/koa-server.ts'
import { loadAssets, serveAsset, snippetFor, type Assets } from './assets.ts'

const source = `export const linklatch = ${JSON.stringify('x'.repeat(2000))}\n`
let directory = ''
let assets: Assets
let server: TestServer
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'linklatch-assets-'))
  await writeFile(join(directory, 'linklatch.js'), source)
  await writeFile(join(directory, 'bridge.js'), 'export {}\n')
  await writeFile(join(directory, 'console.js'), 'export {}\n')
  await writeFile(join(directory, 'later-de-0123456789ab.js'), 'export const de = 1\n')
  assets = await loadAssets(directory, '1.2.3')
  server = await serveWith((ctx, next) => serveAsset(assets.script, ctx.path === '/linklatch.js' ? 'short' : 'immutable')(ctx, next))
})
after(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})
const ask = (headers: Record<string, string> = {}, method = 'GET', path = '/linklatch.js') => fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers })

describe('a script file', () => {
  it('is readable by any page, on pages with COEP too', async () => {
    const { status, headers } = await ask()
    assert.deepEqual([status, headers.get('content-type'), headers.get('access-control-allow-origin'), headers.get('cross-origin-resource-policy')], [200, 'text/javascript; charset=utf-8', '*', 'cross-origin'])
  })

  it('is kept for ever under the name that carries its version, and for minutes under the other', async () => {
    assert.equal((await ask({}, 'GET', assets.scriptPath)).headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal((await ask()).headers.get('cache-control'), 'public, max-age=300')
  })

  it('is the same file in brotli, gzip and plain, as the browser takes it', async () => {
    for (const [accepted, encoding] of [['br, gzip', 'br'], ['gzip, br', 'br'], ['gzip', 'gzip'], ['identity', null], ['br;q=0, gzip;q=0', null], ['x', null]] as const) {
      const answer = await ask({ 'Accept-Encoding': accepted })
      assert.equal(answer.headers.get('content-encoding'), encoding, accepted)
      assert.equal(answer.headers.get('vary'), 'Accept-Encoding')
      assert.equal(await answer.text(), source)
    }
  })

  it('is not sent again to who has it', async () => {
    const etag = (await ask()).headers.get('etag') ?? ''
    const again = (known: string) => server.send({ path: '/linklatch.js', headers: { 'If-None-Match': known } })
    const same = await again(etag)
    assert.deepEqual([same.status, same.text, same.headers.etag], [304, '', etag])
    assert.equal((await again('"other"')).status, 200)
  })

  it('has a weak name, for its encodings share it (RFC 9110, section 8.8.1)', async () => {
    assert.match((await ask()).headers.get('etag') ?? '', /^W\/"[0-9a-f]{20}"$/)
  })

  it('has no body for HEAD', async () => {
    const answer = await ask({ 'Accept-Encoding': 'identity' }, 'HEAD')
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('content-length')], [200, '', String(source.length)])
  })
})

describe('the snippet', () => {
  it('names the versioned file with its hash, and the site', () => {
    const hash = createHash('sha384').update(source).digest('base64')
    assert.equal(snippetFor(assets, 'https://auth.example.com', { id: 'site-1' }), `<script type="module" src="https://auth.example.com/linklatch-1.2.3.js" integrity="sha384-${hash}" crossorigin="anonymous"></script>\n<linklatch-sign-in site="site-1"></linklatch-sign-in>`)
  })
})

describe('the assets', () => {
  it('have a name for the bridge that changes with its content', async () => {
    assert.match(assets.bridgePath, /^\/bridge-[0-9a-f]{12}\.js$/)
    await writeFile(join(directory, 'bridge.js'), 'export const other = 1\n')
    assert.notEqual((await loadAssets(directory, '1.2.3')).bridgePath, assets.bridgePath)
  })

  it('hold what the script imports later, under the names that carry its content, and nothing else of the directory', async () => {
    await writeFile(join(directory, 'linklatch.js.map'), '{}')
    const { later } = await loadAssets(directory, '1.2.3')
    assert.deepEqual([...later.keys()], ['/later-de-0123456789ab.js'])
    assert.equal(later.get('/later-de-0123456789ab.js')?.body.toString(), 'export const de = 1\n')
  })

  it('stop the start with what to do when they are not built', async () => {
    await assert.rejects(loadAssets(join(directory, 'nowhere'), '1.2.3'), /(linklatch|bridge)\.js is not there: run npm run build first/)
  })
})
