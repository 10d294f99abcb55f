import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Problem, problemCodes } from '../problems.ts'
import { en } from '../words/en.ts'
import { problemPage } from './problem-page.ts'

describe('the page of a refusal', () => {
  it('says what the problem document says, for every code, and what to do now', () => {
    for (const code of problemCodes) {
      const problem = new Problem(code)
      const text = problemPage({ problem, nonce: 'n', words: en })
      assert.ok(text.includes(`<h1>${problem.title}</h1>`) && text.includes(`<p>${problem.message}</p>`), code)
      assert.match(text, /open the link in the mail again/)
    }
  })

  it('loads nothing and runs nothing', () => assert.doesNotMatch(problemPage({ problem: new Problem('not_found'), nonce: 'n', words: en }), /<script|src=|https?:/))
})
