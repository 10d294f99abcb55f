import assert from 'node:assert/strict'
import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { changeKeyFile, openKeyFile, type KeyFile } from './key-file.ts'
import { rotateKeys } from './rotate-keys.ts'

const now = 1_800_000_000

describe('linklatch keys rotate', () => {
  const inDirectory = (test: (directory: string) => Promise<void>) => async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-keys-'))
    await test(directory).finally(() => rm(directory, { recursive: true }))
  }

  it('adds keys that begin later, and keeps the old ones, in a file with the same modes', inDirectory(async (directory) => {
    const before = await openKeyFile(directory, now)
    const after = await rotateKeys(directory, { now, afterSeconds: 600 })
    assert.deepEqual([after.signing[0], after.secrets[0]], [before.signing[0], before.secrets[0]])
    assert.deepEqual([after.signing[1]?.signsFrom, after.secrets[1]?.signsFrom], [now + 600, now + 600])
    assert.deepEqual(await openKeyFile(directory, now), after)
    assert.equal((await stat(join(directory, 'keys.json'))).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directory), ['keys.json'])
  }))

  it('by root leaves the file to its owner', { skip: process.geteuid?.() !== 0 && 'only root may give files away' }, inDirectory(async (directory) => {
    await openKeyFile(directory, now)
    await chown(join(directory, 'keys.json'), 4_000_000, 4_000_001)
    await rotateKeys(directory, { now, afterSeconds: 600 })
    const { uid, gid, mode } = await stat(join(directory, 'keys.json'))
    assert.deepEqual([uid, gid, mode & 0o777], [4_000_000, 4_000_001, 0o600])
  }))

  it('lets go of what nothing alive needs, at the next rotation', inDirectory(async (directory) => {
    const first = await openKeyFile(directory, now)
    await rotateKeys(directory, { now, afterSeconds: 600 })
    const third = await rotateKeys(directory, { now: now + 100_000, afterSeconds: 600 })
    assert.equal(third.signing.some(({ kid }) => kid === first.signing[0]?.kid), false)
    assert.equal(third.signing.length, 2)
    assert.equal(third.secrets.length, 3)
  }))

  it('is refused while the last one has not begun, and allowed once it has', inDirectory(async (directory) => {
    await openKeyFile(directory, now)
    await rotateKeys(directory, { now, afterSeconds: 600 })
    await assert.rejects(rotateKeys(directory, { now: now + 599, afterSeconds: 600 }), /rotate again after that/)
    await rotateKeys(directory, { now: now + 600, afterSeconds: 600 })
  }))

  it('changes nothing where there are no whole keys to rotate', inDirectory(async (directory) => {
    await assert.rejects(rotateKeys(directory, { now, afterSeconds: 600 }))
    await writeFile(join(directory, 'keys.json'), '{', { mode: 0o600 })
    await assert.rejects(rotateKeys(directory, { now, afterSeconds: 600 }), /damaged/)
    assert.equal(await readFile(join(directory, 'keys.json'), 'utf8'), '{')
  }))

  it('leaves nothing beside the file where it cannot be written, as on a full disk', inDirectory(async (directory) => {
    await openKeyFile(directory, now)
    const failing = (present: KeyFile): Promise<KeyFile> => Promise.resolve(Object.assign(present, { toJSON: () => assert.fail('no space left') }))
    await assert.rejects(changeKeyFile(directory, failing), /no space left/)
    assert.deepEqual(await readdir(directory), ['keys.json'])
  }))

  it('says that there are no keys where the directory is another one, and makes none', inDirectory(async (directory) => {
    const nowhere = join(directory, 'nowhere')
    await assert.rejects(rotateKeys(nowhere, { now, afterSeconds: 600 }), /nowhere\/keys\.json is not there/)
    assert.deepEqual(await readdir(directory), [])
  }))

  it('loses nobody’s keys when two of them meet: one waits for its turn or is refused', inDirectory(async (directory) => {
    await openKeyFile(directory, now)
    const results = await Promise.allSettled([1, 2, 3].map(() => rotateKeys(directory, { now, afterSeconds: 600 })))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await openKeyFile(directory, now)).signing.length, 2)
  }))
})
