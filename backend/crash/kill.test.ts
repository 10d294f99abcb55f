import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { replay } from './replay.ts'
import { isLongRun, runSeed, seeded, type Random } from './seeded.ts'
import { startTarget, type TargetProcess } from './target-process.ts'
import { mayLeave, personVisit, scripts, siteVisit, type PersonVisit, type Visit } from './visits.ts'

const rounds = isLongRun ? 30 : 3
const lanes = 10
const checkpointBytes = 30_000

/** Everybody visits, over and over, until the process is gone. */
async function load(target: TargetProcess, random: Random, visits: Visit[]): Promise<void> {
  const lane = async () => {
    for (;;) {
      const visit = random.below(6) === 0 ? siteVisit(target, random.below(2) === 0) : personVisit(target, random.pick(scripts))
      visits.push(visit)
      await visit.run()
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
  for (const end of ends) if (end.status === 'rejected' && !/ECONN|socket hang up|EPIPE|aborted|ended/.test(String(end.reason))) throw end.reason
}

/** Starts it, works for a while and kills it: at times before it was even ready. */
async function killed(directory: string, random: Random, mailbox: Map<string, string>): Promise<Visit[]> {
  const target = startTarget({ directory, checkpointBytes, mailbox })
  const visits: Visit[] = []
  if (random.below(4) === 0) {
    await wait(random.below(1500))
    await target.kill()
    return visits
  }
  await target.ready
  const working = load(target, random, visits)
  working.catch(() => {})
  await wait(50 + random.below(1200))
  await target.kill()
  await working
  return visits
}

async function assertBounded(directory: string): Promise<void> {
  const store = join(directory, 'data', 'store')
  const names = await readdir(store)
  const journals = await Promise.all(names.filter((name) => name.startsWith('journal')).map(async (name) => (await stat(join(store, name))).size))
  const bytes = journals.reduce((sum, size) => sum + size, 0)
  assert.ok(bytes < 20 * checkpointBytes, `a start reads ${bytes} bytes of journal, and a checkpoint is due at ${checkpointBytes}`)
  assert.ok(names.filter((name) => name.startsWith('lock-')).length <= 1, 'dead locks are removed')
}

/** What was acknowledged is there; what was under way is there wholly or not at all. */
async function assertKept(backend: TestBackend, visits: Visit[]): Promise<void> {
  for (const visit of visits) {
    const found = await visit.look(backend.services.store)
    const allowed = mayLeave(visit)
    assert.ok(allowed.includes(found), `${visit.steps.map(({ name }) => name).join(' ')}, ${visit.acknowledged} acknowledged: found "${found}" where "${allowed.join('" or "')}" was due`)
  }
}

const isPerson = (visit: Visit): visit is PersonVisit => 'known' in visit

describe(`kill -9 in the middle of everything (CRASH_SEED=${runSeed})`, () => {
  it(`loses nothing acknowledged, does nothing twice and starts by itself: ${rounds} rounds`, { timeout: 1_200_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-kill-'))
    const random = seeded(runSeed)
    const mailbox = new Map<string, string>()
    let [checked, acknowledged] = [0, 0]
    try {
      for (let round = 0; round < rounds; round += 1) {
        const visits: Visit[] = []
        for (let life = 0; life <= random.below(2); life += 1) visits.push(...(await killed(directory, random, mailbox)))
        for (const visit of visits.filter(isPerson)) visit.reads(mailbox)
        const backend = await testBackend({ directory })
        try {
          await assertBounded(directory)
          await assertKept(backend, visits)
          for (const visit of visits.filter(isPerson)) await replay(visit, backend)
          checked += visits.length
          acknowledged += visits.reduce((sum, visit) => sum + visit.acknowledged, 0)
        } finally {
          await backend.stop()
        }
      }
      assert.ok(acknowledged > rounds, `${acknowledged} acknowledged steps of ${checked} visits`)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
