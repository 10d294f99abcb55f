import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { faultCodes, faultInWords } from './faults.ts'
import { Problem } from './problems.ts'
import { changeSiteSchema, createSiteSchema, parseRequest, startSignInSchema } from './protocol.ts'

describe('a fault of a field', () => {
  const faults = (schema: Parameters<typeof parseRequest>[0], body: unknown) => {
    try {
      parseRequest(schema, body)
    } catch (error) {
      return (error as Problem).errors?.map(({ field, code }) => `${field} ${code}`)
    }
    return assert.fail('taken')
  }

  it('is told by a word of ours, whatever the schema library calls it', () => {
    assert.deepEqual(faults(createSiteSchema, { origins: 'x' }), ['name required', 'origins wrong_type'])
    assert.deepEqual(faults(changeSiteSchema, { owner: 'me' }), ['owner unknown_field'])
    assert.deepEqual(faults(changeSiteSchema, { mode: 'closed' }), ['mode not_one_of'])
    assert.deepEqual(faults(changeSiteSchema, { name: '', link_ttl: 601, session: { idle: 0 } }), ['name too_short', 'link_ttl too_large', 'session.idle too_small'])
    assert.deepEqual(faults(changeSiteSchema, { name: 'x'.repeat(81), accent_color: 'red', session: [] }), ['name too_long', 'accent_color invalid', 'session invalid'])
    assert.deepEqual(faults(startSignInSchema, { email: null }), ['email wrong_type', 'challenge required'])
    assert.deepEqual(faults(startSignInSchema, 'text'), [' wrong_type'])
  })

  it('reads as the end of a sentence', () => {
    for (const code of faultCodes) {
      assert.match(code, /^[a-z_]+$/)
      assert.match(faultInWords(code), /^[a-z][^\n]*[^.]$/)
    }
    assert.equal(faultInWords('of_a_later_version'), 'is refused: of a later version')
  })
})
