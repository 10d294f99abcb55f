/**
 * Everything on the server that reads what somebody else wrote, under fuzz: it answers or refuses by its own kind of refusal, what it gives
 * is canonical, a second reader sees the same, and 16 KiB cost next to nothing (R40, R70 to R75, R80).
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import addressParser from 'nodemailer/lib/addressparser'
import { ConfigError, readConfig } from '../config.ts'
import { browserName } from '../http/browser-name.ts'
import { isLoopback, networkOf } from '../http/client-network.ts'
import { html } from '../http/html.ts'
import { Problem } from '../problems.ts'
import { changeSiteSchema, claimSchema, createSiteSchema, endSchema, parseRequest, refreshSchema, startSignInSchema, verifierSchema } from '../protocol.ts'
import { landingUrlFor, parseLandingUrl, parseReturnTo } from '../sites/landing.ts'
import { parsePublicUrl } from '../sites/public-url.ts'
import { originMatches, parseOrigin } from '../sites/origins.ts'
import { siteFromInput } from '../sites/site.ts'
import { encodeLine, scanLines } from '../store/lowdb/line.ts'
import { parseDomain, parseEmail, parsePhone } from '../users/address.ts'
import { costsLittle, hardTexts, nearly, oddText, withRuns } from './runs.ts'

/** What a parser gives, or nothing where it refused as it may. Anything else that is thrown is a finding. */
function orRefused<Value>(parse: () => Value): Value | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined
    throw error
  }
}

const emails = fc.oneof(fc.emailAddress(), fc.tuple(fc.constantFrom('anna', 'a.b+c', '"x"', "o'k"), fc.constantFrom('example.com', 'münchen.example', 'xn--mnchen-3ya.example', 'a.b.c')).map((parts) => parts.join('@')))
const origins = fc.oneof(fc.constantFrom('https://shop.example', 'https://shop.example:8443', 'http://127.0.0.1:4700', 'http://[::1]:80', 'https://*--my-site.netlify.app', 'https://münchen.example'), fc.webUrl().map((url) => new URL(url).origin))
const listed = ['https://shop.example', 'http://127.0.0.1:4700', 'https://*--my-site.netlify.app']
const urls = fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true, authoritySettings: { withPort: true, withUserInfo: true } }), fc.tuple(fc.constantFrom(...listed, 'https://a-1--my-site.netlify.app', 'https:shop.example', '//shop.example', 'blob:https://shop.example', 'javascript:'), oddText).map(([start, rest]) => `${start}/${rest}`))

/** A parser of one text whose result it has to give again. */
const canonical: Record<string, { good: fc.Arbitrary<string>; parse: (text: string) => string | undefined }> = {
  'an address': { good: emails, parse: parseEmail },
  'a phone number': { good: fc.constantFrom('+49 1511 2345678', '+15550100200', '+1 (555) 010-0200'), parse: parsePhone },
  'a domain': { good: emails.map((email) => email.slice(email.indexOf('@') + 1)), parse: parseDomain },
  'an origin': { good: origins, parse: (text) => parseOrigin(text, { production: false }) },
  'an origin in production': { good: origins, parse: (text) => parseOrigin(text, { production: true }) },
  'a landing URL': { good: urls, parse: (text) => parseLandingUrl(text, listed) },
  'a return address': { good: urls, parse: (text) => parseReturnTo(text, 'https://shop.example') },
  'a logo’s URL': { good: urls, parse: (text) => parsePublicUrl(text, 'logo_url', true) },
}

for (const [what, { good, parse }] of Object.entries(canonical)) {
  describe(what, () => {
    it('is refused by a problem or canonical: parsed again it stays the same', () => {
      fc.assert(fc.property(nearly(good), (text) => {
        const once = orRefused(() => parse(text))
        if (once !== undefined) assert.equal(orRefused(() => parse(once)), once)
      }), withRuns(4))
    })

    it('costs less than 50 ms, whatever 16 KiB hold', async () => {
      for (const text of hardTexts) assert.ok(await costsLittle(() => orRefused(() => parse(text))), text.slice(0, 20))
    })
  })
}

describe('an address that is taken', () => {
  it('is one mailbox for nodemailer’s own parser too, the same one', () => {
    fc.assert(fc.property(nearly(emails), (text) => {
      const address = orRefused(() => parseEmail(text))
      if (address !== undefined) assert.deepEqual(addressParser(address), [{ name: '', address }])
    }), withRuns(4))
  })

  it('has the domain that IDNA gives, and no character that a header could end at', () => {
    fc.assert(fc.property(nearly(emails), (text) => {
      const address = orRefused(() => parseEmail(text))
      if (address === undefined) return
      const domain = address.slice(address.lastIndexOf('@') + 1)
      assert.equal(domainToASCII(domain), domain)
      assert.match(address, /^[\x21-\x7e]+$/)
      assert.doesNotMatch(address, /[\s<>()[\]\\,;:"%]/)
    }), withRuns(4))
  })
})

describe('an origin or a URL that is taken', () => {
  it('is one for the platform’s parser, with the same origin and no user name', () => {
    fc.assert(fc.property(nearly(urls), (text) => {
      const landing = orRefused(() => parseLandingUrl(text, listed))
      const target = orRefused(() => parseReturnTo(text, 'https://shop.example'))
      if (landing !== undefined) assert.ok(listed.includes(new URL(landing).origin) && !landing.includes('#'))
      if (target !== undefined) assert.equal(new URL(target).origin, 'https://shop.example')
      for (const url of [landing, target]) if (url !== undefined) assert.equal(new URL(url).username + new URL(url).password, '')
    }), withRuns(4))
  })

  it('never leads a link off the origin that asked', () => {
    fc.assert(fc.property(nearly(origins), (origin) => {
      const to = landingUrlFor({ landingUrls: listed.map((each) => `${each}/in`) }, origin, { production: false })
      if (to === undefined) return
      assert.equal(to, `${origin}/in`)
      assert.equal(new URL(to).origin, origin)
    }), withRuns(4))
  })

  it('is matched by its own text alone', () => {
    fc.assert(fc.property(nearly(origins), (text) => {
      if (originMatches('https://*--my-site.netlify.app', text)) assert.match(text, /^https:\/\/[a-z0-9-]+--my-site\.netlify\.app$/)
      assert.equal(originMatches('https://shop.example', text), text === 'https://shop.example')
    }), withRuns(4))
  })
})

describe('a body', () => {
  const schemas = { startSignInSchema, verifierSchema, claimSchema, refreshSchema, endSchema, createSiteSchema, changeSiteSchema }
  const names = ['site', 'email', 'phone', 'challenge', 'return_to', 'locale', 'verifier', 'keep', 'sign_in', 'code', 'arrival', 'handoff', 'refresh_token', 'everywhere', 'name', 'origins', 'landing_urls', 'mode', 'session', 'webhook', 'link_ttl', '__proto__', 'constructor', 'toString']
  const value = fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 2 }), oddText, fc.constantFrom('a'.repeat(43), '123456', 'token', true, 600, 1e308, -0, null), fc.array(oddText, { maxLength: 3 }))
  const body = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 }).map((pairs) => JSON.parse(`{${pairs.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each ?? null)}`).join(',')}}`) as unknown)

  for (const [name, schema] of Object.entries(schemas)) {
    it(`as ${name} is refused, or holds named fields of its own alone`, () => {
      fc.assert(fc.property(fc.oneof(body, fc.jsonValue()), (given) => {
        const read = orRefused(() => parseRequest(schema, given))
        if (read === undefined) return
        assert.equal(Object.getPrototypeOf(read), Object.prototype)
        assert.ok(Object.keys(read).every((key) => names.includes(key) || key in createSiteSchema.entries))
        assert.ok(!Object.hasOwn(read, '__proto__'))
        // What was taken is taken again, as it is.
        assert.deepEqual(parseRequest(schema, read), read)
      }), withRuns())
    })
  }

  it('that makes a site makes the same site from what it made', () => {
    const base = { id: '0123456789abcdef', createdAt: 1 }
    const input = fc.record({ name: fc.string({ minLength: 1, maxLength: 20 }), origins: fc.array(nearly(origins), { minLength: 1, maxLength: 3 }), allowed_domains: fc.array(nearly(fc.constant('example.com')), { maxLength: 2 }) })
    fc.assert(fc.property(input, (given) => {
      const site = orRefused(() => siteFromInput(parseRequest(createSiteSchema, given), base, { production: false }))
      if (site === undefined) return
      const again = siteFromInput({ name: site.name, origins: site.origins, allowed_domains: site.allowedDomains }, base, { production: false })
      assert.deepEqual(again, site)
    }), withRuns(2))
  })
})

describe('a header', () => {
  it('with a network’s address becomes one of few forms, and stays it', () => {
    fc.assert(fc.property(nearly(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4().map((ip) => `::ffff:${ip}`))), (text) => {
      const network = networkOf(text)
      assert.match(network, /^(?:unknown|\d+\.\d+\.\d+\.\d+|[0-9a-f:]+\/64)$/)
      isLoopback(text)
      if (!network.includes('/')) assert.equal(networkOf(network), network)
    }), withRuns(4))
  })

  it('with a browser’s name becomes words of a fixed list', () => {
    const agents = fc.constantFrom('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1')
    fc.assert(fc.property(nearly(agents), (text) => {
      assert.match(browserName(text), /^[A-Za-z0-9 .!:+/()-]{1,60}$/)
    }), withRuns())
  })

  it('costs less than 50 ms, whatever 16 KiB hold', async () => {
    for (const text of hardTexts) assert.ok(await costsLittle(() => [browserName(text), networkOf(text), isLoopback(text)]), text.slice(0, 20))
  })
})

describe('text on a page', () => {
  it('never becomes markup', () => {
    fc.assert(fc.property(oddText, (text) => {
      const shown = String(html`<p title="${text}">${text}</p>`)
      assert.match(shown, /^<p title="[^"<>]*">[^<>]*<\/p>$/s)
    }), withRuns(2))
  })
})

describe('a variable of the environment', () => {
  const names = ['PORT', 'HOST', 'NODE_ENV', 'LINKLATCH_PUBLIC_URL', 'LINKLATCH_DATA_DIR', 'LINKLATCH_KEYS_DIR', 'LINKLATCH_SMTP_URL', 'LINKLATCH_MAIL_FROM', 'LINKLATCH_DKIM_DOMAIN', 'LINKLATCH_DKIM_SELECTOR', 'LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_PROXY_HOPS', 'LINKLATCH_LIMITS', 'LINKLATCH_LOG_LEVEL', 'LINKLATCH_STORE_URL', 'LINKLATCH_SMS_URL', 'LINKLATCH_TYPO']
  const good = fc.oneof(urls, emails, fc.constantFrom('4600', '0', 'production', 'smtp://user:pass@host:587', 'A <a@b.example>', 'start.ip=20/600,streams.ip=5', 'info', '__proto__', 'constructor=1/1', 'redis://h:1', 'twilio://a:b@c', 'x'.repeat(40)))

  it('is taken, or refused in one line that names it and keeps secrets', () => {
    fc.assert(fc.property(fc.constantFrom(...names), nearly(good), fc.boolean(), (name, value, production) => {
      const rest = production ? { NODE_ENV: 'production', LINKLATCH_PUBLIC_URL: 'https://auth.example.com', LINKLATCH_SMTP_URL: 'smtp://u:p@h' } : {}
      try {
        const config = readConfig({ ...rest, [name]: value })
        assert.equal(new URL(config.publicUrl).origin, config.publicUrl)
        assert.ok(Object.isFrozen(config))
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        assert.doesNotMatch(error.message, /[\p{Cc}\p{Zl}\p{Zp}]/u)
        assert.match(error.message, /^(?:PORT|HOST|NODE_ENV|LINKLATCH_[A-Z_]+) /)
        const secret = ['LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_SMTP_URL', 'LINKLATCH_SMS_URL', 'LINKLATCH_STORE_URL'].includes(name) && value.length > 12
        if (secret) assert.ok(!error.message.includes(value), error.message)
      }
    }), withRuns(4))
  })
})

describe('a journal', () => {
  const lines = fc.array(fc.tuple(fc.json(), fc.boolean()), { maxLength: 6 }).map((all) => all.map(([json, first], at) => ({ json, first: first || at === 0 })))

  it('is read as it was written', () => {
    fc.assert(fc.property(lines, (written) => {
      const scan = scanLines(Buffer.from(written.map(({ json, first }) => encodeLine(json, first)).join('')))
      assert.deepEqual([scan.end, scan.texts], ['whole', written.map(({ json }) => json)])
    }), withRuns(2))
  })

  it('of any bytes gives whole lines of it, and never throws', () => {
    fc.assert(fc.property(lines, fc.uint8Array({ maxLength: 60 }), fc.nat(), (written, noise, at) => {
      const good = Buffer.from(written.map(({ json, first }) => encodeLine(json, first)).join(''))
      const cut = at % (good.length + 1)
      const scan = scanLines(Buffer.concat([good.subarray(0, cut), noise, good.subarray(cut)]))
      assert.ok(scan.texts.every((text) => written.some(({ json }) => json === text)))
      assert.ok(scan.goodBytes <= good.length + noise.length)
    }), withRuns(4))
  })

  it('costs no more than a moment for 16 KiB of anything', async () => {
    for (const text of [...hardTexts, '\n'.repeat(16_384), `${'0'.repeat(8)}:\n`.repeat(1600)]) assert.ok(await costsLittle(() => scanLines(Buffer.from(text))), text.slice(0, 20))
  })
})
