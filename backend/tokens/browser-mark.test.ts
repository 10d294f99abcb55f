import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { markIdOf, markOf, markSeconds } from './browser-mark.ts'
import { createSecrets } from './secrets.ts'

const secretsFrom = (byte: number) => createSecrets({ linklatch: 'keys', version: 1, signing: [], secrets: [{ signsFrom: 0, secret: Buffer.alloc(32, byte).toString('base64url') }] })
const secrets = secretsFrom(1)
const anna = { siteId: 'site', id: 'a'.repeat(22) }
const session = { id: 's'.repeat(22), createdAt: 1000.5 }
const mark = markOf(secrets, session, anna)
const last = 1000 + markSeconds - 1

describe('the mark of a browser', () => {
  it('is known again as that person’s for 180 days, and no second longer', () => {
    assert.equal(markIdOf(secrets, mark, anna, 1001), session.id)
    assert.equal(markIdOf(secrets, mark, anna, last), session.id)
    assert.equal(markIdOf(secrets, mark, anna, last + 1), undefined)
  })

  it('is the same for a repeat of one claim, and another for another', () => {
    assert.equal(markOf(secrets, session, anna), mark)
    assert.notEqual(markOf(secrets, { ...session, id: 't'.repeat(22) }, anna), mark)
  })

  it('is nobody else’s, nobody’s at another site, and nobody’s after it was revoked', () => {
    for (const person of [{ ...anna, id: 'b'.repeat(22) }, { ...anna, siteId: 'other' }, { ...anna, marksRevoked: 1 }, undefined]) assert.equal(markIdOf(secrets, mark, person, 1001), undefined)
    const later = { ...anna, marksRevoked: 1 }
    assert.equal(markIdOf(secrets, markOf(secrets, session, later), later, 1001), session.id)
  })

  it('cannot be made or changed without the key', () => {
    const [id, issuedAt, mac] = mark.split('.')
    const forged = [`${'t'.repeat(22)}.${issuedAt}.${mac}`, `${id}.${Number(issuedAt) + 100}.${mac}`, `${id}.${issuedAt}.${'A'.repeat(43)}`, mark.slice(0, -1), `${mark}A`, ` ${mark}`, '', '..', 'x']
    for (const text of [...forged, markOf(secretsFrom(2), session, anna)]) assert.equal(markIdOf(secrets, text, anna, 1001), undefined, text)
  })

  it('names neither the person nor the site', () => {
    assert.ok(!mark.includes(anna.id) && !mark.includes(anna.siteId))
    assert.match(mark, /^[\w-]{22}\.\d+\.[\w-]{43}$/)
  })
})
