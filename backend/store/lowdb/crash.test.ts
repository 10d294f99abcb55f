import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { aSite } from '../samples.ts'
import type { LowdbStore } from './store.ts'
import { withTemp } from './temp.ts'

const siteId = aSite().id
const child = fileURLToPath(new URL('crash-child.ts', import.meta.url))
type Said = Map<string, 'inserted' | 'completed' | 'removed'>

/** Lets it work for a while and kills it. Adds what it acknowledged. */
async function crash(directory: string, round: number, afterMs: number, said: Said): Promise<void> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', child, directory, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  process_.stdout.setEncoding('utf8').on('data', (data: string) => (text += data))
  await once(process_.stdout, 'data')
  await wait(afterMs)
  process_.kill('SIGKILL')
  await once(process_, 'close')
  for (const line of text.split('\n').slice(0, -1)) {
    const [verb, id] = line.split(' ')
    if (id !== undefined && (verb === 'inserted' || verb === 'completed' || verb === 'removed')) said.set(id, verb)
  }
}

/** What was acknowledged is there (P2); what was under way is there wholly or not at all (P3). */
async function assertKept(store: LowdbStore, said: Said): Promise<void> {
  for (const [id, verb] of said) {
    const [signIn, user, session] = [await store.signIns.get(id), await store.users.get(siteId, id), await store.sessions.get(siteId, id)]
    if (verb === 'inserted') assert.ok(signIn, `${id} was inserted`)
    else assert.ok(user && session, `${id} was completed`)
    if (verb === 'completed' && signIn) assert.equal(signIn.state, 'completed', id)
    if (verb === 'removed') assert.equal(signIn, undefined, `${id} was removed`)
    assert.equal(user === undefined, session === undefined, `${id} is whole`)
    if (signIn) assert.equal(signIn.state === 'completed', user !== undefined, `${id} is whole`)
  }
}

describe('a process that is killed', () => {
  it('loses nothing that it acknowledged, round after round, in the middle of checkpoints', { timeout: 60_000 }, withTemp(async ({ directory, open }) => {
    const data = join(directory, 'data')
    const said: Said = new Map()
    for (let round = 0; round < 8; round += 1) {
      await crash(data, round, 30 + Math.random() * 400, said)
      if (round % 2 === 0) continue
      const store = await open({ directory: data })
      assert.equal(store.restored, false)
      await assertKept(store, said)
      await open({ directory: join(directory, 'elsewhere') })
    }
    assert.ok(said.size > 100)
  }))
})
