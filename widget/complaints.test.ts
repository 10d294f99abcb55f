import { assert } from '@open-wc/testing'
import { isSetup, sentenceOf } from './complaints.ts'
import { en } from './messages/en.ts'
import { plainly, Warnings } from './warn.ts'

const server = 'https://auth.example.com'

describe('a complaint about the page’s set-up', () => {
  const fixes: Record<string, string[]> = {
    origin_not_allowed: ['site attribute', location.origin],
    frame_blocked: [`frame-src ${server}`],
    connect_blocked: [`connect-src ${server}`],
    frame_refused: [server],
    server_unreachable: [server],
    invalid_request: ['redirect-to', 'channel'],
    invalid_server: ['server', 'http'],
  }
  for (const [code, words] of Object.entries(fixes)) {
    it(`names the fix of ${code}, and goes to the console once`, () => {
      const { warn } = console
      const lines: string[] = []
      console.warn = (line: string) => void lines.push(line)
      const warnings = new Warnings()
      const sentence = plainly(code, server)
      warnings.warn(code, sentence)
      warnings.warn(code, sentence)
      console.warn = warn
      for (const word of words) assert.include(sentence, word)
      assert.deepEqual(lines, [`[linklatch] ${code}: ${sentence}`])
    })
  }

  for (const code of ['invalid_address', 'invalid_phone', 'invalid_grant', 'wrong_code', 'rate_limited', 'stream_lost', 'temporarily_unavailable', 'unexpected']) {
    it(`is not made of ${code}`, () => assert.strictEqual(isSetup(code), false))
  }

  it('is said in general until the words for it are there', () => {
    assert.strictEqual(sentenceOf('frame_blocked', server, en), en.setup)
    assert.strictEqual(sentenceOf('nobody_knows', server, en), en.unexpected)
    assert.strictEqual(sentenceOf('toString', server, en), en.unexpected)
  })
})
