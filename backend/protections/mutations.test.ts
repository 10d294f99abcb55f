import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import ts from 'typescript'
import { pathOf, testPathOf, without, type Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const shown = ([id, file, text]: Mutation) => `${id} ${file}: ${text}`
/** What no line of a source keeps: an account's address, the script's hash, the lock file. */
const keptElsewhere = new Set(['R25', 'R63', 'R97', 'R99'])

/** Of syntax. A whole compiler's look at each would take seconds. */
function mistakesIn(text: string): unknown {
  return Reflect.get(ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022), 'parseDiagnostics')
}

/** `R30 to R36`, `R8, R11`. */
function idsIn(text: string): string[] {
  const ranges = [...text.matchAll(/([RP])(\d+) to [RP](\d+)/g)].flatMap(([, kind, from, to]) => Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => `${kind}${Number(from) + index}`))
  return [...new Set([...(text.match(/[RP]\d+/g) ?? []), ...ranges])]
}

describe('the table of protections', () => {
  it('names texts that are there once, and something else instead', () => {
    for (const mutation of mutations) assert.notEqual(without(mutation, read(pathOf(mutation[1]))), read(pathOf(mutation[1])), shown(mutation))
  })

  it('leaves programs behind: a test that is red for the syntax would prove nothing', () => {
    for (const mutation of mutations) {
      assert.deepEqual(mistakesIn(without(mutation, read(pathOf(mutation[1])))), [], shown(mutation))
    }
  })

  it('would notice a mistake of syntax', () => {
    assert.deepEqual(mistakesIn('const a = 1'), [])
    assert.notDeepEqual(mistakesIn('const a = ('), [])
  })

  it('names tests that are there, at least one for each', () => {
    for (const mutation of mutations) {
      const [, , , , ...tests] = mutation
      assert.ok(tests.length > 0, shown(mutation))
      assert.deepEqual(tests.filter((test) => !existsSync(join(root, testPathOf(test)))), [], shown(mutation))
    }
  })

  const rows = read('docs/security.md').split('\n').flatMap((line) => {
    const [, id = '', , , provedBy = ''] = line.split(/(?<!\\)\|/)
    return /^ [RP]\d/.test(id) ? [{ ids: idsIn(id), proofs: [...provedBy.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/\.ts$/, '')) }] : []
  })

  it('has each requirement of docs/security.md that a line of a source keeps', () => {
    const ids = rows.flatMap((row) => row.ids)
    assert.ok(ids.length > 80)
    const covered = new Set(mutations.map(([id]) => id))
    assert.deepEqual(ids.filter((id) => !covered.has(id) && !keptElsewhere.has(id)), [])
  })

  it('names tests that docs/security.md names as proofs', () => {
    const isProof = (proof: string, test: string) => proof === test || (proof.endsWith('*') && test.startsWith(proof.slice(0, -1)))
    for (const mutation of mutations) {
      const [id, , , , ...tests] = mutation
      const proofs = rows.filter(({ ids }) => ids.includes(id)).flatMap((row) => row.proofs)
      assert.deepEqual(tests.filter((test) => !proofs.some((proof) => isProof(proof, test))), [], shown(mutation))
    }
  })

  it('refuses a text that is not there, and one that is there twice', () => {
    assert.throws(() => without(['R1', 'a.ts', 'x', '', 'a'], 'y'), /occurs 0 times in a\.ts/)
    assert.throws(() => without(['R1', 'a.ts', 'x', '', 'a'], 'x x'), /occurs 2 times in a\.ts/)
    assert.equal(without(['R1', 'a.ts', 'x', '$&', 'a'], 'axb'), 'a$&b')
  })
})
