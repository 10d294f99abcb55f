import { assert } from '@open-wc/testing'
import { Complaints, isSetup } from './complaints.ts'

const server = 'https://auth.example.com'
const complaints = (): Complaints => new Complaints('https://h.example')

describe('a complaint about the page’s set-up', () => {
  const fixes: Record<string, string[]> = {
    origin_not_allowed: ['site attribute', 'https://h.example'],
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
      const one = complaints()
      const sentence = one.sentence(code, server)
      one.warn(code, sentence)
      one.warn(code, sentence)
      console.warn = warn
      for (const word of words) assert.include(sentence, word)
      assert.deepEqual(lines, [`[linklatch] ${code}: ${sentence}`])
    })
  }

  for (const code of ['invalid_address', 'invalid_phone', 'invalid_grant', 'wrong_code', 'rate_limited', 'stream_lost', 'temporarily_unavailable', 'unexpected']) {
    it(`is not made of ${code}`, () => assert.strictEqual(isSetup(code), false))
  }
})
