import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { suggest } from './suggest.ts'

describe('a slip in the domain', () => {
  for (const [typed, meant] of [
    ['ann@gmial.com', 'ann@gmail.com'], ['ann@gmail.con', 'ann@gmail.com'], ['a+b@gmai.com', 'a+b@gmail.com'],
    ['ann@hotmial.com', 'ann@hotmail.com'], ['ann@outlok.com', 'ann@outlook.com'], ['ann@yaho.com', 'ann@yahoo.com'],
  ] as const) {
    it(`is seen: ${typed}`, () => assert.strictEqual(suggest(typed), meant))
  }

  for (const fine of ['ann@gmail.com', 'ann@gmx.net', 'ann@ibm.com', 'ann@libero.it', 'ann@ya.ru', 'ann@web.de', 'ann@example.org', 'ann@company.co', 'ann@uni-bonn.de', 'ann@', 'ann']) {
    it(`is not seen where there is none: ${fine}`, () => assert.strictEqual(suggest(fine), ''))
  }
})
