import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem } from '../problems.ts'
import { parsePublicUrl } from './public-url.ts'

const refused = (text: string, code: string, production = true): void =>
  assert.throws(() => parsePublicUrl(text, 'logo_url', production), (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.deepEqual(error.errors, [{ field: 'logo_url', code }], text)
    return true
  })

describe('a logo’s or a webhook’s URL', () => {
  it('is https to a public host, without userinfo', () => {
    assert.equal(parsePublicUrl('HTTPS://CDN.example.com:443/logo.svg?v=2#x', 'logo_url', true), 'https://cdn.example.com/logo.svg?v=2')
    for (const text of ['http://example.com/', 'data:image/png;base64,x', 'javascript:alert(1)', 'http://127.0.0.1/']) refused(text, 'https_required')
    for (const text of ['/logo.svg', '', `https://example.com/${'x'.repeat(2048)}`]) refused(text, 'not_a_url')
    refused('https://me@example.com/', 'userinfo')
    for (const text of ['https://127.0.0.1/', 'https://10.0.0.1/', 'https://localhost/', 'https://[::1]/']) refused(text, 'not_public')
  })

  it('may be loopback outside production, by plain http too', () => {
    assert.equal(parsePublicUrl('http://127.0.0.1:4700/mark.svg', 'logo_url', false), 'http://127.0.0.1:4700/mark.svg')
    refused('http://example.com/', 'https_required', false)
    refused('https://192.168.1.1/', 'not_public', false)
  })
})
