import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from '../http/html.ts'
import { en } from '../words/en.ts'
import { tr } from '../words/tr.ts'
import { bdi, cardPage, wayBack } from './card-page.ts'

const input = { site: { name: 'anna’s bakery' }, nonce: 'n0nce', words: en, title: 'Hello', heading: 'Hello', body: html`<p>there</p>` }

describe('a page of a link', () => {
  it('has one heading and the site’s initial and name', () => {
    const text = cardPage(input)
    assert.equal(text.match(/<h1>/g)?.length, 1)
    assert.match(text, /aria-hidden="true">A<\/span><bdi>anna’s bakery<\/bdi>/)
  })

  it('takes a whole character for the initial, whatever it is made of', () => {
    assert.match(cardPage({ ...input, site: { name: '👩‍🍳 Bakery' } }), /aria-hidden="true">👩‍🍳<\/span>/)
    assert.match(cardPage({ ...input, words: tr, site: { name: 'izmir' } }), /aria-hidden="true">İ<\/span>/)
    assert.match(cardPage({ ...input, site: { name: '<b>' } }), /aria-hidden="true">&lt;<\/span>/)
  })

  it('shows no site where none is known', () => {
    assert.doesNotMatch(cardPage({ ...input, site: undefined }), /class="site"|undefined|false/)
  })

  it('shows the site’s logo in place of its initial, from here', () => {
    assert.match(cardPage({ ...input, site: { name: 'x', logoPath: '/sites/0123456789abcdef/logo' } }), /<p class="site"><img class="logo" src="\/sites\/0123456789abcdef\/logo" alt=""><bdi>x</)
  })

  it('loads nothing from elsewhere, and runs nothing', () => {
    const site = { name: 'x', logoUrl: 'https://cdn.example.com/logo.svg' }
    assert.doesNotMatch(cardPage({ ...input, site }), /cdn\.example|<img|<script|<link(?! rel="icon" href="data:,">)|src=|url\(|style="| on\w+=/)
  })
})

describe('a name in a sentence', () => {
  it('is text, with its own direction of writing', () => {
    assert.equal(String(bdi('<b>')), '<bdi>&lt;b&gt;</bdi>')
  })
})

describe('a way back', () => {
  it('leads to web addresses alone', () => {
    assert.match(String(wayBack(en, input.site, 'https://bakery.example')), /href="https:\/\/bakery\.example\/"/)
    for (const url of [undefined, '', '/in', 'javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', 'https://*.exa mple']) assert.equal(wayBack(en, input.site, url), undefined)
  })
})
