import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { html, raw } from './html.ts'

describe('a template', () => {
  it('escapes what is put into it', () => {
    assert.equal(String(html`<a title="${'"\'<>&'}">${'<b>'}</a>`), '<a title="&quot;&#39;&lt;&gt;&amp;">&lt;b&gt;</a>')
  })

  it('keeps markup that came from a template or is trusted', () => {
    assert.equal(String(html`<p>${html`<b>${'&'}</b>`}${raw('<i>')}</p>`), '<p><b>&amp;</b><i></p>')
  })

  it('joins arrays and leaves out what is nothing', () => {
    assert.equal(String(html`${['<', html`<br>`, [1, 0]]}|${undefined}${null}${false}|${''}`), '&lt;<br>10||')
  })

  it('never takes a look-alike object for markup', () => {
    const parts: string[] = JSON.parse('["<b>"]')
    assert.equal(String(html`${parts}`), '&lt;b&gt;')
    // @ts-expect-error -- the type refuses it already
    assert.throws(() => html`${{ toString: () => '<b>' }}`, TypeError)
  })

  it('lets no text out of an element or an attribute', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&;/a ', '&lt;', '<script>') }), (text) => {
      const inner = String(html`${text}`)
      assert.doesNotMatch(inner, /[<>"']/)
      const read = inner.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&')
      assert.equal(read, text)
    }))
  })
})
