import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buttonColors, contrast, darkCard, lightCard } from './button-colors.ts'

test('black on white is 21 to 1, a colour on itself 1 to 1', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21)
  assert.equal(contrast('#5b5bd6', '#5b5bd6'), 1)
})

test('the site’s accent is the button’s colour where that stands out from the card, and its text can always be read', () => {
  for (const accent of ['#5b5bd6', '#16a34a', '#ffff00', '#777777', '#767676', '#ffffff', '#000000', '#FF6600']) {
    const { background, text, dark } = buttonColors(accent)
    for (const [button, card] of [[background, lightCard], [dark.background, darkCard]] as const) {
      assert.ok(contrast(button, card) >= 3, `${accent} on ${card}`)
      assert.equal(button === accent.toLowerCase(), contrast(accent.toLowerCase(), card) >= 3)
    }
    assert.ok(contrast(background, text) >= 4.5, accent)
    assert.ok(contrast(dark.background, dark.text) >= 4.5, accent)
  }
})

test('white text is kept where it reaches 4.5 to 1, and not a shade lighter', () => {
  assert.equal(buttonColors('#767676').text, '#ffffff')
  assert.equal(buttonColors('#777777').text, '#000000')
})

test('a colour that is none, or none given, is the plain button', () => {
  const plain = buttonColors(undefined)
  for (const bad of ['red', '#fff', '#12345g', '#ffffff;background:url(//evil)']) assert.deepEqual(buttonColors(bad), plain)
})
