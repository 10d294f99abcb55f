import assert from 'node:assert/strict'
import { appendFile, cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aSite, aUser } from '../samples.ts'
import { StoreDamaged } from './damage.ts'
import { nodeDisk } from './disk.ts'
import { faultyDisk } from './faulty-disk.ts'
import { encodeLine } from './line.ts'
import { openLowdbStore } from './store.ts'
import { withTemp } from './temp.ts'
import type { Temp } from './temp.ts'

const siteId = aSite().id
const users = 150

/** As a killed process leaves it: some users in documents, the others in the journal. */
async function killed({ directory, open }: Temp): Promise<string> {
  const data = join(directory, 'data')
  await fill(await open({ directory: data }), 0, 100)
  await fill(await open({ directory: data, disk: withoutCheckpoint(3) }), 100, users)
  await open({ directory: join(directory, 'elsewhere') })
  return data
}

const withoutCheckpoint = (segment: number) =>
  faultyDisk({ fails: ({ call, name }) => call === 'open' && name.startsWith(`journal-${segment}.`) && 'ENOSPC' }).disk

async function fill(store: Awaited<ReturnType<typeof openLowdbStore>>, from: number, to: number): Promise<void> {
  await Promise.all(Array.from({ length: to - from }, (_, i) => store.users.insert(aUser({ id: `u${from + i}` }))))
}

/** Opens it, and says how many users are there; `refused` when it says why not in one line. */
async function opened(directory: string): Promise<number | 'refused'> {
  try {
    const store = await openLowdbStore({ directory })
    const { length } = await store.users.list(siteId, { limit: users + 1 })
    await store.close()
    return length
  } catch (error) {
    assert.ok(error instanceof StoreDamaged, String(error))
    assert.match(error.message, /^\/.*(manifest\.json|journal-\d+\.log|doc-\w+-\d+-\d+\.json) .+\.$/)
    return 'refused'
  }
}

/** What the store makes of a copy of `data` to which `harm` was done. */
async function afterHarm({ directory }: Temp, data: string, harm: (copy: string) => Promise<unknown>): Promise<number | 'refused'> {
  const copy = join(directory, 'copy')
  await rm(copy, { recursive: true, force: true })
  await cp(data, copy, { recursive: true })
  await harm(copy)
  return opened(copy)
}

const harms: Record<string, (path: string, bytes: Buffer) => Promise<void>> = {
  emptied: (path) => writeFile(path, ''),
  'cut in the middle': (path, bytes) => truncate(path, bytes.length >> 1),
  'cut by one byte': (path, bytes) => truncate(path, bytes.length - 1),
  'cut by 300 bytes': (path, bytes) => truncate(path, Math.max(0, bytes.length - 300)),
  'all NUL': (path, bytes) => writeFile(path, Buffer.alloc(bytes.length)),
  'with a NUL tail': (path, bytes) => writeFile(path, Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.alloc(bytes.length - (bytes.length >> 1))])),
  'with a hole of NUL': (path, bytes) => writeFile(path, Buffer.from(bytes).fill(0, bytes.length >> 1, (bytes.length >> 1) + 20)),
  'with a BOM': (path, bytes) => writeFile(path, Buffer.concat([Buffer.from('\ufeff'), bytes])),
  'with another byte': (path, bytes) => writeFile(path, changed(bytes, bytes.length >> 1)),
  'with another first byte': (path, bytes) => writeFile(path, changed(bytes, 0)),
  'with another last byte': (path, bytes) => writeFile(path, changed(bytes, bytes.length - 1)),
  foreign: (path) => writeFile(path, '{"users":[]}\n'),
  'an empty list': (path) => writeFile(path, '[]'),
  'a null': (path) => writeFile(path, 'null'),
  deleted: (path) => rm(path),
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe('damaged files (P5)', () => {
  it('are refused, or cost nothing that was acknowledged', withTemp(async (temp) => {
    const data = await killed(temp)
    for (const name of await readdir(data)) {
      for (const [what, harm] of Object.entries(harms)) {
        const found = await afterHarm(temp, data, async (copy) => harm(join(copy, name), await readFile(join(copy, name))))
        const expected = name === 'watermark' ? users : 'refused'
        assert.equal(found, expected, `${name} ${what}`)
      }
    }
    assert.equal(await afterHarm(temp, data, async () => {}), users)
  }))

  it('are refused however many of them are gone, but for all', withTemp(async (temp) => {
    const data = await killed(temp)
    const names = await readdir(data)
    for (const kept of names) {
      const found = await afterHarm(temp, data, (copy) => Promise.all(names.filter((name) => name !== kept).map((name) => rm(join(copy, name)))))
      assert.equal(found, 'refused', `only ${kept} is left`)
    }
    assert.equal(await afterHarm(temp, data, (copy) => Promise.all(names.map((name) => rm(join(copy, name))))), 0)
  }))

  it('of another store are refused', withTemp(async (temp) => {
    const data = await killed(temp)
    const other = join(temp.directory, 'other')
    await fill(await temp.open({ directory: other }), 0, 100)
    await fill(await temp.open({ directory: other, disk: withoutCheckpoint(3) }), 100, users)
    await temp.open({ directory: join(temp.directory, 'elsewhere') })
    for (const name of await readdir(data)) {
      if (name === 'watermark') continue
      assert.equal(await afterHarm(temp, data, (copy) => cp(join(other, name), join(copy, name))), 'refused', name)
    }
  }))

  it('of two times, mixed, are refused', withTemp(async (temp) => {
    const data = await killed(temp)
    const older = join(temp.directory, 'older')
    await cp(data, older, { recursive: true })
    await fill(await temp.open({ directory: data }), users, users + 1)
    await temp.open({ directory: join(temp.directory, 'elsewhere') })
    assert.equal(await afterHarm(temp, data, (copy) => cp(older, copy, { recursive: true })), 'refused')
  }))

  it('name the file and say what to do, in one line', withTemp(async (temp) => {
    const data = await killed(temp)
    await rm(join(data, 'manifest.json'))
    await assert.rejects(openLowdbStore({ directory: data }), {
      name: 'StoreDamaged',
      file: join(data, 'manifest.json'),
      message: /^\S+manifest\.json is missing, but \S+ is there\. Put the data directory back .*\.$/,
    })
  }))

  it('of a later version are refused as such', withTemp(async (temp) => {
    const data = await killed(temp)
    const path = join(data, 'manifest.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('linklatch manifest 1 ', 'linklatch manifest 2 '))
    await assert.rejects(openLowdbStore({ directory: data }), /is of version 2, and this program reads version 1\. Start the Linklatch that wrote it, or put back a backup/)
  }))
})

describe('what a crash leaves', () => {
  const lastLine = (bytes: Buffer) => bytes.subarray(bytes.lastIndexOf(10, bytes.length - 2) + 1)
  const tails: Record<string, (bytes: Buffer) => Buffer | string> = {
    'a part of a line': (bytes) => lastLine(bytes).subarray(0, 40),
    'a line but for its end': (bytes) => lastLine(bytes).subarray(0, -1),
    'one byte': () => '0',
    'NUL bytes': () => Buffer.alloc(5000),
    'a batch with a hole': () => `${encodeLine('{}', true).replace('{}\n', '\0\0')}\0\0\0\0${encodeLine('{"seq":52}', false)}`,
    'a hole and whole lines of the same batch': () => `${'\0'.repeat(4096)}{"}\n${encodeLine('{"seq":52}', false)}`,
  }
  for (const [what, tail] of Object.entries(tails))
    it(`is cut off the journal's end: ${what}`, withTemp(async (temp) => {
      const data = await killed(temp)
      const path = join(data, 'journal-2.log')
      const before = await readFile(path)
      await appendFile(path, tail(before))
      const store = await temp.open({ directory: data, disk: withoutCheckpoint(3) })
      assert.equal((await stat(path)).size, before.length)
      assert.equal((await store.users.list(siteId, { limit: users + 1 })).length, users)
      await fill(await temp.open({ directory: data }), users, users + 1)
      await temp.open({ directory: join(temp.directory, 'elsewhere') })
      assert.equal(await opened(data), users + 1)
    }))

  const damages: Record<string, string> = {
    'a whole line with a wrong checksum': `deadbeef:${'{}'}\n`,
    'text of somebody else': 'hello\n',
    'a hole before a whole batch': `\0\0\0\0\n${encodeLine('{"seq":52}', true)}`,
  }
  for (const [what, tail] of Object.entries(damages))
    it(`is not this at the journal's end: ${what}`, withTemp(async (temp) => {
      const data = await killed(temp)
      await appendFile(join(data, 'journal-2.log'), tail)
      assert.equal(await opened(data), 'refused')
    }))

  it('is made good at any call of the making of a new store', withTemp(async ({ directory }) => {
    const { disk, calls } = faultyDisk()
    await (await openLowdbStore({ directory: join(directory, 'counted'), disk })).close()
    const making = calls.findIndex(({ name }) => name === 'watermark')
    for (let n = 0; n < making; n += 1) {
      let left = n
      const dying = faultyDisk({ fails: () => left-- <= 0 && 'EIO' })
      const data = join(directory, String(n))
      await assert.rejects(openLowdbStore({ directory: data, disk: dying.disk }), (error: NodeJS.ErrnoException) => /EIO/.test(error.message))
      assert.equal(await opened(data), 0, `call ${n}: ${JSON.stringify(calls[n])}`)
    }
  }))

  it('leaves files of others alone', withTemp(async ({ directory, open }) => {
    await writeFile(join(directory, 'notes.txt'), 'mine')
    await writeFile(join(directory, 'notes.json.tmp'), 'mine')
    await open()
    await open()
    assert.equal(await readFile(join(directory, 'notes.txt'), 'utf8'), 'mine')
    assert.ok(await stat(join(directory, 'notes.json.tmp')))
  }))

  it('keeps the birth time of a file that is written to, which tells a copy', withTemp(async ({ directory }) => {
    const path = join(directory, 'file')
    const file = await nodeDisk.open(path, 'new')
    const before = await file.mark()
    await file.write(Buffer.from('text'), 0)
    await file.sync()
    const after = await file.mark()
    await file.close()
    assert.deepEqual([after.ino, after.bornNs], [before.ino, before.bornNs])
  }))
})
