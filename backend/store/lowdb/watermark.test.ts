import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { nodeDisk } from './disk.ts'
import { faultyDisk } from './faulty-disk.ts'
import { withTemp } from './temp.ts'
import { openWatermark, parseWatermark } from './watermark.ts'

describe('the watermark', () => {
  it('says what was written last, and nothing when a byte of it is wrong', withTemp(async ({ directory }) => {
    const path = join(directory, 'watermark')
    const segment = await nodeDisk.open(join(directory, 'segment'), 'new')
    const watermark = await openWatermark(nodeDisk, path)
    await watermark.set(segment, 12, 3_456_789)
    await watermark.set(segment, 3, 45)
    await watermark.close()
    const bytes = await readFile(path)
    assert.deepEqual(parseWatermark(bytes), { segment: 3, bytes: 45, changedNs: (await segment.mark()).changedNs })
    await segment.close()
    assert.equal(parseWatermark(bytes.subarray(0, -1)), undefined)
    const end = bytes.indexOf(' \n'[0] ?? '', 30)
    for (let at = 0; at < end; at += 1) {
      const wrong = Buffer.from(bytes)
      wrong[at] = (wrong[at] ?? 0) ^ 1
      assert.equal(parseWatermark(wrong), undefined, `byte ${at}`)
    }
  }))

  it('is no reason for a change to fail', withTemp(async ({ open }) => {
    const { disk, faults } = faultyDisk()
    const store = await open({ disk })
    faults.fails = ({ call, name }) => call === 'write' && name === 'watermark' && 'EIO'
    await store.counters.take('key', { max: 1, seconds: 1 }, 0)
    await store.ready()
  }))
})
