import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { nodeDisk, writeAll } from './disk.ts'
import { withTemp } from './temp.ts'

describe('the disk', () => {
  it('makes directories for their owner alone, and does not mind those that are there', withTemp(async ({ directory }) => {
    const deep = join(directory, 'a', 'b', 'c')
    await nodeDisk.createDirectory(deep)
    await nodeDisk.createDirectory(deep)
    for (const path of [join(directory, 'a'), deep]) assert.equal((await stat(path)).mode & 0o777, 0o700)
  }))

  it('makes a new file only where there is none, and opens one that is there without emptying it', withTemp(async ({ directory }) => {
    const path = join(directory, 'file')
    await assert.rejects(nodeDisk.open(path, 'there'), { code: 'ENOENT' })
    const file = await nodeDisk.open(path, 'new')
    await file.write(Buffer.from('text'), 2)
    await file.close()
    await assert.rejects(nodeDisk.open(path, 'new'), { code: 'EEXIST' })
    for (const how of ['there', 'either'] as const) await (await nodeDisk.open(path, how)).close()
    assert.equal((await nodeDisk.read(path)).toString(), '\0\0text')
  }))

  it('tells a file that was written to from one that was not', withTemp(async ({ directory }) => {
    const file = await nodeDisk.open(join(directory, 'file'), 'new')
    const before = await file.mark()
    assert.deepEqual(await file.mark(), before)
    await file.write(Buffer.from('text'), 0)
    const after = await file.mark()
    await file.close()
    assert.deepEqual([after.ino, after.bornNs, after.bytes], [before.ino, before.bornNs, 4])
    assert.deepEqual(await nodeDisk.mark(join(directory, 'file')), after)
  }))

  it('writes on where less was written than asked for, and gives up where nothing is', async () => {
    const takes = (bytesOf: (asked: number) => number) => {
      let taken = ''
      const write = async (bytes: Uint8Array, offset: number, length: number, position: number) => {
        assert.equal(position, 7 + offset)
        const bytesWritten = bytesOf(length)
        taken += Buffer.from(bytes).toString('latin1', offset, offset + bytesWritten)
        return { bytesWritten, buffer: bytes }
      }
      return { handle: { write } as unknown as Parameters<typeof writeAll>[0], taken: () => taken }
    }
    const short = takes((asked) => Math.min(2, asked))
    await writeAll(short.handle, Buffer.from('hello'), 7)
    assert.equal(short.taken(), 'hello')
    await assert.rejects(writeAll(takes(() => 0).handle, Buffer.from('hello'), 7), { code: 'EIO' })
  })

  it('minds no file that is gone already', withTemp(async ({ directory }) => nodeDisk.remove(join(directory, 'nothing'))))
})
