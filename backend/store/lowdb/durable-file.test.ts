import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Low } from 'lowdb'
import * as v from 'valibot'
import { StoreDamaged } from './damage.ts'
import { DurableFile, jsonForm } from './durable-file.ts'
import { faultyDisk } from './faulty-disk.ts'
import { withTemp } from './temp.ts'

const schema = v.object({ names: v.array(v.string()) })
const fileOf = (path: string, what = 'thing', disk = faultyDisk().disk) => new DurableFile({ disk, path, what, form: jsonForm(schema) })

describe('the durable file of lowdb', () => {
  it('gives back what was written, in a file of mode 0600', withTemp(async ({ directory }) => {
    const path = join(directory, 'file.json')
    const low = new Low(fileOf(path), { names: [] })
    low.data = { names: ['é', '\u2028'] }
    await low.write()
    const again = new Low(fileOf(path), { names: [] })
    await again.read()
    assert.deepEqual(again.data, low.data)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  }))

  it('has its bytes on disk before it has its name', withTemp(async ({ directory }) => {
    const { disk, calls } = faultyDisk()
    await fileOf(join(directory, 'file.json'), 'thing', disk).write({ names: [] })
    assert.deepEqual(calls.map(({ call, name }) => `${call} ${name}`), [
      'remove file.json.tmp', 'open file.json.tmp', 'write file.json.tmp', 'sync file.json.tmp', 'close file.json.tmp', 'rename file.json',
    ])
  }))

  it('is the old one when the new one cannot be written', withTemp(async ({ directory }) => {
    const { disk, faults } = faultyDisk({ bytesBeforeFailure: 9 })
    const file = fileOf(join(directory, 'file.json'), 'thing', disk)
    await file.write({ names: ['old'] })
    for (const failing of ['open', 'write', 'sync', 'rename']) {
      faults.fails = ({ call }) => call === failing && 'EIO'
      await assert.rejects(file.write({ names: ['new'] }), { code: 'EIO' })
      assert.deepEqual(await file.read(), { names: ['old'] })
    }
  }))

  it('is never a default: missing, empty, foreign, of another kind or not of the schema, it is refused', withTemp(async ({ directory }) => {
    const path = join(directory, 'file.json')
    await assert.rejects(fileOf(path).read(), { name: 'StoreDamaged', message: /is missing/ })
    await assert.rejects(fileOf(directory).read(), { name: 'StoreDamaged', message: /cannot be read \(EISDIR\)/ })
    await fileOf(path).write({ names: ['a'] })
    const text = await readFile(path, 'utf8')
    await assert.rejects(fileOf(path, 'other').read(), StoreDamaged)
    for (const bad of ['', '0', 'null', '[]', '\ufeff' + text, text.slice(0, -1), `${text}\n`, text.replace('names', 'nomes'), '\0'.repeat(99)]) {
      await writeFile(path, bad)
      await assert.rejects(fileOf(path).read(), StoreDamaged)
    }
    const otherSchema = new DurableFile({ disk: faultyDisk().disk, path, what: 'thing', form: jsonForm(v.unknown()) })
    await otherSchema.write({ names: [1] })
    await assert.rejects(fileOf(path).read(), StoreDamaged)
  }))
})
