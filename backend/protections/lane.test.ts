import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { makeLane } from './lane.ts'
import type { Mutation } from './mutation.ts'

it('a lane tells a protection that a test holds from one that none does, and touches the working tree nowhere', async () => {
  const root = await mkdtemp(join(tmpdir(), 'linklatch-lane-'))
  try {
    await mkdir(join(root, 'backend'))
    await symlink(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'))
    await writeFile(join(root, 'package.json'), '{"type":"module"}')
    const source = 'export const guard = (text: string) => {\n  if (text === "evil") return false\n  if (text === "odd") return false\n  return true\n}\n'
    await writeFile(join(root, 'backend/guard.ts'), source)
    await writeFile(join(root, 'backend/guard.test.ts'), 'import assert from "node:assert"\nimport { it } from "node:test"\nimport { guard } from "./guard.ts"\nit("refuses evil", () => assert.equal(guard("evil"), false))\n')
    const lane = await makeLane(root)
    const evil: Mutation = ['R1', 'guard.ts', 'if (text === "evil") return false', '', 'guard']
    const odd: Mutation = ['R1', 'guard.ts', 'if (text === "odd") return false', '', 'guard']
    try {
      assert.equal(await lane.pass(['guard']), true)
      assert.equal(await lane.passWithout(evil), false)
      assert.equal(await lane.passWithout(odd), true, 'a survivor')
      assert.equal(await lane.pass(['guard']), true, 'the protection is back')
    } finally {
      await lane.remove()
    }
    assert.equal(await readFile(join(root, 'backend/guard.ts'), 'utf8'), source)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
