import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemRandom } from './random.ts'

describe('an id', () => {
  it('holds 128 random bits, as base64url', () => {
    const ids = Array.from({ length: 1000 }, () => systemRandom.id())
    for (const id of ids) assert.match(id, /^[\w-]{22}$/)
    assert.equal(new Set(ids).size, 1000)
  })

  it('holds as many bytes as are asked for', () => {
    assert.equal(Buffer.from(systemRandom.id(32), 'base64url').length, 32)
  })

  it('is lower-case hexadecimal where a cookie name or a command line needs it', () => {
    const ids = Array.from({ length: 1000 }, () => systemRandom.hex(8))
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/)
    assert.equal(new Set(ids).size, 1000)
  })
})
