import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { provesVerifier } from './verifier.ts'

const verifier = 'a-verifier-of-at-least-forty-three-characters'
const challenge = createHash('sha256').update(verifier).digest('base64url')

it('the verifier proves its challenge', () => {
  assert.equal(provesVerifier({ challenge }, verifier), true)
})

it('the challenge itself proves nothing: there is no `plain` (RFC 7636, section 4.2)', () => {
  assert.equal(provesVerifier({ challenge }, challenge), false)
  for (const other of ['', `${verifier}x`, verifier.slice(0, -1), verifier.toUpperCase()]) assert.equal(provesVerifier({ challenge }, other), false)
})

it('agrees with the example of RFC 7636, appendix B', () => {
  assert.equal(provesVerifier({ challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }, 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'), true)
})
