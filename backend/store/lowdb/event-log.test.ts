import assert from 'node:assert/strict'
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { anEvent, aSite, bornAt } from '../samples.ts'
import { eventsKeptSeconds } from '../store.ts'
import { EventLog, type EventLogOptions } from './event-log.ts'
import { faultyDisk, type Call } from './faulty-disk.ts'
import { silentLog } from './log.ts'
import { withTemp } from './temp.ts'

const siteId = aSite().id

describe('the files of the audit log', () => {
  const inDirectory = (test: (made: ReturnType<typeof logIn>) => Promise<void>) => withTemp(({ directory }) => test(logIn(directory)))
  const logIn = (parent: string) => {
    const directory = join(parent, 'events')
    const faulty = faultyDisk()
    const said: string[] = []
    const log = { ...silentLog, error: (_: object, text: string) => void said.push(text) }
    const open = (options: Partial<EventLogOptions> = {}) => new EventLog({ disk: faulty.disk, directory, log, gatherMs: 60_000, ...options })
    const files = async () => (await readdir(directory)).sort()
    const calls = (name: Call['call']) => faulty.calls.filter(({ call }) => call === name).length
    return { directory, faulty, open, files, calls, said }
  }
  const add = (log: EventLog, count: number, from = 0, at = bornAt) => {
    for (let i = from; i < from + count; i += 1) log.append(siteId, anEvent({ at, signInId: `s${i}` }))
  }
  const listed = async (log: EventLog) => (await log.list(siteId, { limit: 100_000 })).map(({ signInId }) => signInId)
  const names = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `s${from + i}`)

  it('take a thousand events by one write and one sync', inDirectory(async ({ open, calls }) => {
    const log = open()
    add(log, 1000)
    assert.equal(calls('write'), 0)
    await log.flush()
    assert.deepEqual([calls('write'), calls('datasync')], [1, 1])
    await log.flush()
    assert.deepEqual([calls('write'), calls('datasync')], [1, 1])
    assert.deepEqual(await listed(log), names(1000))
  }))

  it('are written soon without anybody asking', inDirectory(async ({ open, directory }) => {
    const log = open({ gatherMs: 1 })
    add(log, 1)
    let text = ''
    for (let tries = 0; tries < 3000 && !text.includes('s0'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      const [name] = await readdir(directory).catch((): string[] => [])
      if (name !== undefined) text = await readFile(join(directory, name), 'utf8')
    }
    assert.match(text, /s0/)
    await log.close()
  }))

  it('go on after a tear, without what was torn and with all that follows', inDirectory(async ({ open, directory, files }) => {
    const log = open()
    add(log, 5)
    await log.close()
    const [name = ''] = await files()
    const { length } = await readFile(join(directory, name))
    await truncate(join(directory, name), length - 10)
    await appendFile(join(directory, name), Buffer.alloc(4))
    const again = open()
    const [, , , last] = await again.list(siteId, { limit: 9 })
    add(again, 2, 5)
    assert.deepEqual(await listed(again), [...names(4), ...names(2, 5)])
    assert.deepEqual((await again.list(siteId, { after: last?.id ?? '', limit: 9 })).map(({ signInId }) => signInId), names(2, 5))
    await again.close()
  }))

  it('lose one line to one bad byte, and no other', inDirectory(async ({ open, directory, files }) => {
    const log = open()
    add(log, 5)
    await log.close()
    const [name = ''] = await files()
    const text = await readFile(join(directory, name), 'utf8')
    await writeFile(join(directory, name), text.replace('"s2"', '"sX"'))
    const again = open()
    assert.deepEqual(await listed(again), ['s0', 's1', 's3', 's4'])
    await again.close()
  }))

  it('are bounded: the oldest go, and only of the log that is full', inDirectory(async ({ open, files }) => {
    const log = open({ segmentBytes: 200, segmentsOfLog: 3 })
    log.append(undefined, anEvent({ event: 'admin.refused' }))
    for (let i = 0; i < 20; i += 1) {
      add(log, 3, i * 3)
      await log.flush()
    }
    assert.equal((await files()).length, 4)
    assert.deepEqual(await listed(log), names(9, 51))
    assert.equal((await log.list(undefined, { limit: 9 })).length, 1)
    await log.close()
  }))

  it('are read from the last one on where the newest are asked for, and no more of them than it takes', inDirectory(async ({ open, calls }) => {
    const log = open({ segmentBytes: 200 })
    for (let i = 0; i < 10; i += 1) {
      add(log, 3, i * 3)
      await log.flush()
    }
    const newest = await log.list(siteId, { order: 'newest', limit: 4 })
    assert.deepEqual(newest.map(({ signInId }) => signInId), names(4, 26).reverse())
    assert.equal(calls('read'), 2)
    const older = await log.list(siteId, { order: 'newest', limit: 2, after: newest.at(-1)?.id ?? '' })
    assert.deepEqual(older.map(({ signInId }) => signInId), names(2, 24).reverse())
    assert.equal(calls('read'), 3)
    await log.close()
  }))

  it('give later ids to what comes after all before is gone', inDirectory(async ({ open }) => {
    const log = open()
    add(log, 3)
    const before = (await log.list(siteId, { limit: 9 })).at(-1)?.id ?? ''
    const later = bornAt + eventsKeptSeconds + 86_400
    await log.sweep(later, () => true)
    assert.deepEqual(await listed(log), [])
    add(log, 1, 9, later)
    assert.deepEqual((await log.list(siteId, { after: before, limit: 9 })).map(({ signInId }) => signInId), ['s9'])
    await log.close()
  }))

  it('of a site that is not there any more go in the next sweep; the server’s own stay', inDirectory(async ({ open, files }) => {
    const log = open()
    add(log, 1)
    log.append(undefined, anEvent({ event: 'site.deleted' }))
    await log.flush()
    await log.sweep(bornAt, () => false)
    assert.deepEqual((await files()).length, 1)
    assert.equal((await log.list(undefined, { limit: 9 })).length, 1)
    await log.close()
  }))

  for (const bytesBeforeFailure of [0, 40]) {
    it(`write again what could not be written (${bytesBeforeFailure} bytes of it were)`, inDirectory(async ({ open, faulty }) => {
      const log = open()
      add(log, 2)
      await log.flush()
      faulty.faults.bytesBeforeFailure = bytesBeforeFailure
      faulty.faults.fails = ({ call }) => call === 'write' && 'ENOSPC'
      add(log, 2, 2)
      await assert.rejects(log.flush(), { code: 'store_unavailable' })
      faulty.faults.fails = () => false
      add(log, 1, 4)
      assert.deepEqual(await listed(log), names(5))
      await log.close()
    }))
  }

  it('go on in a new one after a failed sync', inDirectory(async ({ open, faulty, files }) => {
    const log = open()
    faulty.faults.fails = ({ call }) => call === 'datasync' && 'EIO'
    add(log, 1)
    await assert.rejects(log.flush(), { code: 'store_unavailable' })
    faulty.faults.fails = () => false
    add(log, 1, 1)
    assert.deepEqual(await listed(log), names(2))
    assert.equal((await files()).length, 2)
    await log.close()
  }))

  for (const when of ['before it was synced', 'after', 'before the start'])
    it(`miss one that was removed by hand ${when} in its own log alone, which goes on in another`, inDirectory(async ({ open, directory, files, said }) => {
      let log = open({ gatherMs: 1 })
      log.append('other', anEvent({ signInId: 'theirs' }))
      add(log, 2)
      if (when !== 'before it was synced') await log.flush()
      while ((await files().catch(() => [])).length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
      const before = (await log.list('other', { limit: 9 }).then(() => files())).find((name) => name.startsWith(siteId)) ?? ''
      if (when === 'before the start') {
        await log.close()
        log = open()
        await log.list('other', { limit: 9 })
      }
      if (when === 'before it was synced') {
        add(log, 1)
        while ((await readFile(join(directory, before), 'utf8')).split('\n').length < 4) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await rm(join(directory, before))
      assert.deepEqual((await log.list('other', { limit: 9 })).map(({ signInId }) => signInId), ['theirs'])
      add(log, 2, 7)
      assert.deepEqual(await listed(log), names(2, 7))
      assert.deepEqual(said, ['a file of the audit log is gone, with the events that were in it'])
      const after = (await files()).find((name) => name.startsWith(siteId)) ?? ''
      assert.ok(after > before, `${after} after ${before}`)
      await log.close()
    }))

  it('let events go, and say how many, when they come faster than the disk takes them', inDirectory(async ({ open, said }) => {
    const log = open()
    add(log, 60_000)
    await log.flush()
    assert.deepEqual(said, ['events were lost to the audit log, because they came faster than the disk takes them'])
    const { length } = await listed(log)
    assert.ok(length > 10_000 && length < 60_000, String(length))
    await log.close()
  }))
})
