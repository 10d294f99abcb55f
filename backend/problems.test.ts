import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as v from 'valibot'
import { Problem, problemCodes } from './problems.ts'

describe('a problem', () => {
  it('has a status that refuses, a title, and a sentence that a person can act on, for every code', () => {
    for (const code of problemCodes) {
      const problem = new Problem(code)
      assert.match(code, /^[a-z_]+$/)
      assert.ok(problem.status >= 400 && problem.status < 600, code)
      assert.match(problem.title, /^[A-Z][^.]+$/, code)
      assert.match(problem.message, /^[^\n]+\.$/, code)
    }
  })

  it('has one status for its code, as the contract says', () => {
    const contract = {
      invalid_request: 400, invalid_grant: 401, invalid_dpop_proof: 401, origin_not_allowed: 403, fresh_sign_in_required: 403,
      payload_too_large: 413, unsupported_media_type: 415, invalid_address: 422, rate_limited: 429, store_unavailable: 503,
    } as const
    for (const code of problemCodes) if (code in contract) assert.equal(new Problem(code).status, contract[code as keyof typeof contract], code)
  })

  it('says the same whatever its inner reason was', () => {
    const problem = new Problem('invalid_grant', { cause: new Error('no such sign-in') })
    assert.equal(problem.message, new Problem('invalid_grant').message)
    assert.ok(problem.cause instanceof Error)
    assert.equal('cause' in new Problem('invalid_grant'), false)
  })
})

describe('the problem of a body that its schema does not take', () => {
  const issuesOf = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).issues ?? []
  const schema = v.strictObject({ email: v.string(), session: v.strictObject({ idle: v.number() }), origins: v.array(v.string()) })

  it('names the fields by their path, and what kind of fault it is', () => {
    const { code, errors } = Problem.ofIssues(issuesOf(schema, { email: 7, session: { idle: 'x' }, origins: ['a', 1] }))
    assert.equal(code, 'invalid_request')
    assert.deepEqual(errors, [{ field: 'email', code: 'wrong_type' }, { field: 'session.idle', code: 'wrong_type' }, { field: 'origins.1', code: 'wrong_type' }])
  })

  it('never repeats a value, nor more than the beginning of an unknown name', () => {
    const { errors } = Problem.ofIssues(issuesOf(schema, { email: 'secret-1', session: 'secret-2', origins: [], ['x'.repeat(500)]: 'secret-3' }))
    assert.doesNotMatch(JSON.stringify(errors), /secret/)
    assert.ok(errors?.every(({ field }) => field.length <= 40))
  })

  it('has no field where the body itself is wrong', () => {
    assert.deepEqual(Problem.ofIssues(issuesOf(schema, null)).errors, [{ field: '', code: 'wrong_type' }])
  })
})
