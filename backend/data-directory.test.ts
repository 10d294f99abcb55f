import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { prepareDirectory } from './data-directory.ts'

describe('a directory that the environment names', () => {
  let scratch = ''
  before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'linklatch-directory-'))))
  after(() => rm(scratch, { recursive: true, force: true }))

  it('is made with its parents, for its owner alone, and left empty', async () => {
    const path = join(scratch, 'a', 'b')
    await prepareDirectory('LINKLATCH_DATA_DIR', path)
    assert.equal((await stat(path)).mode & 0o777, 0o700)
    assert.deepEqual(await readdir(path), [])
    await prepareDirectory('LINKLATCH_DATA_DIR', path)
  })

  it('stops the start where it is a file, below one, or cannot be made', async () => {
    const file = join(scratch, 'file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below'), '/proc/nope', '/proc/nope/below']) {
      await assert.rejects(prepareDirectory('LINKLATCH_DATA_DIR', path), new RegExp(`^ConfigError: LINKLATCH_DATA_DIR is "${path}": it cannot be written to`))
    }
  })
})
