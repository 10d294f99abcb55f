import assert from 'node:assert/strict'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { begun, call, open, visitor } from '../testing/visitor.ts'
import { rotateKeys } from './rotate-keys.ts'

describe('keys that were lost', () => {
  it('stop the start where there is a site already, and leave everything as it was; with them back, everything goes on', async () => {
    const first = await testBackend()
    const keys = join(first.directory, 'data', 'keys', 'keys.json')
    const { browser, started, mail } = await begun(first)
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    await first.stop()
    await rename(keys, `${keys}.away`)
    const start = () => testBackend({ directory: first.directory, clock: first.clock })
    for (let tries = 0; tries < 2; tries += 1) await assert.rejects(start(), /keys\.json is missing, and the store was used with other keys/)
    await assert.rejects(stat(keys), { code: 'ENOENT' })
    await rename(`${keys}.away`, keys)
    const again = await start()
    try {
      const secret = browser.secret() ?? ''
      const later = visitor(again)
      later.jar.set(`__Host-linklatch-${again.site.id}`, secret)
      assert.equal((await later.refresh()).status, 200)
      assert.equal(again.events.some(({ event }) => event === 'keys.changed'), false)
    } finally {
      await again.dispose()
    }
  })

  it('are made on the first start, and nothing is said to have changed', async () => {
    const backend = await testBackend()
    try {
      await backend.lookAtKeys()
      assert.equal(backend.events.some(({ event }) => event === 'keys.changed'), false)
    } finally {
      await backend.dispose()
    }
  })
})

describe('keys that are rotated while the server runs', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())

  const path = () => join(backend.directory, 'data', 'keys', 'keys.json')
  const rotate = (afterSeconds = 600) => rotateKeys(join(backend.directory, 'data', 'keys'), { now: backend.clock.wall(), afterSeconds })
  const jwks = async () => ((await call(backend, 'GET', '/.well-known/jwks.json')).json.keys as { kid: string }[]).map(({ kid }) => kid)
  const kidOf = (token: unknown) => (JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
  const me = async (token: unknown) => (await call(backend, 'GET', '/v1/me', { headers: { Authorization: `Bearer ${String(token)}` } })).status

  it('are published first, sign after their time, and the old ones go an hour later; nobody is signed out, no link dies', async () => {
    const old = await begun(backend)
    const early = await old.browser.claimed({ sign_in: old.started.id, verifier: old.browser.verifier, code: old.mail.code })
    const [oldKid = ''] = await jwks()
    const [byLink, byCode] = [await begun(backend), await begun(backend)]

    const newKid = (await rotate()).signing.at(-1)?.kid ?? ''
    await backend.lookAtKeys()
    assert.deepEqual(await jwks(), [oldKid, newKid])
    assert.equal(kidOf((await old.browser.refresh()).json.access_token), oldKid)

    backend.clock.forward(500)
    const lastOld = (await old.browser.refresh()).json.access_token
    backend.clock.forward(90)
    assert.equal((await open(backend, byLink.mail.token)).status, 303)
    const arrival = (await open(backend, byLink.mail.token)).arrival
    backend.clock.forward(10.5)
    assert.equal(kidOf((await old.browser.refresh()).json.access_token), newKid)
    assert.equal(await me(lastOld), 200)
    assert.equal(await me(early.access_token), 401, 'its own five minutes are over')
    assert.equal((await open(backend, byCode.mail.token)).status, 410, 'ten minutes are over, not forged')
    assert.equal((await byLink.browser.claim({ arrival, verifier: byLink.browser.verifier })).status, 401)

    const anew = await begun(backend)
    await anew.browser.claimed({ sign_in: anew.started.id, verifier: anew.browser.verifier, code: anew.mail.code })
    backend.clock.forward(3601)
    await backend.lookAtKeys()
    assert.deepEqual(await jwks(), [newKid])
    for (const { browser } of [old, anew]) assert.equal((await browser.refresh()).status, 200)
    backend.clock.forward(86_400 * 10)
    for (const { browser } of [old, anew]) assert.equal((await browser.refresh()).status, 200)
  })

  it('let a link and a code of the old keys work across the moment of change', async () => {
    const [byLink, byCode] = [await begun(backend), await begun(backend)]
    await rotate(300)
    await backend.lookAtKeys()
    backend.clock.forward(301)
    assert.equal((await byCode.browser.claim({ sign_in: byCode.started.id, verifier: byCode.browser.verifier, code: byCode.mail.code })).status, 200)
    const { arrival } = await open(backend, byLink.mail.token)
    assert.equal((await byLink.browser.claim({ arrival, verifier: byLink.browser.verifier })).status, 200)
  })

  it('are not taken up when the file is damaged or lacks what is needed, and are when it is whole again', async () => {
    const { browser, started, mail } = await begun(backend)
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
    const whole = await readFile(path(), 'utf8')
    const before = await jwks()
    const { signing, secrets, ...rest } = JSON.parse(whole) as { signing: object[]; secrets: object[] }
    for (const text of ['{', JSON.stringify({ ...rest, signing, secrets: secrets.slice(0, 1) })]) {
      await writeFile(path(), text)
      await backend.lookAtKeys()
      assert.deepEqual(await jwks(), before)
      assert.equal((await browser.refresh()).status, 200)
    }
    await writeFile(path(), whole)
    await backend.lookAtKeys()
    backend.clock.forward(601)
    const kid = (await rotate()).signing.at(-1)?.kid
    await backend.lookAtKeys()
    assert.equal((await jwks()).at(-1), kid)
    assert.ok(backend.events.some(({ event }) => event === 'keys.changed'))
  })

  it('are found by the running server itself', async () => {
    backend.clock.forward(601)
    const kid = (await rotate()).signing.at(-1) ?? { kid: '' }
    for (let tries = 0; tries < 300 && !(await jwks()).includes(kid.kid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok((await jwks()).includes(kid.kid))
  })
})
