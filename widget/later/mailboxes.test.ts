import { assert } from '@open-wc/testing'
import { bigDomains, mailboxOf } from './mailboxes.ts'

describe('the way to the mailbox', () => {
  it('is known by the domain alone, whatever its case', () => {
    assert.deepEqual(mailboxOf('Ann@GMail.com'), { name: 'Gmail', url: 'https://mail.google.com/' })
  })

  for (const address of ['ann@example.org', 'gmail.com@example.org', 'ann@gmail.com.example', 'ann@constructor', '']) {
    it(`is not guessed for ${address || 'nothing'}`, () => assert.isUndefined(mailboxOf(address)))
  }

  it('is an https address, and no domain belongs to two', () => {
    assert.strictEqual(new Set(bigDomains).size, bigDomains.length)
    for (const domain of bigDomains) assert.match(mailboxOf(`ann@${domain}`)?.url ?? '', /^https:\/\/[a-z0-9.-]+\/(mail\/)?$/)
  })
})
