import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { version } from './version.ts'

it('the version is the package’s', async () => {
  const manifest: { version?: unknown } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  assert.equal(version, manifest.version)
})
