/** A store is not opened with other keys than those that it was used with, unless somebody made them to take their place. */
import assert from 'node:assert/strict'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { examine } from '../admin/doctor.ts'
import { movedClock, testBackend, type TestBackend } from '../testing/backend.ts'
import { noRedis, startRedis } from '../testing/redis-server.ts'
import { begun, visitor } from '../testing/visitor.ts'
import { freshKeys, newKeyFile, openKeyFile } from './key-file.ts'
import { secretOverlapSeconds } from './key-life.ts'
import { relationOf } from './known-keys.ts'
import { rotateKeys } from './rotate-keys.ts'

type Stage = { keys: string; own: string; doctor(): Promise<string>; start(options?: { clock?: TestBackend['clock'] }): Promise<TestBackend> }

/** A backend that has a site, stopped; `keys` is its keys directory, and `own` where its own keys lie aside. */
async function withStore(env: Record<string, string>, test: (stage: Stage) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-keys-'))
  const keys = join(directory, 'data', 'keys')
  const start: Stage['start'] = (options) => testBackend({ directory, env, ...options })
  const doctor = async () => (await examine({ LINKLATCH_DATA_DIR: join(directory, 'data'), LINKLATCH_PUBLIC_URL: 'http://localhost:1', ...env })).map(({ mark, text }) => `${mark} ${text}\n`).join('')
  try {
    await (await start()).stop()
    await test({ keys, own: join(directory, 'own'), doctor, start })
  } finally {
    await rm(directory, { recursive: true })
  }
}

const others = async ({ keys, own }: Stage) => {
  await rename(keys, own)
  await openKeyFile(keys, 1)
}

const stores: [string, { skip?: string | false }, (test: (stage: Stage) => Promise<void>) => Promise<void>][] = [
  ['in the data directory', {}, (test) => withStore({}, test)],
  ['in Redis', { skip: noRedis }, async (test) => {
    const redis = await startRedis()
    await withStore({ LINKLATCH_STORE_URL: redis.url }, test).finally(() => redis.dispose())
  }],
]

for (const [where, options, staged] of stores) {
  describe(`a store ${where}`, options, () => {
    it('is not opened with the keys of another one, and goes on with its own', () => staged(async (stage) => {
      const first = await stage.start()
      const { browser, started, mail } = await begun(first)
      await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
      await first.stop()
      await others(stage)
      for (let tries = 0; tries < 2; tries += 1) await assert.rejects(stage.start(), /^KeyFileError: .*keys\.json is of another store: .*linklatch keys new/)
      assert.match(await stage.doctor(), /^fail keys\.json is of another store: no backend starts/m)
      await rename(stage.keys, `${stage.own}.others`)
      await rename(stage.own, stage.keys)
      assert.doesNotMatch(await stage.doctor(), /another store/)
      const again = await stage.start()
      const later = visitor(again)
      later.jar.set(`__Host-linklatch-${again.site.id}`, browser.secret() ?? '')
      assert.equal((await later.refresh()).status, 200)
      await again.stop()
    }))

    it('goes on with keys that were made in place of those that are lost, and with those where they are found again, and says once what that means', () => staged(async ({ keys, own, start }) => {
      const hears = async () => {
        const backend = await start()
        await backend.stop()
        return backend.logged.some((line) => JSON.stringify(line).includes('those people sign in again'))
      }
      await rename(keys, own)
      await newKeyFile(keys, 1)
      assert.deepEqual([await hears(), await hears()], [true, false])
      await rename(keys, `${own}.anew`)
      await rename(own, keys)
      assert.deepEqual([await hears(), await hears()], [true, false])
    }))

    it('knows its keys through rotations, whether it runs or not', () => staged(async ({ keys, start }) => {
      const clock = movedClock()
      const rotate = () => rotateKeys(keys, { now: clock.wall(), afterSeconds: 30 })
      await rotate()
      const backend = await start({ clock })
      for (let rotations = 0; rotations < 2; rotations += 1) {
        clock.forward(secretOverlapSeconds + 60)
        await rotate()
        await backend.lookAtKeys()
      }
      await backend.stop()
      await (await start({ clock })).stop()
    }))
  })
}

describe('a store that has nothing in it yet', () => {
  it('takes whatever keys there are', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-keys-'))
    const backend = await testBackend({ directory })
    await backend.services.store.sites.remove(backend.site.id)
    await backend.stop()
    await rm(join(directory, 'data', 'keys'), { recursive: true })
    await (await testBackend({ directory })).dispose()
  })
})

describe('what a store knows of its keys', () => {
  it('is no part of them, and where it cannot be read nothing is known', async () => {
    const keyFile = await freshKeys(1)
    for (const text of [undefined, '', 'xyz', 'ABCDEF012345']) assert.equal(relationOf(keyFile, text), 'same')
    assert.equal(relationOf(keyFile, '0123456789ab'), 'other')
    assert.equal(relationOf({ ...keyFile, anew: true }, '0123456789ab'), 'changed')
  })
})
