import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { replaceFile, syncDirectory, syncNameOf } from './durable-names.ts'

// That it reaches the disk is seen from a system-call trace: crash/.
describe('a name made durable', () => {
  it('is one in a directory that is there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-names-'))
    await syncDirectory(directory)
    await syncNameOf(join(directory, 'file'))
    await assert.rejects(syncNameOf(join(directory, 'missing', 'file')), { code: 'ENOENT' })
    await rm(directory, { recursive: true })
  })

  it('minds no directory above where nothing is ever written', { skip: process.platform !== 'linux' }, () => syncNameOf('/proc/self/status'))
})

describe('a file that is replaced', () => {
  it('is written aside, so that a crash leaves a whole one, and is its owner’s alone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-names-'))
    const path = join(directory, 'file')
    await writeFile(path, 'what was there before')
    const before = await stat(path)
    await replaceFile(path, 'new')
    const after = await stat(path)
    assert.notEqual(after.ino, before.ino)
    assert.equal(after.mode & 0o777, 0o600)
    assert.deepEqual([await readFile(path, 'utf8'), await readdir(directory)], ['new', ['file']])
    await rm(directory, { recursive: true })
  })
})
