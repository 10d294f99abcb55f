/** A protection taken out: what `npm run test:protections` changes, one at a time, and who has to notice. */

/**
 * - which requirement of `docs/security.md`
 * - a source file, from `backend/` on where it says neither `widget/` nor `demo/`
 * - what keeps the requirement there: a text that occurs once in that file
 * - what stands there when it is taken out
 * - the tests that have to fail then, without `.test.ts`
 */
export type Mutation = readonly [id: string, file: string, text: string, instead: string, ...tests: string[]]

/** From the repository's top. */
export const pathOf = (name: string): string => (/^(widget|demo)\//.test(name) ? name : `backend/${name}`)
export const testPathOf = (name: string): string => `${pathOf(name)}.test.ts`

/** The source without the protection. Throws where the table no longer fits it. */
export function without([id, file, text, instead]: Mutation, source: string): string {
  const times = source.split(text).length - 1
  if (times !== 1) throw new Error(`${id}: ${JSON.stringify(text)} occurs ${times} times in ${file}, not once`)
  return source.replace(text, () => instead)
}
