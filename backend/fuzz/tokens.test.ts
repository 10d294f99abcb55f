/** Everything that is signed, under fuzz: what was changed says nothing, what is read says what was signed, and nothing else is thrown (R30 to R36). */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { verifySession, SessionError } from '../../widget/verify.ts'
import { Problem } from '../problems.ts'
import { testSignIn } from '../testing/delivery-fakes.ts'
import { dpopKey } from '../testing/dpop.ts'
import { accessTokenSeconds, createAccessTokens, type AccessTokens } from '../tokens/access-token.ts'
import { readProof } from '../tokens/dpop-proof.ts'
import { KeyFileError, openKeyFile, type KeyFile } from '../tokens/key-file.ts'
import { createLinkTokens, type LinkTokenKind, type LinkTokens } from '../tokens/link-token.ts'
import { createSecrets, type Secrets } from '../tokens/secrets.ts'
import { costsLittle, hardTexts, nearly, oddText, withRuns } from './runs.ts'

const issuer = 'https://auth.example.com'
const now = Math.floor(Date.now() / 1000)
const signIn = testSignIn({ createdAt: now - 5, expiresAt: now + 595 })
const kinds: LinkTokenKind[] = ['link', 'arrival', 'handoff']

let keyFile: KeyFile
let secrets: Secrets
let links: LinkTokens
let access: AccessTokens
let good: Record<LinkTokenKind | 'access', string>
before(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-fuzz-'))
  keyFile = await openKeyFile(join(directory, 'keys'), now - 100)
  await rm(directory, { recursive: true })
  secrets = createSecrets(keyFile)
  links = createLinkTokens(secrets, issuer)
  access = createAccessTokens(keyFile, issuer)
  const claims = { sub: 'u', aud: 'site', sid: 's', jti: 'j', auth_time: now, amr: ['otp'], roles: [] }
  good = {
    link: links.link(signIn),
    arrival: links.arrival(signIn, now),
    handoff: links.handoff(signIn, { id: 'h', expiresAt: now + 60 }, now),
    access: access.sign(claims, accessTokenSeconds, now),
  }
})

/** Tokens near to good ones: changed, cut, mixed from parts of several. */
const tokens = () => {
  const whole = fc.constantFrom(...Object.values(good))
  const mixed = fc.tuple(whole, whole, whole).map(([a, b, c]) => [a.split('.')[0], b.split('.')[1], c.split('.')[2]].join('.'))
  return nearly(fc.oneof(whole, mixed))
}
const jsonObject = fc.dictionary(fc.oneof(fc.constantFrom('iss', 'aud', 'jti', 'iat', 'exp', 'nbf', 'handoff', 'sub', 'sid', 'crit', '__proto__'), fc.string()), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 })

describe('a link, arrival or handoff token', () => {
  it('is read as what was signed, or not at all, whatever was done to its text', () => {
    const read = Object.fromEntries(kinds.map((kind) => [kind, links.read(good[kind], [kind], now)] as const))
    fc.assert(fc.property(tokens(), fc.subarray(kinds), (text, due) => {
      const found = links.read(text, due, now)
      if (found) assert.deepEqual([found, due.includes(found.kind)], [read[found.kind], true])
    }), withRuns(4))
  })

  it('of any claims, signed with the right key, is read in due types or not at all', async () => {
    await fc.assert(fc.asyncProperty(jsonObject, fc.constantFrom(...kinds), async (claims, kind) => {
      const text = await signed(claims, { alg: 'HS256', typ: `${kind}+jwt` }, secrets.keyAt(kind, now))
      const found = links.read(text, kinds, now)
      if (found) assert.deepEqual([typeof found.signInId, typeof found.siteId, typeof found.expired], ['string', 'string', 'boolean'])
    }), withRuns())
  })

  it('costs less than 50 ms, whatever 16 KiB hold', async () => {
    for (const text of hardTexts) for (const each of [text, `${good.link.split('.')[0]}.${text}`, `${text}.${text}.`]) assert.ok(await costsLittle(() => links.read(each, kinds, now)))
  })
})

/** As jose signs it; what jose itself will not sign is no token. */
async function signed(claims: Record<string, unknown>, header: { alg: string; typ: string }, key: Uint8Array): Promise<string> {
  try {
    return await new SignJWT(claims).setProtectedHeader(header).sign(key)
  } catch {
    return 'none'
  }
}

describe('an access token', () => {
  it('is read by the server and by linklatch/verify alike, or by neither', async () => {
    await fc.assert(fc.asyncProperty(tokens(), async (text) => {
      const here = await access.read(text, now)
      const there = await verifySession(text, { issuer, audience: 'site', jwks: access.jwks, currentDate: new Date(now * 1000) }).catch((error: unknown) => {
        if (!(error instanceof SessionError)) throw error
        return undefined
      })
      assert.deepEqual([here?.sub, here?.sid, here?.auth_time], [there?.sub, there?.sid, there?.auth_time])
    }), withRuns(2))
  })

  it('is refused by linklatch/verify with one of its own errors, whatever it is given', async () => {
    await fc.assert(fc.asyncProperty(fc.anything(), async (given) => {
      await assert.rejects(() => verifySession(given as string, { issuer, audience: 'site', jwks: access.jwks }), SessionError)
    }), withRuns())
  })

  it('costs less than 50 ms, whatever 16 KiB hold', async () => {
    for (const text of hardTexts) assert.ok(await costsLittle(() => access.read(text, now)))
  })
})

describe('a proof of a key', () => {
  it('gives that key’s name or is refused as a proof', async () => {
    const { proof, jkt } = await dpopKey({ clock: { now: () => now, wall: () => now } })
    const fresh = await proof('POST', '/v1/sessions')
    const counters = { take: async () => ({ taken: true }) as const, giveBack: async () => undefined }
    const headers = fc.record({ typ: fc.constant('dpop+jwt'), alg: fc.constantFrom('ES256', 'none', 'HS256', 'RS256'), jwk: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.record({ kty: fc.constantFrom('EC', 'oct', 'OKP', 'RSA'), crv: fc.constantFrom('P-256', 'P-384', '__proto__'), x: oddText, y: oddText })) })
    const forged = fc.tuple(headers, jsonObject, fc.base64String()).map(([header, claims, mac]) => `${encoded(header)}.${encoded(claims)}.${mac.replace(/[+/=]/g, '')}`)
    await fc.assert(fc.asyncProperty(fc.oneof(nearly(fc.constant(fresh)), forged), async (text) => {
      const named = await readProof(text, { method: 'POST', url: `${issuer}/v1/sessions`, wall: now, now, counters }).then((read) => read.jkt, (error: unknown) => {
        assert.ok(error instanceof Problem && error.code === 'invalid_dpop_proof')
        return jkt
      })
      assert.equal(named, jkt)
    }), withRuns(2))
  })
})

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')

describe('a refresh secret', () => {
  it('is taken apart into what it was made of, or not at all', () => {
    const texts = fc.constantFrom(`${'s'.repeat(22)}.3.${'m'.repeat(43)}`, `${'s'.repeat(22)}.999999999.${'m'.repeat(43)}`)
    fc.assert(fc.property(nearly(texts), (text) => {
      const parts = secrets.parseRefreshToken(text)
      if (parts) assert.ok(parts.sessionId.length === 22 && Number.isSafeInteger(parts.generation) && text.startsWith(`${parts.sessionId}.`))
    }), withRuns(4))
  })
})

describe('a key file', () => {
  it('of any content is whole, or refused in one line', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'linklatch-fuzz-'))
    const keys = join(directory, 'keys')
    await mkdir(keys, { mode: 0o700 })
    const text = JSON.stringify(keyFile)
    const values = fc.oneof(nearly(fc.constant(text)), fc.json(), fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ ...keyFile, signing: value })), fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ ...keyFile, secrets: [value] })))
    await fc.assert(fc.asyncProperty(values, async (content) => {
      await writeFile(join(keys, 'keys.json'), content, { mode: 0o600 })
      const read = await openKeyFile(keys, now).catch((error: unknown) => {
        assert.ok(error instanceof KeyFileError)
        assert.doesNotMatch(error.message, /\n/)
        return undefined
      })
      if (read) assert.ok(read.signing.length > 0 && read.secrets.length > 0)
    }), withRuns(0.5))
    await rm(directory, { recursive: true })
  })
})
