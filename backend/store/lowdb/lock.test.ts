import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isHeld, lock, StoreLocked } from './lock.ts'
import { openLowdbStore } from './store.ts'
import { withTemp } from './temp.ts'

const sockets = async (directory: string) => (await readdir(directory)).filter((name) => name.startsWith('lock-'))

/** Another process that holds the directory. */
async function holder(directory: string) {
  const script = `import { lock } from ${JSON.stringify(fileURLToPath(new URL('lock.ts', import.meta.url)))}
await lock(${JSON.stringify(directory)})
console.log('held')
setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

describe('one writer (P6)', () => {
  it('refuses a second one in the same process with one clear line, until the first lets go', withTemp(async ({ directory }) => {
    const first = await openLowdbStore({ directory })
    await assert.rejects(openLowdbStore({ directory }), { name: 'StoreLocked', message: `${directory} is in use by another process. Stop that one first, or give this one a directory of its own.` })
    await first.close()
    await (await openLowdbStore({ directory })).close()
    assert.deepEqual(await sockets(directory), [])
  }))

  it('can be looked at without being touched', withTemp(async ({ directory }) => {
    assert.equal(await isHeld(directory), false)
    const { release } = await lock(directory)
    assert.equal(await isHeld(directory), true)
    await release()
    assert.equal(await isHeld(directory), false)
    assert.deepEqual(await sockets(directory), [])
  }))

  it('refuses it under another name of the directory too', withTemp(async ({ directory }) => {
    await mkdir(join(directory, 'data'))
    await symlink(join(directory, 'data'), join(directory, 'link'))
    const first = await openLowdbStore({ directory: join(directory, 'data') })
    await assert.rejects(openLowdbStore({ directory: join(directory, 'link') }), StoreLocked)
    await first.close()
  }))

  it('refuses while another process lives, even a stopped one, and starts at once when it was killed', withTemp(async ({ directory }) => {
    const child = await holder(directory)
    await assert.rejects(lock(directory), StoreLocked)
    child.kill('SIGSTOP')
    await assert.rejects(lock(directory), StoreLocked)
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal((await sockets(directory)).length, 1)
    const startedAt = performance.now()
    const mine = await lock(directory)
    assert.ok(performance.now() - startedAt < 200)
    assert.equal((await sockets(directory)).length, 1)
    await mine.release()
  }))

  it('is no lock in a copied directory, nor one of an earlier boot or another machine: nobody listens there', { skip: process.platform !== 'linux' }, withTemp(async ({ directory }) => {
    const [data, copy] = [join(directory, 'data'), join(directory, 'copy')]
    await mkdir(data)
    const child = await holder(data)
    assert.equal(spawnSync('cp', ['-a', data, copy]).status, 0)
    assert.equal((await sockets(copy)).length, 1)
    await assert.rejects(lock(data), StoreLocked)
    const mine = await lock(copy)
    assert.equal((await sockets(copy)).length, 1)
    await mine.release()
    child.kill('SIGKILL')
    await once(child, 'exit')
  }))

  it('gives the directory to one of 20 that want it at the same time', withTemp(async ({ directory }) => {
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => lock(directory)))
      const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      for (const result of results) if (result.status === 'rejected') assert.ok(result.reason instanceof StoreLocked)
      assert.equal(held.length, 1)
      await held[0]?.release()
    }
  }))

  it('takes a socket that is no longer one for dead, and a silent one for a holder', withTemp(async ({ directory }) => {
    const copied = join(directory, 'lock-00000000000000aa.sock')
    await writeFile(copied, '')
    await (await lock(directory)).release()
    assert.deepEqual(await sockets(directory), [])
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(join(directory, 'lock-00000000000000bb.sock'), resolve))
    silent.unref()
    await assert.rejects(lock(directory), StoreLocked)
    silent.close()
  }))

  it('holds in a directory whose path is too long for a socket', withTemp(async ({ directory }) => {
    const deep = join(directory, 'a'.repeat(60), 'b'.repeat(60))
    await mkdir(deep, { recursive: true })
    const mine = await lock(deep)
    assert.equal((await sockets(deep)).length, 1)
    await assert.rejects(lock(deep), StoreLocked)
    await mine.release()
    assert.deepEqual(await sockets(deep), [])
    await (await lock(deep)).release()
  }))

  it('keeps no process alive', withTemp(async ({ directory }) => {
    const script = `import { lock } from ${JSON.stringify(fileURLToPath(new URL('lock.ts', import.meta.url)))}; await lock(${JSON.stringify(directory)})`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: 'inherit' })
    assert.deepEqual(await once(child, 'exit'), [0, null])
    await (await lock(directory)).release()
  }))
})
