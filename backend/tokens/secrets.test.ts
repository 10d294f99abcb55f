import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Session } from '../sessions/session.ts'
import type { KeyFile } from './key-file.ts'
import { createSecrets, equalText, uniformDigits, type Purpose } from './secrets.ts'

const secretA = Buffer.alloc(32, 1).toString('base64url')
const secretB = Buffer.alloc(32, 2).toString('base64url')
const keyFile = (...secrets: KeyFile['secrets']): KeyFile => ({ linklatch: 'keys', version: 1, signing: [], secrets })
const secrets = createSecrets(keyFile({ signsFrom: 1000, secret: secretA }))
const rotated = createSecrets(keyFile({ signsFrom: 1000, secret: secretA }, { signsFrom: 2000, secret: secretB }))

const session: Session = {
  id: 's'.repeat(22), siteId: '0123456789abcdef', userId: 'u', generation: 3, seed: 'seed', createdAt: 1500, lastSeenAt: 1500, rotatedAt: 1500,
  idleSeconds: 100, absoluteEndAt: 9000, authTime: 1500, amr: ['otp'], browser: 'Firefox',
}
const allPurposes: Purpose[] = ['link', 'arrival', 'handoff', 'code', 'number', 'refresh', 'pseudonym', 'mark']
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')

describe('the derived keys', () => {
  it('are 256 bits, another for each purpose, and never the root itself', () => {
    const keys = allPurposes.map((purpose) => hex(secrets.keyAt(purpose, 1500)))
    assert.equal(new Set([...keys, Buffer.from(secretA, 'base64url').toString('hex')]).size, 9)
    for (const key of keys) assert.equal(key.length, 64)
  })

  it('are those that were in force at the time', () => {
    assert.deepEqual(rotated.keyAt('link', 1999), secrets.keyAt('link', 1999))
    assert.notDeepEqual(rotated.keyAt('link', 2000), secrets.keyAt('link', 2000))
  })

  it('are there for a time before the first of them, as after a clock that was set back', () => {
    assert.deepEqual(rotated.keyAt('link', 0), rotated.keyAt('link', 1000))
  })

  it('are all tried, newest first, where the time is not known', () => {
    assert.deepEqual(rotated.keys('arrival').map(hex), [rotated.keyAt('arrival', 2000), rotated.keyAt('arrival', 1000)].map(hex))
  })
})

describe('a code', () => {
  it('is six digits, the same each time for the same sign-in, and another for another', () => {
    const code = secrets.codeOf({ id: 'a', createdAt: 1500 })
    assert.match(code, /^\d{6}$/)
    assert.equal(secrets.codeOf({ id: 'a', createdAt: 1500 }), code)
    assert.notEqual(secrets.codeOf({ id: 'b', createdAt: 1500 }), code)
  })

  it('cannot be told by whoever has the record alone: under another key it is another', () => {
    const others = createSecrets(keyFile({ signsFrom: 1000, secret: secretB }))
    const ids = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, createdAt: 1500 }))
    assert.ok(ids.filter((signIn) => secrets.codeOf(signIn) === others.codeOf(signIn)).length < 3)
  })

  it('is drawn again where the draw would favour the low ones', () => {
    const key = secrets.keyAt('code', 1500)
    const draw = (round: number, id: number) => createHmac('sha256', key).update(`${round}.${id}`).digest().readUInt32BE(0)
    let id = 0
    while (draw(0, id) < 4_294_000_000) id += 1
    assert.equal(secrets.codeOf({ id: `${id}`, createdAt: 1500 }), String(draw(1, id) % 1_000_000).padStart(6, '0'))
  })

  it('stays the same while a sign-in lives through a rotation', () => {
    assert.equal(rotated.codeOf({ id: 'a', createdAt: 1999 }), secrets.codeOf({ id: 'a', createdAt: 1999 }))
  })

  it('does not follow from the match number', () => {
    const same = Array.from({ length: 1000 }, (_, i) => ({ id: `${i}`, createdAt: 1500 })).filter((signIn) => secrets.codeOf(signIn).endsWith(secrets.numberOf(signIn)))
    assert.ok(same.length < 40, `${same.length} of 1000, about 10 by chance`)
  })
})

describe('the match number', () => {
  it('is two digits as text, with its leading nought', () => {
    const numbers = Array.from({ length: 2000 }, (_, i) => secrets.numberOf({ id: `${i}`, createdAt: 1500 }))
    for (const number of numbers) assert.match(number, /^\d\d$/)
    assert.equal(new Set(numbers).size, 100, 'all hundred occur')
  })

  it('favours none', () => {
    const key = secrets.keyAt('number', 1500)
    const counts = new Map<string, number>()
    for (let i = 0; i < 20_000; i += 1) {
      const digit = uniformDigits(key, `${i}`, 1)
      counts.set(digit, (counts.get(digit) ?? 0) + 1)
    }
    for (const [digit, count] of counts) assert.ok(Math.abs(count - 2000) < 250, `${digit}: ${count}`)
  })
})

describe('a refresh secret', () => {
  it('belongs to its session, at the generation that it names', () => {
    const token = secrets.refreshTokenOf(session)
    assert.deepEqual(secrets.parseRefreshToken(token), { sessionId: session.id, generation: 3 })
    assert.equal(secrets.isRefreshTokenOf(session, token), true)
    assert.equal(secrets.isRefreshTokenOf({ ...session, generation: 9 }, token), true, 'also after rotations: who judges it, knows it')
  })

  it('is another in each generation, and holds 256 bits that are in no record', () => {
    const texts = Array.from({ length: 10 }, (_, generation) => secrets.refreshTokenOf({ ...session, generation }).split('.')[2] ?? '')
    assert.equal(new Set(texts).size, 10)
    for (const text of texts) assert.equal(Buffer.from(text, 'base64url').length, 32)
  })

  it('is nobody else’s: not of another session, seed or generation, and not in another spelling', () => {
    const token = secrets.refreshTokenOf(session)
    const [id, , mac = ''] = token.split('.')
    assert.equal(secrets.isRefreshTokenOf({ ...session, id: 't'.repeat(22) }, token), false)
    assert.equal(secrets.isRefreshTokenOf({ ...session, seed: 'other' }, token), false)
    for (const text of [`${id}.4.${mac}`, `${id}.03.${mac}`, `${id}.3.${mac.slice(0, -1)}`, `${id}.3.${'A'.repeat(43)}`, `${token} `, `${token}\n`, token.toUpperCase(), '']) assert.equal(secrets.isRefreshTokenOf(session, text), false, text)
  })

  it('has one text alone: a last character that differs only in unused bits is refused', () => {
    const token = secrets.refreshTokenOf(session)
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const text = token.slice(0, -1) + last
      assert.equal(secrets.isRefreshTokenOf(session, text), text === token)
    }
  })

  it('is taken from before a rotation, also for a session that seems to have begun after it', () => {
    const ahead = { ...session, createdAt: 2500 }
    const before = createSecrets(keyFile({ signsFrom: 1000, secret: secretA })).refreshTokenOf(ahead)
    assert.equal(rotated.isRefreshTokenOf(ahead, before), true)
    assert.equal(rotated.isRefreshTokenOf(ahead, rotated.refreshTokenOf(ahead)), true)
    const other = createSecrets(keyFile({ signsFrom: 1000, secret: 'C'.repeat(43) })).refreshTokenOf(ahead)
    assert.equal(rotated.isRefreshTokenOf(ahead, other), false)
  })

  it('is the same after a rotation of the root, for a session that began before', () => {
    assert.equal(rotated.refreshTokenOf(session), secrets.refreshTokenOf(session))
    assert.notEqual(rotated.refreshTokenOf({ ...session, createdAt: 2000 }), secrets.refreshTokenOf({ ...session, createdAt: 2000 }))
  })

  it('is taken apart without a throw and without delay, whatever it is', () => {
    const odd = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'aZ09_-.. ') }), fc.constantFrom('__proto__', '..', `${'s'.repeat(22)}.1e3.${'A'.repeat(43)}`, `${'s'.repeat(22)}.-1.${'A'.repeat(43)}`))
    fc.assert(fc.property(odd, (text) => {
      assert.equal(secrets.parseRefreshToken(text), undefined)
      assert.equal(secrets.isRefreshTokenOf(session, text), false)
    }), { numRuns: 2000 })
    const started = performance.now()
    for (const text of ['s'.repeat(16_384), '.'.repeat(16_384), `${'s'.repeat(22)}.${'1'.repeat(16_300)}`]) assert.equal(secrets.parseRefreshToken(text), undefined)
    assert.ok(performance.now() - started < 150)
  })
})

describe('a pseudonym', () => {
  it('is the same for the same text, also after a rotation, and says nothing of it', () => {
    const pseudonym = secrets.pseudonym('anna@example.com')
    assert.match(pseudonym, /^[\w-]{22}$/)
    assert.equal(rotated.pseudonym('anna@example.com'), pseudonym)
    assert.notEqual(secrets.pseudonym('anna@example.org'), pseudonym)
  })
})

describe('texts', () => {
  it('are equal when they are the same', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      assert.equal(equalText(a, a), true)
      assert.equal(equalText(a, b), a === b)
    }))
  })
})
