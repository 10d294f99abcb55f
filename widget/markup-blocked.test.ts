import { assert } from '@open-wc/testing'
import { sayMarkupBlocked } from './markup-blocked.ts'

describe('markup that the page’s policy forbids', () => {
  const root = (): ShadowRoot => document.createElement('div').attachShadow({ mode: 'open' })

  it('is replaced by one sentence that names the fix, in the console once', () => {
    const { warn } = console
    const lines: unknown[] = []
    console.warn = (...line: unknown[]) => void lines.push(line)
    const place = root()
    for (let time = 0; time < 2; time++) sayMarkupBlocked(place, new TypeError('This document requires TrustedHTML'))
    console.warn = warn
    assert.include(place.textContent, 'add lit-html to trusted-types')
    assert.lengthOf(place.textContent?.match(/lit-html/g) ?? [], 1)
    assert.lengthOf(lines, 1)
  })

  it('is told from any other error, which is thrown on', () => {
    assert.throws(() => sayMarkupBlocked(root(), new RangeError('x')), RangeError)
  })
})
