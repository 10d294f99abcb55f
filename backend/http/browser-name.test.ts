import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { browserName } from './browser-name.ts'

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('the name of a browser', () => {
  const names = {
    'Firefox on Windows': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Safari on iPhone': `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${webKit} Version/17.5 Mobile/15E148 Safari/604.1`,
    'Safari on macOS': `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/17.5 Safari/605.1.15`,
    'Chrome on iPad': `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${webKit} CriOS/126.0 Mobile/15E148 Safari/604.1`,
    'Chrome on Android': `Mozilla/5.0 (Linux; Android 10; K) ${blink} Chrome/126.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet on Android': `Mozilla/5.0 (Linux; Android 13; SM-S901B) ${blink} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`,
    'Microsoft Edge on Windows': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
    'Chrome on Linux': `Mozilla/5.0 (X11; Linux x86_64) ${blink} HeadlessChrome/126.0.0.0 Safari/537.36`,
  }
  for (const [name, userAgent] of Object.entries(names)) it(`is ${name} where the header says so`, () => assert.equal(browserName(userAgent), name))

  it('is “a browser” where the header says nothing known', () => {
    for (const userAgent of [undefined, '', ' ', 'curl/8.5.0', 'node', 'x'.repeat(16384)]) assert.equal(browserName(userAgent), 'a browser')
  })

  it('is never a text that somebody put into the header', () => {
    for (const userAgent of ['<script>alert(1)</script>/1.0 x', 'Your bank: call 0800/1.0 now', 'Evil\r\nBcc: a@x.com/1.0', '__proto__/1.0 x', 'constructor/1.0 x']) assert.equal(browserName(userAgent), 'a browser')
  })

  it('is short and plain, whatever the header is', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('Mozilla/5.0', 'Chrome/1', 'Firefox/2', '(iPhone; CPU', 'Android', ';', ')', '<b>', '\n', ' ', 'Safari/1')).map((parts) => parts.join(' ')), (userAgent) => {
      assert.match(browserName(userAgent), /^[A-Za-z0-9 ./®!()+&-]{1,60}$/)
    }))
  })
})
