import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import type { SiteInput } from '../protocol.ts'
import { siteFromInput } from './site.ts'

const base = { id: '0123456789abcdef', createdAt: 1000 }
const development = { production: false }
const input: SiteInput = { name: 'Bakery', origins: ['https://Bakery.example', 'https://*--bakery.netlify.app'] }
const refused = (parse: () => unknown, field: string, code: string) =>
  assert.throws(parse, (error) => {
    assert.ok(error instanceof Problem)
    assert.equal(error.code, 'invalid_request')
    assert.deepEqual(error.errors, [{ field, code }])
    return true
  })

describe('a new site', () => {
  it('is open, with links of ten minutes and sessions of 14 and 30 days, when its owner says nothing else', () => {
    assert.deepEqual(siteFromInput(input, base, development), {
      ...base,
      name: 'Bakery',
      origins: ['https://bakery.example', 'https://*--bakery.netlify.app'],
      landingUrls: [],
      mode: 'open',
      allowedDomains: [],
      linkTtlSeconds: 600,
      idleSeconds: 1_209_600,
      absoluteSeconds: 2_592_000,
    })
  })

  it('is what its owner says', () => {
    const site = siteFromInput({
      ...input, landing_urls: ['https://bakery.example/in'], mode: 'invite', allowed_domains: ['Müller.de', 'müller.de'], locale: 'de',
      logo_url: 'https://bakery.example/logo.svg', accent_color: '#C05621', link_ttl: 60, session: { idle: 10 }, webhook: { url: 'https://bakery.example/hook' },
    }, base, development)
    assert.deepEqual(site.landingUrls, ['https://bakery.example/in'])
    assert.deepEqual(site.allowedDomains, ['xn--mller-kva.de'])
    assert.deepEqual([site.mode, site.locale, site.logoUrl, site.accentColor], ['invite', 'de', 'https://bakery.example/logo.svg', '#c05621'])
    assert.deepEqual([site.linkTtlSeconds, site.idleSeconds, site.absoluteSeconds], [60, 10, 2_592_000])
    assert.deepEqual(site.webhook, { url: 'https://bakery.example/hook' })
  })

  it('is refused with the name of the field that is wrong', () => {
    refused(() => siteFromInput({ origins: input.origins ?? [] }, base, development), 'name', 'required')
    refused(() => siteFromInput({ name: 'Bakery' }, base, development), 'origins', 'required')
    refused(() => siteFromInput({ ...input, origins: ['https://a.example', 'https://a.example/x'] }, base, development), 'origins.1', 'not_an_origin')
    refused(() => siteFromInput({ ...input, landing_urls: ['https://evil.example/'] }, base, development), 'landing_urls.0', 'origin_not_listed')
    refused(() => siteFromInput({ ...input, allowed_domains: ['@bakery.example'] }, base, development), 'allowed_domains.0', 'not_a_domain')
    refused(() => siteFromInput({ ...input, logo_url: 'http://bakery.example/' }, base, development), 'logo_url', 'https_required')
    refused(() => siteFromInput({ ...input, webhook: { url: 'http://bakery.example/' } }, base, development), 'webhook.url', 'https_required')
  })

  it('has no plain http origin in production', () => {
    const local = { ...input, origins: ['http://localhost:3000'] }
    assert.deepEqual(siteFromInput(local, base, development).origins, ['http://localhost:3000'])
    refused(() => siteFromInput(local, base, { production: true }), 'origins.0', 'https_required')
  })
})

describe('a changed site', () => {
  const site = siteFromInput({ ...input, landing_urls: ['https://bakery.example/in', 'https://*--bakery.netlify.app/in'], logo_url: 'https://bakery.example/logo.svg', session: { idle: 10, absolute: 20 } }, base, development)

  it('keeps what is left out', () => {
    assert.deepEqual(siteFromInput({}, site, development), site)
    assert.deepEqual(siteFromInput({ session: { absolute: 30 } }, site, development), { ...site, absoluteSeconds: 30 })
  })

  it('loses the landing URL of an origin that goes', () => {
    assert.deepEqual(siteFromInput({ origins: ['https://bakery.example'] }, site, development).landingUrls, ['https://bakery.example/in'])
  })

  it('loses its logo by an empty text', () => {
    assert.equal('logoUrl' in siteFromInput({ logo_url: '' }, site, development), false)
  })
})
