import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../problems.ts'
import { isLoopbackHost, originMatches, parseOrigin, siteAllowsOrigin } from './origins.ts'

const development = { production: false }
const production = { production: true }
const refused = (text: string, code: string, rules = development) =>
  assert.throws(() => parseOrigin(text, rules), (error) => error instanceof Problem && error.code === 'invalid_request' && error.errors?.[0]?.code === code, text)

describe('an origin in a site’s list', () => {
  it('is kept as a browser writes it', () => {
    const pairs = [
      ['https://example.com', 'https://example.com'],
      ['HTTPS://Example.COM:443', 'https://example.com'],
      ['https://example.com:8443', 'https://example.com:8443'],
      ['https://müller.de', 'https://xn--mller-kva.de'],
      ['https://intranet', 'https://intranet'],
      ['https://192.0.2.1', 'https://192.0.2.1'],
      ['https://[2001:DB8:0:0::1]:444', 'https://[2001:db8::1]:444'],
    ] as const
    for (const [text, origin] of pairs) assert.equal(parseOrigin(text, production), origin)
  })

  it('is refused with anything beyond scheme, host and port', () => {
    const texts = ['', 'null', '*', 'example.com', '//example.com', 'https://', 'https:example.com', 'https:\\\\example.com', 'https://example.com/', 'https://example.com/path', 'https://example.com?', 'https://example.com#', 'https://me@example.com', 'https://me:pw@example.com', 'ftp://example.com', 'javascript://example.com', 'blob:https://example.com', ' https://example.com', 'https://example.com\n', 'https://exa mple.com', 'https://example.com:99999', 'https://example.com:']
    for (const text of texts) refused(text, 'not_an_origin')
  })

  it('is refused where the URL parser would read another host', () => {
    for (const host of ['example.com.', 'a..b.com', '.example.com', 'ｅxample.com', 'example。com', 'ex\u00ADample.com', 'ex%61mple.com', '0x7f.1', '127.1', '2130706433', '[::1', '::1']) refused(`https://${host}`, 'not_an_origin')
  })

  it('may be plain http on loopback hosts alone, and not in production', () => {
    for (const host of ['localhost', 'localhost:3000', 'app.localhost', '127.0.0.1:4700', '127.9.8.7', '[::1]:80']) {
      assert.ok(parseOrigin(`http://${host}`, development).startsWith('http://'))
      refused(`http://${host}`, 'https_required', production)
      assert.ok(parseOrigin(`https://${host}`, production).startsWith('https://'))
    }
    for (const host of ['example.com', '192.168.0.1', 'localhost.example.com', 'mylocalhost', '[::2]', '0.0.0.0']) refused(`http://${host}`, 'https_required')
  })

  it('may have one * in the first label of preview hosts', () => {
    for (const text of ['https://*--my-site.netlify.app', 'https://my-app-*.vercel.app', 'https://my-app-*-team.vercel.app', 'https://*.example.com', 'https://*.my-site.netlify.app', 'https://pr-*.example.co.uk', 'https://*.example.com:8443']) {
      assert.equal(parseOrigin(text, production), text)
    }
  })

  it('never has a * anywhere else, nor two', () => {
    for (const host of ['*', 'www.*.example.com', 'example.*', '*.*.example.com', '**.example.com', 'a*b*.example.com', '*.*.com']) refused(`https://${host}`, 'wildcard_misplaced')
    for (const text of ['https://example.com:*', 'https://127.0.0.*']) assert.throws(() => parseOrigin(text, development))
  })

  it('never lets in hosts that anybody may register', () => {
    for (const host of ['*.netlify.app', '*.vercel.app', '*.github.io', '*.com', '*.co.uk', '*.ck', '*.compute-1.amazonaws.com', '*.internal', 'my-*.com', 'my-*.co.uk']) refused(`https://${host}`, 'wildcard_too_wide')
  })

  it('stays as it is when it is read again', () => {
    const text = fc.tuple(fc.constantFrom('https://', 'http://', 'HTTPS://', ''), fc.string({ unit: fc.constantFrom(...'aZ1.-*:[]@/\\ü。%'), maxLength: 16 })).map((parts) => parts.join(''))
    fc.assert(fc.property(fc.oneof(text, fc.webUrl().map((url) => url.replace(/\/.*?$/, ''))), (each) => {
      let origin
      try {
        origin = parseOrigin(each, development)
      } catch (error) {
        assert.ok(error instanceof Problem)
        return
      }
      assert.equal(parseOrigin(origin, development), origin)
      assert.equal(new URL(origin).origin, origin)
    }), { numRuns: 2000 })
  })
})

describe('an asking origin', () => {
  const site = { origins: ['https://example.com', 'https://*--my-site.netlify.app', 'http://localhost:3000'] }

  it('is allowed when it is listed, letter for letter', () => {
    for (const origin of ['https://example.com', 'http://localhost:3000', 'https://deploy-1--my-site.netlify.app']) assert.equal(siteAllowsOrigin(site, origin, { production: false }), true, origin)
    for (const origin of ['null', '', '*', 'https://EXAMPLE.com', 'https://example.com.', 'https://example.com:443', 'https://example.com/', 'http://example.com', 'https://www.example.com', 'https://example.com.evil.com', 'http://localhost', 'http://localhost:3001', 'https://*--my-site.netlify.app']) assert.equal(siteAllowsOrigin(site, origin, { production: false }), false, origin)
  })

  it('of plain http is never allowed in production, though a site of development lists it', () => {
    const policy = { production: true }
    for (const [origin, allowed] of [['http://localhost:3000', false], ['https://example.com', true], ['https://deploy-1--my-site.netlify.app', true]] as const) assert.equal(siteAllowsOrigin(site, origin, policy), allowed, origin)
  })

  it('has letters, digits and hyphens where the pattern has its *, at least one', () => {
    const pattern = 'https://my-*-my.example.com'
    assert.equal(originMatches(pattern, 'https://my-1a-my.example.com'), true)
    for (const origin of ['https://my--my.example.com', 'https://my-my.example.com', 'https://my-a.b-my.example.com', 'https://my-A-my.example.com', 'https://my-a_b-my.example.com', 'https://my-a/b-my.example.com', 'https://my-ü-my.example.com', 'https://my-a-my.example.com.', 'https://my-a-my.example.com:443', 'https://my-a\n-my.example.com']) assert.equal(originMatches(pattern, origin), false, origin)
  })

  it('with a pattern stays within the pattern’s own domain, whatever it is', () => {
    fc.assert(fc.property(fc.webUrl({ authoritySettings: { withPort: true, withUserInfo: true } }), fc.string(), (url, text) => {
      for (const origin of [url, `https://${text}.example.com`, `https://${text}`]) {
        if (!originMatches('https://*.example.com', origin)) continue
        assert.match(origin, /^https:\/\/[a-z0-9-]+\.example\.com$/)
      }
    }))
  })
})

describe('a loopback host', () => {
  it('is told by its whole name', () => {
    for (const host of ['localhost', 'a.localhost', '127.0.0.1', '[::1]']) assert.equal(isLoopbackHost(host), true)
    for (const host of ['localhost.', 'xlocalhost', '127.0.0.1.example.com', '127.example.com', '128.0.0.1', '::1', '']) assert.equal(isLoopbackHost(host), false)
  })
})
