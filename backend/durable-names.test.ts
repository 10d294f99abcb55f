import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { syncDirectory, syncNameOf } from './durable-names.ts'

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
