import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { KeyFileError, newKeyFile, openKeyFile, type KeyFile } from './key-file.ts'

const now = 1_778_751_660.9
let scratch = ''
let counter = 0
const newDirectory = () => join(scratch, `keys-${(counter += 1)}`)
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'linklatch-keys-'))
})
after(() => rm(scratch, { recursive: true, force: true }))

async function written(): Promise<{ directory: string; path: string; keys: KeyFile }> {
  const directory = newDirectory()
  return { directory, path: join(directory, 'keys.json'), keys: await openKeyFile(directory, now) }
}

const refused = (opening: Promise<unknown>, message: RegExp) =>
  assert.rejects(opening, (error) => {
    assert.ok(error instanceof KeyFileError, String(error))
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })

describe('the key file', () => {
  it('is made on the first start, for its owner’s eyes alone', async () => {
    const { directory, path, keys } = await written()
    assert.deepEqual([await mode(directory), await mode(path)], ['700', '600'])
    assert.deepEqual([keys.signing.length, keys.secrets.length, keys.signing[0]?.signsFrom], [1, 1, 1_778_751_660])
    assert.deepEqual(await readdir(directory), ['keys.json'], 'nothing is left beside it')
  })

  it('stays the same from start to start', async () => {
    const { directory, keys } = await written()
    assert.deepEqual(await openKeyFile(directory, now + 1000), keys)
  })

  it('is not made anew where the store was used with another, unless somebody says so', async () => {
    const { directory, path, keys } = await written()
    const inUse = () => Promise.resolve(false)
    assert.deepEqual(await openKeyFile(directory, now, inUse), keys, 'nobody asks while it is there')
    await refused(newKeyFile(directory, now), /keys\.json is there: .*rotate/)
    await rm(path)
    await refused(openKeyFile(directory, now, inUse), /keys\.json is missing, .*backup.*linklatch keys new/)
    assert.deepEqual(await readdir(directory), [])
    const made = await newKeyFile(directory, now)
    assert.notEqual(made.secrets[0]?.secret, keys.secrets[0]?.secret)
    assert.deepEqual(await openKeyFile(directory, now, inUse), made)
  })

  it('is another one in another directory', async () => {
    const [one, other] = [await written(), await written()]
    assert.notEqual(one.keys.secrets[0]?.secret, other.keys.secrets[0]?.secret)
    assert.notEqual(one.keys.signing[0]?.kid, other.keys.signing[0]?.kid)
  })

  it('is one file when several processes start at once', async () => {
    const directory = newDirectory()
    const all = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(directory, now)))
    for (const keys of all) assert.deepEqual(keys, all[0])
    assert.deepEqual(await readdir(directory), ['keys.json'])
  })

  it('stops the start when others may read it', async () => {
    const { directory, path } = await written()
    for (const loose of [0o640, 0o604, 0o644, 0o610]) {
      await chmod(path, loose)
      await refused(openKeyFile(directory, now), /keys\.json has mode 06\d\d, .*chmod 0600/)
    }
    await chmod(path, 0o400)
    assert.ok(await openKeyFile(directory, now), 'tighter is welcome')
  })

  it('stops the start when others may read its directory', async () => {
    const { directory } = await written()
    for (const loose of [0o750, 0o701]) {
      await chmod(directory, loose)
      await refused(openKeyFile(directory, now), /has mode 07\d\d, .*chmod 0700/)
    }
    await chmod(directory, 0o700)
    assert.ok(await openKeyFile(directory, now))
  })
})

describe('a damaged key file', () => {
  const damaged: Record<string, (keys: KeyFile) => string> = {
    'is empty': () => '',
    'is cut off': (keys) => JSON.stringify(keys).slice(0, -9),
    'is another document': () => '{"linklatch":"sites"}',
    'is an array': () => '[]',
    'is null': () => 'null',
    'is of a later version': (keys) => JSON.stringify({ ...keys, version: 2 }),
    'has an unknown field': (keys) => JSON.stringify({ ...keys, note: '' }),
    'has no signing key': (keys) => JSON.stringify({ ...keys, signing: [] }),
    'has no secret': (keys) => JSON.stringify({ ...keys, secrets: [] }),
    'has a secret below 32 bytes': (keys) => JSON.stringify({ ...keys, secrets: [{ signsFrom: 0, secret: 'A'.repeat(42) }] }),
    'has a public key alone': (keys) => JSON.stringify({ ...keys, signing: keys.signing.map((key) => ({ ...key, jwk: { ...key.jwk, d: undefined } })) }),
    'has a key of another curve': (keys) => JSON.stringify({ ...keys, signing: keys.signing.map((key) => ({ ...key, jwk: { ...key.jwk, crv: 'P-384' } })) }),
    'has a key that lies on no curve': (keys) => JSON.stringify({ ...keys, signing: keys.signing.map((key) => ({ ...key, jwk: { ...key.jwk, x: key.jwk.y } })) }),
  }
  for (const [what, damage] of Object.entries(damaged)) {
    it(`stops the start with one line when it ${what}, and is left as it is`, async () => {
      const { directory, path, keys } = await written()
      await writeFile(path, damage(keys))
      await refused(openKeyFile(directory, now), /keys\.json is damaged: bring it back from a backup/)
      assert.equal(await readFile(path, 'utf8'), damage(keys))
    })
  }

  it('is told by a private key that belongs to another public one', async () => {
    const [one, other] = [await written(), await written()]
    const mixed = one.keys.signing.map((key) => ({ ...key, jwk: { ...key.jwk, d: other.keys.signing[0]?.jwk.d } }))
    await writeFile(one.path, JSON.stringify({ ...one.keys, signing: mixed }))
    await refused(openKeyFile(one.directory, now), /is damaged/)
  })
})
