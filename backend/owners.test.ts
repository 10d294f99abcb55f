import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { refuseOtherOwner, strangeOwner, userName } from './owners.ts'

describe('a directory that a command would write to', () => {
  let scratch = ''
  before(async () => void (scratch = await mkdtemp(join(tmpdir(), 'linklatch-owner-'))))
  after(() => rm(scratch, { recursive: true, force: true }))

  it('is its owner’s to write to, and nobody else’s, root included', async () => {
    const path = join(scratch, 'store')
    await mkdir(path)
    const { uid } = await stat(path)
    await refuseOtherOwner(path)
    await refuseOtherOwner(path, uid)
    for (const other of [uid + 1, 4_000_000_000]) await assert.rejects(refuseOtherOwner(path, other), (error: Error) => error.message.startsWith(`${path} belongs to `) && error.message.includes('sudo -u '))
  })

  it('is judged by the directory above where it is not there yet', async (context) => {
    await refuseOtherOwner(join(scratch, 'a', 'b'))
    const { uid } = await stat(scratch)
    if (uid === 0) return context.skip('the directory above is root’s, as the system’s are')
    await assert.rejects(refuseOtherOwner(join(scratch, 'a', 'b'), uid + 1), /belongs to/)
  })

  it('may be made by anybody in a directory of the system', async () => {
    await refuseOtherOwner('/nosuch-linklatch', 12_345)
  })

  it('is looked through for its owner and for root, and for nobody else', async () => {
    const path = join(scratch, 'whole')
    await mkdir(path)
    await writeFile(join(path, 'file'), '')
    assert.equal(await strangeOwner(path), undefined)
    assert.equal(await strangeOwner(join(scratch, 'nosuch')), undefined)
    assert.match((await strangeOwner(path, 4_000_000_000)) ?? '', /whole belongs to .*, and this command runs as #4000000000: /)
  })

  it('has an owner with a name, or a number that sudo takes', async () => {
    assert.equal(await userName(0), 'root')
    assert.equal(await userName(4_000_000_000), '#4000000000')
  })
})
