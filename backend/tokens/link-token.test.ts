import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose'
import type { SignIn } from '../sign-in/sign-in.ts'
import { createLinkTokens, type LinkTokenKind } from './link-token.ts'
import { createSecrets } from './secrets.ts'

const issuer = 'https://auth.example.com'
const secret = (fill: number) => Buffer.alloc(32, fill).toString('base64url')
const root = { signsFrom: 0, secret: secret(1) }
const keys = (...secrets: { signsFrom: number; secret: string }[]) => createSecrets({ linklatch: 'keys', version: 1, signing: [], secrets })
const secrets = keys(root)
const tokens = createLinkTokens(secrets, issuer)
const every: LinkTokenKind[] = ['link', 'arrival', 'handoff']

const now = 1_778_751_660.25
const signIn: SignIn = {
  id: 'sign-in-1-abcdefghijkl', siteId: '0123456789abcdef', origin: 'https://shop.example', channel: 'email', address: 'anna@example.com', challenge: 'c'.repeat(43),
  state: 'pending', createdAt: now, expiresAt: now + 600, locale: 'en', browser: 'Firefox', codeTriesLeft: 5, numberTriesLeft: 2,
  delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
}
const handoff = { id: 'handoff-1', expiresAt: now + 60 }
const good = { kind: 'link', expired: false, signInId: signIn.id, siteId: signIn.siteId }
const read = (token: string, due = every, at = now) => tokens.read(token, due, at)

/** A token of this server's own key, with whatever else is wrong about it. */
const signed = (claims: object, header: object = {}, kind: LinkTokenKind = 'link') =>
  new SignJWT({ iss: issuer, aud: signIn.siteId, jti: signIn.id, iat: Math.floor(now), exp: Math.floor(now) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: `${kind}+jwt`, ...header })
    .sign(secrets.keyAt(kind, now))
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a link token', () => {
  it('names its sign-in and its site, and nothing of the person', async () => {
    const token = tokens.link(signIn)
    assert.deepEqual(read(token), good)
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'link+jwt' })
    assert.deepEqual(Object.keys(decodeJwt(token)).sort(), ['aud', 'exp', 'iat', 'iss', 'jti'])
  })

  it('is the same text each time, whenever it is asked for', async () => {
    assert.equal(tokens.link(signIn), tokens.link({ ...signIn, state: 'approved', delivery: { ...signIn.delivery, asked: 2 } }))
  })

  it('reads as expired after its end, and not before', async () => {
    const token = tokens.link(signIn)
    assert.equal((read(token, every, now + 599.9))?.expired, false)
    assert.deepEqual(read(token, every, now + 602), { ...good, expired: true })
  })

  it('is good through a rotation of the root secret', async () => {
    const after = createLinkTokens(keys(root, { signsFrom: now + 1, secret: secret(2) }), issuer)
    assert.deepEqual(after.read(tokens.link(signIn), ['link'], now + 2), good)
    assert.equal(after.link(signIn), tokens.link(signIn))
    const gone = createLinkTokens(keys({ signsFrom: now + 1, secret: secret(2) }), issuer)
    assert.equal(gone.read(tokens.link(signIn), ['link'], now + 2), undefined)
  })
})

describe('an arrival token', () => {
  it('lives two minutes', async () => {
    const token = tokens.arrival(signIn, now)
    assert.deepEqual(read(token, ['arrival'], now + 119.9), { ...good, kind: 'arrival' })
    assert.equal((read(token, ['arrival'], now + 123))?.expired, true)
  })

  it('says two minutes in its claims, at any fraction of a second', async () => {
    for (const at of [now, Math.floor(now), now + 0.7]) {
      const { iat = 0, exp = 0 } = decodeJwt(tokens.arrival(signIn, at))
      assert.equal(exp - iat, 120)
      const given = decodeJwt(tokens.handoff(signIn, { id: 'h', expiresAt: at + 60 }, at))
      assert.equal((given.exp ?? 0) - (given.iat ?? 0), 60)
    }
  })

  it('never outlives its link', async () => {
    const token = tokens.arrival(signIn, now + 590)
    assert.equal((read(token, ['arrival'], now + 599.9))?.expired, false)
    assert.equal((read(token, ['arrival'], now + 603))?.expired, true)
  })
})

describe('a handoff token', () => {
  it('names its handoff, and lives as long as that', async () => {
    const token = tokens.handoff(signIn, handoff, now)
    assert.deepEqual(read(token, ['handoff'], now + 59.9), { ...good, kind: 'handoff', handoffId: 'handoff-1' })
    assert.equal((read(token, ['handoff'], now + 63))?.expired, true)
  })

  it('may outlive the link', async () => {
    const token = tokens.handoff(signIn, { id: 'h', expiresAt: now + 659 }, now + 599)
    assert.equal((read(token, ['handoff'], now + 658))?.expired, false)
  })

  it('is refused without the name of its handoff', async () => {
    assert.equal(read(await signed({}, {}, 'handoff')), undefined)
    assert.equal(read(await signed({ handoff: 7 }, {}, 'handoff')), undefined)
    assert.ok(read(await signed({ handoff: 'h' }, {}, 'handoff')))
  })
})

describe('one kind of token', () => {
  it('is refused where another is due', async () => {
    const made = { link: tokens.link(signIn), arrival: tokens.arrival(signIn, now), handoff: tokens.handoff(signIn, handoff, now) }
    for (const kind of every) for (const due of every) {
      assert.equal((read(made[kind], [due]))?.kind, kind === due ? kind : undefined)
      assert.equal((read(made[kind], every.filter((each) => each !== due)))?.kind, kind === due ? undefined : kind)
    }
  })

  it('is refused under the key of another, whatever type it claims', async () => {
    const byLinkKey = await new SignJWT({ iss: issuer, aud: signIn.siteId, jti: signIn.id, handoff: 'h' }).setIssuedAt(now).setExpirationTime(now + 60).setProtectedHeader({ alg: 'HS256', typ: 'handoff+jwt' }).sign(secrets.keyAt('link', now))
    assert.equal(read(byLinkKey), undefined)
    assert.equal(read(await signed({}, { typ: 'at+jwt' })), undefined)
    for (const typ of ['JWT', '', undefined, ['link+jwt'], 'constructor', '__proto__', 'link+jwt ']) assert.equal(read(await signed({}, { typ })), undefined)
  })
})

describe('a forged link token', () => {
  it('is refused under any algorithm but HS256', async () => {
    const claims = decodeJwt(tokens.link(signIn))
    assert.equal(read(new UnsecuredJWT(claims).encode()), undefined)
    for (const alg of ['none', 'None', 'RS256', 'ES256', undefined, null]) assert.equal(read(`${encode({ alg, typ: 'link+jwt' })}.${encode(claims)}.`), undefined)
    const wide = Buffer.concat([secrets.keyAt('link', now), Buffer.alloc(32)])
    assert.equal(read(await new SignJWT(claims).setProtectedHeader({ alg: 'HS512', typ: 'link+jwt' }).sign(wide)), undefined)
  })

  it('is refused after any change of one character', async () => {
    const token = tokens.link(signIn)
    const dataEnds = token.lastIndexOf('.')
    for (let i = 0; i < token.length - 1; i += 1) {
      if (i === dataEnds) continue
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)
      assert.equal(read(changed), undefined, `character ${i}`)
    }
    for (const text of [`${token}A`, `${token}.`, ` ${token}`, token.slice(0, -1), token.slice(0, dataEnds + 1)]) assert.equal(read(text), undefined, text)
  })

  it('has no second spelling, in unused bits, padding or blanks', () => {
    const token = tokens.link(signIn)
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].map((last) => token.slice(0, -1) + last).concat(`${token}=`, `${token}\n`)
    assert.deepEqual(twins.filter((twin) => read(twin) !== undefined), [token])
  })

  it('is never called expired', async () => {
    const [head = '', payload = ''] = (tokens.link(signIn)).split('.')
    const late = now + 5000
    assert.equal(read(`${head}.${payload}.${'A'.repeat(43)}`, every, late), undefined)
    assert.equal(read(`${head}.${encode({ ...decodeJwt(`${head}.${payload}.`), jti: 'other' })}.${'A'.repeat(43)}`, every, late), undefined)
  })

  it('gets nowhere with keys that it brings along or points to', async () => {
    for (const header of [{ kid: '../../etc/passwd' }, { jku: 'https://evil.example' }, { jwk: { kty: 'oct', k: 'AAAA' } }, { x5u: 'https://evil.example' }]) {
      assert.equal(read(await signed({}, header)), undefined)
      const [, payload] = (tokens.link(signIn)).split('.')
      assert.equal(read(`${encode({ alg: 'HS256', typ: 'link+jwt', ...header })}.${payload}.${'A'.repeat(43)}`), undefined)
    }
  })
})

describe('a token that was signed here', () => {
  it('is refused from another issuer', async () => {
    for (const iss of ['https://auth.example.org', `${issuer}/`, undefined, [issuer], null]) assert.equal(read(await signed({ iss })), undefined)
  })

  it('is refused without its site, its name or its times', async () => {
    for (const claim of ['aud', 'jti', 'iat', 'exp']) assert.equal(read(await signed({ [claim]: undefined })), undefined, claim)
    for (const claims of [{ aud: [signIn.siteId] }, { jti: 7 }, { jti: [signIn.id] }, { iat: 'now' }, { exp: null }]) assert.equal(read(await signed(claims)), undefined)
  })

  it('is refused when it comes from the future, by more than machines’ clocks differ', async () => {
    assert.deepEqual(read(await signed({ iat: Math.floor(now) + 30 })), good)
    assert.equal(read(await signed({ iat: Math.floor(now) + 120 })), undefined)
  })
})

describe('reading a token', () => {
  it('never throws, whatever the text', async () => {
    const parts = fc.oneof(fc.string(), fc.json().map((text) => Buffer.from(text).toString('base64url')), fc.constantFrom(encode({ alg: 'HS256', typ: 'link+jwt' }), encode({ alg: 'HS256', typ: 'link+jwt', b64: false, crit: ['b64'] }), encode({ alg: 'HS256', typ: ['link+jwt'] })))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.array(parts, { maxLength: 5 }).map((all) => all.join('.'))), async (text) => {
      assert.equal(read(text), undefined)
    }), { numRuns: 1000 })
  })

  it('takes no longer than 50 ms for 16 KiB', async () => {
    const head = encode({ alg: 'HS256', typ: 'link+jwt' })
    const texts = ['.'.repeat(16_384), 'A'.repeat(16_384), `${head}.${'A'.repeat(16_300)}.AAAA`, `${head}.e30.${'A'.repeat(16_300)}`, `${encode('['.repeat(6000))}.e30.AAAA`]
    read(tokens.link(signIn))
    for (const text of texts) {
      const started = performance.now()
      assert.equal(read(text), undefined)
      assert.ok(performance.now() - started < 150)
    }
  })
})
