import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, open, press, visitor } from '../testing/visitor.ts'
import { newKeyFile } from '../tokens/key-file.ts'

/** Stops it, puts the backup in the place of its data, and starts it again; `anew`: with other keys, as `linklatch keys new` makes them. */
async function restored(backend: TestBackend, backup: string, { anew = false } = {}): Promise<TestBackend> {
  await backend.stop()
  const data = join(backend.directory, 'data')
  await rm(data, { recursive: true })
  await cp(backup, data, { recursive: true })
  if (anew) {
    await rm(join(data, 'keys'), { recursive: true })
    await assert.rejects(testBackend({ directory: backend.directory }), /keys\.json is missing/)
    await newKeyFile(join(data, 'keys'), Date.now() / 1000)
  }
  return testBackend({ directory: backend.directory })
}

/** A backup is taken while it is stopped. */
async function backedUp(backend: TestBackend, backup: string): Promise<TestBackend> {
  await backend.stop()
  await cp(join(backend.directory, 'data'), backup, { recursive: true })
  return testBackend({ directory: backend.directory })
}

describe('a backup that is restored (P4)', () => {
  const withBackend = (test: (backend: TestBackend, backup: string) => Promise<TestBackend>) => async () => {
    const place = await mkdtemp(join(tmpdir(), 'linklatch-backup-'))
    const backend = await test(await testBackend(), join(place, 'backup'))
    await backend.dispose()
    await rm(place, { recursive: true })
  }
  const show = (backend: TestBackend, secret: string) => visitor(backend).refresh({}, { Cookie: `__Host-linklatch-${backend.site.id}=${secret}` })

  it('gives no link, code or handoff of its time a second success; a new sign-in works', withBackend(async (first, backup) => {
    const used = await begun(first)
    const moved = await begun(first)
    const { handoff } = await press(first, moved.mail.token, 'here')
    let backend = await backedUp(first, backup)
    const at = (browser: { verifier: string }) => ({ browser: visitor(backend), verifier: browser.verifier })
    const withCode = { sign_in: used.started.id, verifier: used.browser.verifier, code: used.mail.code }
    assert.equal((await at(used.browser).browser.claim(withCode)).status, 200)
    assert.equal((await visitor(backend).claim({ handoff })).status, 200)
    backend = await restored(backend, backup)
    assert.equal((await visitor(backend).claim(withCode)).status, 401)
    assert.equal((await visitor(backend).claim({ handoff })).status, 401)
    assert.equal((await open(backend, used.mail.token)).status, 410)
    const fresh = await begun(backend)
    await fresh.browser.claimed({ sign_in: fresh.started.id, verifier: fresh.browser.verifier, code: fresh.mail.code })
    return backend
  }))

  it('keeps its sessions; one that went on since ends as soon as that shows', withBackend(async (first, backup) => {
    const [idle, active] = [await begun(first), await begun(first)]
    for (const { browser, started, mail } of [idle, active]) await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    const [idleSecret = '', spent = ''] = [idle.browser.secret(), active.browser.secret()]
    let backend = await backedUp(first, backup)
    const since = await show(backend, spent)
    const newest = since.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? ''
    const newer = (await show(backend, newest)).headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? ''
    backend = await restored(backend, backup)
    assert.equal((await show(backend, idleSecret)).status, 200)
    assert.equal((await show(backend, newer)).status, 401, 'newer than the record: the record is not the whole story')
    assert.equal((await show(backend, spent)).status, 401, 'and what was spent before is dead from then on')
    return backend
  }))

  it('ends every session where it is put back with new keys, as for one that was signed out since', withBackend(async (first, backup) => {
    const { browser, started, mail } = await begun(first)
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    const secret = browser.secret() ?? ''
    let backend = await backedUp(first, backup)
    const signedOut = visitor(backend)
    signedOut.jar.set(`__Host-linklatch-${backend.site.id}`, secret)
    assert.equal((await signedOut.end()).status, 204)
    backend = await restored(backend, backup, { anew: true })
    assert.equal((await show(backend, secret)).status, 401)
    const fresh = await begun(backend)
    await fresh.browser.claimed({ sign_in: fresh.started.id, verifier: fresh.browser.verifier, code: fresh.mail.code })
    return backend
  }))
})
