import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { compactVerify, exportJWK, importJWK, jwtVerify } from 'jose'
import { signToken } from './sign-token.ts'

const claims = { sub: 'Zoë', exp: 4_102_444_800, deep: { list: [1, 'ä'] } }

test('jose verifies what is signed with a private key, and reads the same claims', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = await importJWK(await exportJWK(publicKey), 'ES256')
  // Now and then a number of a signature begins with zeros: it has its full length all the same.
  for (let time = 0; time < 300; time += 1) {
    const token = signToken({ typ: 'at+jwt', kid: 'k1' }, { ...claims, time }, { alg: 'ES256', key: privateKey })
    const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: ['ES256'], typ: 'at+jwt' })
    assert.deepEqual([payload, protectedHeader], [{ ...claims, time }, { alg: 'ES256', typ: 'at+jwt', kid: 'k1' }])
  }
})

test('jose verifies what is signed with a secret, and with no other secret', async () => {
  const [secret, other] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))]
  const token = signToken({ typ: 'link+jwt' }, claims, { alg: 'HS256', key: secret })
  assert.deepEqual((await jwtVerify(token, secret, { algorithms: ['HS256'], typ: 'link+jwt' })).payload, claims)
  await assert.rejects(compactVerify(token, other))
})
