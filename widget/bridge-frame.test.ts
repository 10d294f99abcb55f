import { assert } from '@open-wc/testing'
import { standsUnder } from './bridge-frame.ts'

const host = 'https://h.example'
const frame = (more: { parent?: unknown; origin?: string; ancestors?: string[] | undefined } = {}) => {
  const { ancestors = [host] } = more
  return { parent: 'parent' in more ? more.parent : {}, origin: more.origin ?? 'https://a.example', location: 'ancestors' in more && !more.ancestors ? {} : { ancestorOrigins: ancestors } }
}

describe('the bridge works', () => {
  it('right under its host', () => assert.isTrue(standsUnder(host, frame())))
  it('where a browser does not tell ancestors, as far as the messages’ origin goes', () => assert.isTrue(standsUnder(host, frame({ ancestors: undefined }))))
  it('not as a page of its own', () => {
    const self = frame()
    self.parent = self
    assert.isFalse(standsUnder(host, self))
  })
  it('not in a sandbox without an origin', () => assert.isFalse(standsUnder(host, frame({ origin: 'null' }))))
  it('not under another page', () => assert.isFalse(standsUnder(host, frame({ ancestors: ['https://evil.example'] }))))
  it('not when its host is itself framed', () => assert.isFalse(standsUnder(host, frame({ ancestors: [host, 'https://evil.example'] }))))
})
