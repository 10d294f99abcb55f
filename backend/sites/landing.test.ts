import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem, type ProblemCode } from '../problems.ts'
import { landingUrlFor, parseLandingUrl, parseLandingUrls, parseReturnTo } from './landing.ts'

const refused = (parse: () => unknown, code: string, problem: ProblemCode = 'invalid_request') =>
  assert.throws(parse, (error) => error instanceof Problem && error.code === problem && error.errors?.[0]?.code === code)

const origins = ['https://example.com', 'https://*--my-site.netlify.app', 'http://localhost:3000']

describe('a landing URL', () => {
  it('is a page of a listed origin', () => {
    assert.equal(parseLandingUrl('https://example.com/welcome?x=1', origins), 'https://example.com/welcome?x=1')
    assert.equal(parseLandingUrl('HTTPS://EXAMPLE.com:443', origins), 'https://example.com/')
    assert.equal(parseLandingUrl('http://localhost:3000/', origins), 'http://localhost:3000/')
    assert.equal(parseLandingUrl('https://*--my-site.netlify.app/in', origins), 'https://*--my-site.netlify.app/in')
  })

  it('is refused on any other origin, a concrete preview host too', () => {
    for (const text of ['https://evil.com/', 'http://example.com/', 'http://localhost/', 'https://example.com.evil.com/', 'https://example.com./', 'https://1--my-site.netlify.app/', 'https://*--other.netlify.app/']) assert.throws(() => parseLandingUrl(text, origins), text)
    refused(() => parseLandingUrl('https://evil.com/', origins), 'origin_not_listed')
  })

  it('has no userinfo, no fragment, no * in its path and no other scheme', () => {
    refused(() => parseLandingUrl('https://me@example.com/', origins), 'userinfo')
    refused(() => parseLandingUrl('https://example.com/#', origins), 'fragment')
    refused(() => parseLandingUrl('https://example.com/#a', origins), 'fragment')
    refused(() => parseLandingUrl('https://example.com/*', origins), 'wildcard_misplaced')
    for (const text of ['blob:https://example.com/1', 'javascript:alert(1)', 'data:text/html,x', 'http://example.com/']) refused(() => parseLandingUrl(text, origins), 'https_required')
    for (const text of ['', '/welcome', '//example.com/', 'example.com']) refused(() => parseLandingUrl(text, origins), 'not_a_url')
  })

  it('is one for each origin', () => {
    assert.deepEqual(parseLandingUrls(['https://example.com/a', 'http://localhost:3000/a'], origins), ['https://example.com/a', 'http://localhost:3000/a'])
    refused(() => parseLandingUrls(['https://example.com/a', 'https://example.com/b'], origins), 'duplicate')
  })
})

describe('where a link leads', () => {
  const site = { landingUrls: ['https://*.example.com/in?from=mail', 'https://www.example.com/welcome'] }

  it('is the landing URL of the asking origin, the exact one first', () => {
    assert.equal(landingUrlFor(site, 'https://www.example.com', { production: false }), 'https://www.example.com/welcome')
  })

  it('has the asking origin’s own label in place of the *', () => {
    assert.equal(landingUrlFor(site, 'https://pr-7.example.com', { production: false }), 'https://pr-7.example.com/in?from=mail')
  })

  it('is nowhere of plain http in production', () => {
    const local = { landingUrls: ['http://localhost:3000/in'] }
    assert.equal(landingUrlFor(local, 'http://localhost:3000', { production: false }), 'http://localhost:3000/in')
    assert.equal(landingUrlFor(local, 'http://localhost:3000', { production: true }), undefined)
  })

  it('is nowhere when the asking origin has no landing URL', () => {
    for (const origin of ['https://example.com', 'https://a.b.example.com', 'https://evil.com']) assert.equal(landingUrlFor(site, origin, { production: false }), undefined)
  })
})

describe('a return address', () => {
  const origin = 'https://example.com'

  it('is an absolute URL on the asking origin', () => {
    assert.equal(parseReturnTo('https://example.com/a?b#c', origin), 'https://example.com/a?b#c')
    assert.equal(parseReturnTo('https://example.com', origin), 'https://example.com/')
    assert.equal(parseReturnTo('http://localhost:3000/a', 'http://localhost:3000'), 'http://localhost:3000/a')
  })

  const elsewhere = ['/a', 'a', '//example.com/a', '/\\example.com', '\\\\example.com', '///example.com', '/\t/example.com', 'https:\\\\example.com', 'https:example.com/a', 'https:/example.com', 'https:///example.com', 'blob:https://example.com/1', 'javascript:alert(1)', 'data:text/html,x', ' https://example.com/', 'https://', '']
  for (const text of elsewhere) {
    it(`is refused as ${JSON.stringify(text)}`, () => refused(() => parseReturnTo(text, origin), 'not_a_url', 'invalid_request'))
  }

  it('is refused on another origin, however alike', () => {
    for (const text of ['https://evil.com/', 'http://example.com/', 'https://example.com:444/', 'https://example.com./', 'https://example.com.evil.com/', 'https://www.example.com/', 'https://evil.com\\.example.com/']) refused(() => parseReturnTo(text, origin), 'origin_not_listed', 'invalid_request')
    for (const text of ['https://me@example.com/', 'https://:pw@example.com/', 'https://example.com@evil.com/', 'https://example.com:@evil.com']) assert.throws(() => parseReturnTo(text, origin), text)
  })

  it('never leaves the asking origin, whatever was written', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'/\\:@.?#\t\n a。%', 'https:', 'example.com', 'evil.com'), maxLength: 12 })
    fc.assert(fc.property(fc.oneof(odd, odd.map((tail) => `https://example.com${tail}`), odd.map((tail) => `https://${tail}`)), (text) => {
      let url
      try {
        url = parseReturnTo(text, origin)
      } catch (error) {
        assert.ok(error instanceof Problem)
        return
      }
      assert.ok(url.startsWith('https://example.com/'))
      assert.equal(parseReturnTo(url, origin), url)
    }), { numRuns: 3000 })
  })
})
