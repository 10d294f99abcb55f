import { assert } from '@open-wc/testing'
import { keepKey, newKey, proof, readKey } from './bridge-key.ts'
import { jwtPart } from './encoding.ts'

const name = 'linklatch test of keys'
afterEach(() => keepKey(name, undefined))

describe('the key that a session is bound to', () => {
  it('signs, and can be read by nobody: not before it is stored, and not after', async () => {
    const pair = await newKey()
    assert.isTrue(await keepKey(name, { pair, token: 'secret.one' }))
    const kept = await readKey(name)
    assert.strictEqual(kept?.token, 'secret.one')
    for (const { privateKey } of [pair, kept?.pair ?? assert.fail('no key')]) {
      assert.isFalse(privateKey.extractable)
      for (const format of ['jwk', 'pkcs8'] as const) {
        const exported = await crypto.subtle.exportKey(format, privateKey).catch((error: unknown) => error)
        assert.instanceOf(exported, DOMException)
      }
    }
  })

  it('makes another proof each time, with nothing but the public part in it', async () => {
    const pair = await newKey()
    const [one, other] = [await proof(pair, '/v1/sessions'), await proof(pair, '/v1/sessions')]
    const { jwk } = JSON.parse(atob((one.split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as { jwk: object }
    assert.hasAllKeys(jwk, ['crv', 'kty', 'x', 'y'])
    assert.notStrictEqual(jwtPart(one, 1, 'jti'), jwtPart(other, 1, 'jti'))
    assert.strictEqual(jwtPart(one, 1, 'htu'), `${location.origin}/v1/sessions`)
  })

  it('leaves no connection to its storage open, however often it is read and kept', async () => {
    const open = new Set<IDBDatabase>()
    const { transaction, close } = IDBDatabase.prototype
    IDBDatabase.prototype.transaction = function (...asked) {
      open.add(this)
      return transaction.apply(this, asked)
    }
    IDBDatabase.prototype.close = function () {
      open.delete(this)
      close.call(this)
    }
    const pair = await newKey()
    for (const token of ['secret.one', 'secret.two', 'secret.three']) assert.isTrue(await keepKey(name, { pair, token }))
    Object.assign(IDBDatabase.prototype, { transaction, close })
    assert.strictEqual(open.size, 0)
  })

  it('is forgotten', async () => {
    await keepKey(name, { pair: await newKey(), token: 'secret.one' })
    assert.isTrue(await keepKey(name, undefined))
    assert.isUndefined(await readKey(name))
  })
})
