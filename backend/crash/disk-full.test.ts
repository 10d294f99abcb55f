import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { prepareDirectory } from '../data-directory.ts'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { call, visitor } from '../testing/visitor.ts'

const mount = (...args: string[]) => spawnSync('mount', args, { encoding: 'utf8' })

/** Runs `test` on a file system of 4 MiB of its own. */
async function onSmallDisk(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-full-'))
  const mounted = mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory)
  try {
    assert.equal(mounted.status, 0, mounted.stderr)
    await test(directory)
  } finally {
    spawnSync('umount', ['-l', directory])
    await rm(directory, { recursive: true, force: true })
  }
}

/** Writes until there is no room at all. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  for (const bytes of [65_536, 4096, 1]) {
    try {
      for (;;) await file.write(Buffer.alloc(bytes))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
  await file.close()
}

function cannotMount(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small file system can be mounted by root on Linux alone'
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0 ? undefined : 'mount is not permitted here'
}

describe('a disk that is full', { skip: cannotMount() ?? false }, () => {
  const start = (backend: TestBackend, n: number) => visitor(backend).start(`full${n}@example.com`)
  const kept = async (backend: TestBackend) => (await backend.services.store.signIns.list(backend.site.id, { limit: 10_000 })).length

  it('is answered 503 and nothing has changed; when there is room again, it goes on by itself (P7)', { timeout: 120_000 }, () =>
    onSmallDisk(async (directory) => {
      let backend = await testBackend({ directory })
      let accepted = 0
      try {
        for (; accepted < 20; accepted += 1) assert.equal((await start(backend, accepted)).status, 202)
        await fill(join(directory, 'ballast'))
        let status = 202
        for (let tries = 0; status === 202 && tries < 300; tries += 1) {
          status = (await start(backend, accepted)).status
          if (status === 202) accepted += 1
        }
        assert.equal(status, 503)
        for (const [path, due] of [['/healthz', 200], ['/readyz', 503], ['/readyz', 503]] as const) assert.equal((await call(backend, 'GET', path)).status, due)
        assert.equal(await kept(backend), accepted)
        await rm(join(directory, 'ballast'))
        assert.equal((await start(backend, accepted)).status, 202)
        assert.equal((await call(backend, 'GET', '/readyz')).status, 200)
        backend = await backend.restart()
        assert.equal(await kept(backend), accepted + 1)
      } finally {
        await backend.stop()
      }
    }))

  it('loses nothing when the process is started and stopped on it', { timeout: 120_000 }, () =>
    onSmallDisk(async (directory) => {
      let backend = await testBackend({ directory })
      for (let n = 0; n < 5; n += 1) assert.equal((await start(backend, n)).status, 202)
      await fill(join(directory, 'ballast'))
      await backend.stop()
      await testBackend({ directory }).then((started) => started.stop(), (error: Error) => assert.match(error.message, /ENOSPC/))
      await rm(join(directory, 'ballast'))
      backend = await testBackend({ directory })
      assert.equal(await kept(backend), 5)
      await backend.stop()
    }))

  it('that may only be read stops the start in one line', { timeout: 120_000 }, () =>
    onSmallDisk(async (directory) => {
      await (await testBackend({ directory })).stop()
      assert.equal(mount('-o', 'remount,ro', directory).status, 0)
      await assert.rejects(prepareDirectory('LINKLATCH_DATA_DIR', join(directory, 'data')), /^ConfigError: LINKLATCH_DATA_DIR is ".*": it cannot be written to \(EROFS\)/)
    }))
})
