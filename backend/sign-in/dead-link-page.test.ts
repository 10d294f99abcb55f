import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { en } from '../words/en.ts'
import { type DeadLinkKind, deadLinkPage } from './dead-link-page.ts'

const site = { name: 'Anna’s Bakery' }
const kinds: Record<DeadLinkKind, RegExp> = {
  used: /has already signed in with it/,
  moved: /“Sign in here instead” was pressed/,
  expired: /only for a few minutes/,
  cancelled: /called off on the screen where it was started/,
  rejected: /“This wasn’t me”, or a wrong number was typed twice/,
  malformed: /Part of it may be missing/,
}

describe('the page of a dead link', () => {
  for (const [kind, sentence] of Object.entries(kinds)) {
    it(`says in one sentence what happened when it is ${kind}, and leads back to the site`, () => {
      const [, first = ''] = /<h1>[^<]+<\/h1>\n<p>([^<]+)<\/p>/.exec(render(kind)) ?? []
      assert.match(first, sentence)
      assert.equal(first.match(/\.(?: |$)/g)?.length, 1)
      assert.match(render(kind), /<a class="button primary" href="https:\/\/bakery\.example\/in">Go to <bdi>Anna’s Bakery<\/bdi><\/a>/)
    })
  }

  it('has words instead of a link where the way back is not known', () => {
    for (const text of [deadLinkPage({ kind: 'malformed', nonce: 'n', words: en }), deadLinkPage({ kind: 'used', nonce: 'n', words: en, site }), deadLinkPage({ kind: 'used', nonce: 'n', words: en, site, backTo: 'javascript:alert(1)' })]) {
      assert.match(text, /Go back to the page where you wanted to sign in\./)
      assert.doesNotMatch(text, /<a |href="(?!data:,")|undefined|false/)
    }
  })

  it('shows the site’s name as text', () => {
    assert.match(deadLinkPage({ kind: 'used', nonce: 'n', words: en, site: { name: '<script>' }, backTo: 'https://x.example/?"><script>' }), /&lt;script&gt;/)
    assert.doesNotMatch(deadLinkPage({ kind: 'used', nonce: 'n', words: en, site: { name: '<script>' }, backTo: 'https://x.example/?"><script>' }), /<script/)
  })
})

function render(kind: string): string {
  assert.ok(isKind(kind))
  return deadLinkPage({ kind, nonce: 'n', words: en, site, backTo: 'https://bakery.example/in' })
}

function isKind(text: string): text is DeadLinkKind {
  return Object.hasOwn(kinds, text)
}
