import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { withEarlier } from './asset-archive.ts'
import { loadAssets, type Assets } from './assets.ts'

describe('after an upgrade', () => {
  let directory = ''
  before(async () => void (directory = await mkdtemp(join(tmpdir(), 'linklatch-archive-'))))
  after(() => rm(directory, { recursive: true, force: true }))

  /** One version as it is built and started. */
  async function started(version: string, script: string, later: string): Promise<Assets> {
    const built = await mkdtemp(join(directory, 'built-'))
    await writeFile(join(built, 'linklatch.js'), script)
    await writeFile(join(built, 'bridge.js'), 'export {}\n')
    await writeFile(join(built, 'console.js'), 'export {}\n')
    await writeFile(join(built, `later-${later}.js`), later)
    return withEarlier(await loadAssets(built, version), join(directory, 'scripts'))
  }

  it('pages that pin the version before still get its script and what that imports, byte for byte', async () => {
    const first = await started('1.0.0', 'old', 'aaa')
    const second = await started('1.1.0', 'new', 'bbb')
    assert.equal(second.later.get('/linklatch-1.0.0.js')?.integrity, first.script.integrity)
    assert.equal(second.later.get('/later-aaa.js')?.body.toString(), 'aaa')
    assert.equal(second.scriptPath, '/linklatch-1.1.0.js')
  })

  it('the file of the running version is the built one, and is left as that', async () => {
    const again = await started('1.1.0', 'mended', 'bbb')
    assert.equal(again.later.has('/linklatch-1.1.0.js'), false)
    assert.equal((await started('1.2.0', 'newer', 'ccc')).later.get('/linklatch-1.1.0.js')?.body.toString(), 'mended')
  })

  it('serves nothing else that lies there, and leaves no half files', async () => {
    for (const name of ['secret.json', 'linklatch-9.js', 'linklatch-1.0.0.js.map', 'bridge-aaa.js']) await writeFile(join(directory, 'scripts', name), 'x')
    const paths = [...(await started('1.3.0', 'newest', 'ddd')).later.keys()].sort()
    assert.deepEqual(paths, ['/later-aaa.js', '/later-bbb.js', '/later-ccc.js', '/later-ddd.js', '/linklatch-1.0.0.js', '/linklatch-1.1.0.js', '/linklatch-1.2.0.js'])
    assert.deepEqual((await readdir(join(directory, 'scripts'))).filter((name) => name.endsWith('.new')), [])
  })
})
