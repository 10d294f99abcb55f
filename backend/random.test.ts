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
    for (const bytes of [1, 32, 4095, 4096, 4097]) assert.equal(Buffer.from(systemRandom.id(bytes), 'base64url').length, bytes)
  })

  it('never shares a byte with another one, however many are drawn', () => {
    const draws = Array.from({ length: 5000 }, (_, index) => Buffer.from(systemRandom.id(16 + (index % 17)), 'base64url'))
    const pieces = draws.flatMap((bytes) => [bytes.toString('hex', 0, 8), bytes.toString('hex', 8, 16)])
    assert.equal(new Set(pieces).size, pieces.length)
    const ones = draws.reduce((sum, bytes) => sum + [...bytes].filter((byte) => byte >= 128).length, 0)
    const all = draws.reduce((sum, { length }) => sum + length, 0)
    assert.ok(Math.abs(ones / all - 0.5) < 0.02)
  })

  it('is lower-case hexadecimal where a cookie name or a command line needs it', () => {
    const ids = Array.from({ length: 1000 }, () => systemRandom.hex(8))
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/)
    assert.equal(new Set(ids).size, 1000)
  })
})
