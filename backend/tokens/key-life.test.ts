import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KeyFile } from './key-file.ts'
import { keepsAll, listKeys, pruned, secretOverlapSeconds, signingOverlapSeconds } from './key-life.ts'

const born = 1_800_000_000
const jwk = { kty: 'EC' as const, crv: 'P-256' as const, x: 'x', y: 'y', d: 'd' }
const file = (...from: number[]): KeyFile => ({
  linklatch: 'keys',
  version: 1,
  signing: from.map((signsFrom, i) => ({ kid: `k${i}`, signsFrom, jwk })),
  secrets: from.map((signsFrom, i) => ({ signsFrom, secret: String(i).repeat(43) })),
})
const kids = ({ signing }: KeyFile) => signing.map(({ kid }) => kid)
const states = (keyFile: KeyFile, now: number) => listKeys(keyFile, now).map(({ kind, state }) => `${kind} ${state}`)

describe('keys that follow one another', () => {
  const [first, second] = [born, born + 1000]

  it('are next, in use, overlapping and over, each in its time', () => {
    const both = file(first, second)
    const signing = (now: number) => states(both, now).slice(0, 2)
    assert.deepEqual(signing(second - 1), ['signing key in use', 'signing key next'])
    assert.deepEqual(signing(second), ['signing key overlapping', 'signing key in use'])
    assert.deepEqual(signing(second + signingOverlapSeconds), ['signing key over', 'signing key in use'])
  })

  it('let a signing key go an hour after it was followed, and not before', () => {
    const both = file(first, second)
    assert.deepEqual(kids(pruned(both, second + signingOverlapSeconds - 1)), ['k0', 'k1'])
    assert.deepEqual(kids(pruned(both, second + signingOverlapSeconds)), ['k1'])
  })

  it('keep a root secret for as long as a session that began with it may live: 400 days', () => {
    const both = file(first, second)
    assert.equal(pruned(both, second + 34_560_000).secrets.length, 2)
    assert.equal(pruned(both, second + secretOverlapSeconds).secrets.length, 1)
  })

  it('never let the newest go, however old', () => {
    assert.deepEqual(pruned(file(first), born + 1e9), file(first))
  })

  it('are not taken for lost when they are over, nor when others come; only when they are needed', () => {
    const both = file(first, second)
    const without = (name: string) => ({ ...both, signing: both.signing.filter(({ kid }) => kid !== name) })
    assert.equal(keepsAll(file(first), both, second), true)
    assert.equal(keepsAll(both, without('k0'), second + signingOverlapSeconds - 1), false)
    assert.equal(keepsAll(both, without('k0'), second + signingOverlapSeconds), true)
    assert.equal(keepsAll(both, { ...both, secrets: both.secrets.slice(1) }, second + 34_000_000), false)
  })

  it('are named without telling a secret', () => {
    const text = JSON.stringify(listKeys(file(first, second), second))
    assert.doesNotMatch(text, /0{43}|1{43}|"d"/)
  })
})
