import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from './html.ts'
import { page } from './page.ts'

const input = { title: 'Anna <b>', lang: 'en', body: html`<main><h1>Hello</h1></main>`, css: 'a > b { color: red }', nonce: 'n0nce' }

describe('a page', () => {
  it('has its language, its title as text, and its stylesheet under the nonce', () => {
    const text = page(input)
    assert.match(text, /^<!doctype html>\n<html lang="en">/)
    assert.match(text, /<title>Anna &lt;b&gt;<\/title>/)
    assert.match(text, /<style nonce="n0nce">a > b \{ color: red \}<\/style>/)
    assert.match(text, /<main><h1>Hello<\/h1><\/main>/)
  })

  it('loads nothing and runs nothing', () => {
    const text = page(input)
    assert.match(text, /<link rel="icon" href="data:,">/, 'browsers look for one by themselves otherwise')
    assert.doesNotMatch(text.replace('<link rel="icon" href="data:,">', ''), /<script|<link|<img|src=|href=|@import|url\(|style="| on\w+=/)
  })

  it('refuses a stylesheet that would end its own element', () => {
    assert.throws(() => page({ ...input, css: '</STYLE><script>' }), TypeError)
  })
})
