import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isLongRun } from './seeded.ts'
import { publicUrl, testBackend } from '../testing/backend.ts'
import { call, open, press, readLetter, visitor } from '../testing/visitor.ts'

type Child = { process: ChildProcess; url: string; site: { id: string }; letter: Promise<string>; killed: Promise<void> }

async function startChild(directory: string): Promise<Child> {
  const script = fileURLToPath(new URL('../testing/child-backend.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value as string) as Record<string, string | number>
  const { port, site } = await next()
  const letter = next().then(({ text }) => String(text))
  letter.catch(() => undefined)
  const killed = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return { process: child, url: `http://127.0.0.1:${port}`, site: { id: String(site) }, letter, killed }
}

describe('fifty at once, and the process killed among them', () => {
  for (const killAfterMs of isLongRun ? [2, 8, 20, 40] : [8, 40]) {
    it(`gives exactly one session when it is killed ${killAfterMs} ms in and everybody asks again`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'linklatch-killed-'))
      let child = await startChild(directory)
      try {
        const browser = visitor(child)
        const started = await browser.started('anna@example.com')
        const mail = readLetter(await child.letter)
        const { arrival } = await open(child, mail.token)
        const withV = { sign_in: started.id, verifier: browser.verifier }
        const bodies = [withV, { ...withV, code: mail.code }, { arrival, verifier: browser.verifier }]
        const everybody = (target: Child) =>
          Promise.allSettled(
            Array.from({ length: 50 }, (_, index) =>
              index % 5 === 4 ? press(target, mail.token, 'there', started.number) : call(target, 'POST', '/v1/sessions', { body: bodies[index % 3], headers: { Origin: publicUrl } }),
            ),
          )
        const asked = everybody(child)
        await new Promise((resolve) => setTimeout(resolve, killAfterMs))
        child.process.kill('SIGKILL')
        const before = await asked
        await child.killed
        child = await startChild(directory)
        const after = await everybody(child)
        const cookies = new Set([...before, ...after].flatMap((each) => (each.status === 'fulfilled' ? each.value.headers.getSetCookie() : [])).map((line) => line.split(';')[0] ?? ''))
        const names = [...cookies].map((cookie) => cookie.split('=')[0] ?? '').sort()
        assert.deepEqual(names, [`__Host-linklatch-${child.site.id}`, `__Host-mark-linklatch-${child.site.id}`], 'all who were answered have the same secret, and the same mark')
        child.process.kill('SIGKILL')
        await child.killed
        await assertOneSession(directory)
      } finally {
        child.process.kill('SIGKILL')
        await child.killed
        await rm(directory, { recursive: true, force: true })
      }
    })
  }
})

async function assertOneSession(directory: string): Promise<void> {
  const backend = await testBackend({ directory })
  try {
    const { store } = backend.services
    const user = await store.users.findByAddress(backend.site.id, 'anna@example.com')
    assert.equal((await store.sessions.ofUser(backend.site.id, user?.id ?? '')).length, 1)
  } finally {
    await backend.stop()
  }
}
