import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDkimKey } from './dkim-key.ts'

test('a key that could not sign stops the start, in words that help', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-dkim-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  const reading = async (text: string) => {
    await writeFile(join(directory, 'key.pem'), text)
    return readDkimKey(join(directory, 'key.pem'))
  }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = (key: KeyObject, locked = {}) => key.export({ type: 'pkcs8', format: 'pem', ...locked }).toString()
  const cases: Record<string, string> = {
    'holds no private key': 'hello',
    'holds no private key ': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'holds no private key  ': pem(privateKey, { cipher: 'aes-256-cbc', passphrase: 'x' }),
    'holds a key of another kind (ed25519)': pem(generateKeyPairSync('ed25519').privateKey),
    'holds a key of less than 1024 bits': pem(generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey),
  }
  for (const [what, text] of Object.entries(cases)) {
    await assert.rejects(reading(text), ({ name, message }: Error) => {
      assert.equal(name, 'ConfigError')
      assert.ok(message.startsWith('LINKLATCH_DKIM_KEY_FILE ') && message.includes(`${what.trim()}; it takes an RSA private key in PEM`), message)
      assert.doesNotMatch(message, /BEGIN|hello/)
      return true
    })
  }
  await assert.rejects(readDkimKey(join(directory, 'none.pem')), /cannot be read \(ENOENT\)/)
  assert.equal(await reading(pem(privateKey)), pem(privateKey))
})
