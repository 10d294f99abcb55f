import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { contrast } from './button-colors.ts'
import { cardStyles } from './card-styles.ts'

const [light, dark] = [0, 1]
const variable = (css: string, name: string, mode: number) => [...css.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, 'g'))][mode]?.[1] ?? assert.fail(name)
const hex = fc.integer({ min: 0, max: 0xffffff }).map((number) => `#${number.toString(16).padStart(6, '0')}`)

describe('the looks of a page', () => {
  it('have the site’s accent where it stands out from the card', () => {
    assert.equal(variable(cardStyles('#c05621'), 'accent', light), '#c05621')
    assert.equal(variable(cardStyles('#ffee00'), 'accent', light), '#18181b')
    assert.equal(variable(cardStyles('#ffee00'), 'accent', dark), '#ffee00')
    assert.equal(variable(cardStyles('#000000'), 'accent', dark), '#fafafa')
  })

  it('can be read with every accent, in light and in dark (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
    fc.assert(fc.property(fc.option(hex, { nil: undefined }), (accent) => {
      const css = cardStyles(accent)
      for (const mode of [light, dark]) {
        const color = (name: string) => variable(css, name, mode)
        assert.ok(contrast(color('on-accent'), color('accent')) >= 4.5)
        for (const edge of ['accent', 'edge']) assert.ok(contrast(color(edge), color('card')) >= 3, edge)
        for (const text of ['text', 'muted', 'danger']) for (const ground of ['card', 'soft']) assert.ok(contrast(color(text), color(ground)) >= 4.5, text)
      }
    }))
  })

  it('have the same colours under the pointer: a brighter accent would not hold its words', () => {
    assert.doesNotMatch(cardStyles('#767676'), /filter|opacity/)
  })

  it('follow the size of text that a person has set, all of them', () => {
    assert.doesNotMatch(cardStyles(undefined), /font(-size)?: [^;]*\dpx/)
    assert.doesNotMatch(cardStyles(undefined), /[{ ]height: \d+px/)
  })

  it('take nothing but a colour for an accent', () => {
    assert.equal(cardStyles('red;}</style><script>'), cardStyles(undefined))
  })
})
