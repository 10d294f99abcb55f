import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from '../http/html.ts'
import { fill, fillHtml, isolated, running } from './fill.ts'

describe('a sentence with gaps', () => {
  it('is filled in by name, in any order and as often as the language needs', () => {
    assert.equal(fill('{b} before {a}, {b}', { a: '1', b: '2' }), '2 before 1, 2')
    assert.equal(fill('none', {}), 'none')
    assert.equal(fill('', {}), '')
  })

  it('takes a value for the text it is, with braces and dollars in it', () => {
    assert.equal(fill('{site} {code}', { site: '{code} $& {site}', code: '1' }), '{code} $& {site} 1')
  })

  it('as markup, escapes texts and leaves markup', () => {
    assert.equal(String(fillHtml('<{a}> & {b}', { a: '<i>', b: html`<bdi>${'"'}</bdi>` })), '&lt;&lt;i&gt;&gt; &amp; <bdi>&quot;</bdi>')
  })

  it('keeps a name that runs the other way apart, in a language from the right alone', () => {
    assert.equal(isolated({ dir: 'rtl' }, 'Acme!'), '\u2068Acme!\u2069')
    assert.equal(isolated({ dir: 'ltr' }, 'Acme!'), 'Acme!')
  })

  it('lets a text of the language run as the language does, whatever name it begins with', () => {
    assert.equal(running({ dir: 'rtl' }, 'Firefox على Windows'), '\u2067Firefox على Windows\u2069')
    assert.equal(running({ dir: 'ltr' }, 'Firefox on Windows'), 'Firefox on Windows')
  })

  it('never shows a gap that nothing was given for', () => {
    assert.throws(() => fill('{site}', {}), /nothing to fill in for \{site\}/)
    assert.throws(() => fill('{constructor}', {}), TypeError)
  })
})
