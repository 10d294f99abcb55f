/** `custom-elements.json` of the built package, the table of docs/theming.md and the elements themselves tell of the same things. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

type Named = { name: string; description?: string }
type Element = { tagName: string; attributes: Named[]; events: Named[]; members: Named[]; slots?: Named[]; cssParts?: Named[]; cssProperties?: Named[] }
type Manifest = { modules: { path: string; declarations: Element[]; exports: { kind: string; name: string }[] }[] }

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('dist/custom-elements.json')) as Manifest
const [{ declarations = [], exports = [], path = '' } = {}] = manifest.modules
const told = (tag: string, kind: keyof Omit<Element, 'tagName'>): string[] => (declarations.find(({ tagName }) => tagName === tag)?.[kind] ?? []).map(({ name }) => name).sort()
const all = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))].sort()
const signInFolder = readdirSync(join(root, 'widget/sign-in')).filter((file) => !file.endsWith('.test.ts')).map((file) => read(`widget/sign-in/${file}`)).join('\n')

const tags = ['linklatch-gate', 'linklatch-sign-in', 'linklatch-user']
const signIn = signInFolder + read('widget/later/extra.ts')
const user = read('widget/later/account-styles.ts') + read('widget/later/account.ts')

/** Rows of the table: the first cell of a group holds for the rows under it. */
function documented(kind: string, tag: string): string[] {
  let group = ''
  const names = read('docs/theming.md').split('\n').filter((line) => line.startsWith('| ')).flatMap((line) => {
    const [, first = '', named = ''] = line.split('|').map((cell) => cell.trim())
    group = first || group
    const about = group.startsWith(kind) && (group.includes(tag) || group.includes('all three') || (group.includes('and user') && tag !== 'linklatch-gate'))
    return about ? all(named, /`([\w-]+)`/g) : []
  })
  return names.sort()
}

/** What each part looks like is kept by the gallery, whose test compares it with the elements that stand in a browser. */
function drawn(isMenu: boolean): string[] {
  const { looks } = JSON.parse(read('docs/gallery/looks.json')) as { looks: { light: string[] } }
  const parts = looks.light.filter((line) => line.startsWith('account') === isMenu).flatMap((line) => /^\S+ ([^:]+):/.exec(line)?.[1]?.split(' ') ?? [])
  return [...new Set(parts)].filter((part) => part !== 'host').sort()
}

describe('custom-elements.json', () => {
  it('is where package.json says, in the module that a bundle loads, and defines the three elements', () => {
    const { customElements, exports: entries } = JSON.parse(read('package.json')) as { customElements: string; exports: Record<string, string | { default: string }> }
    assert.equal(customElements, 'dist/custom-elements.json')
    assert.equal(`./${path}`, (entries['.'] as { default: string }).default)
    assert.deepEqual(exports.map(({ kind, name }) => [kind, name]), tags.map((tag) => ['custom-element-definition', tag]))
    assert.deepEqual(all(read('widget/index.ts'), /'(linklatch-[\w-]+)': L/g), tags)
    assert.deepEqual(all(read('widget/element-types.ts'), /'(linklatch-[\w-]+)': Linklatch(?!Events)/g), tags)
  })

  for (const tag of tags) {
    it(`tells of <${tag}> what the documentation tells`, () => {
      const kinds = { attribute: 'attributes', event: 'events', field: 'members', slot: 'slots', property: 'cssProperties', part: 'cssParts' } as const
      for (const [word, kind] of Object.entries(kinds)) assert.deepEqual(told(tag, kind), documented(word, tag), kind)
    })
  }

  it('tells the parts that the elements draw', () => {
    assert.deepEqual(told('linklatch-sign-in', 'cssParts'), drawn(false))
    assert.deepEqual(told('linklatch-user', 'cssParts'), drawn(true))
  })

  it('tells the properties that their styles read', () => {
    const property = /var\((--linklatch-[\w-]+)/g
    assert.deepEqual(told('linklatch-sign-in', 'cssProperties'), all(signIn, property))
    assert.deepEqual(told('linklatch-user', 'cssProperties'), all(user, property))
  })

  it('tells the slots, attributes and events that their code has', () => {
    assert.deepEqual(told('linklatch-sign-in', 'slots'), all(signIn, /<slot name="([\w-]+)"/g))
    assert.deepEqual(told('linklatch-gate', 'slots'), all(read('widget/gate/gate-element.ts'), /'(signed-(?:in|out))'/g))
    assert.deepEqual(told('linklatch-sign-in', 'attributes'), all(signIn + read('widget/client-element.ts'), /(?:(?:get|has)Attribute|#is)\('(?!aria-)([\w-]+)'\)/g))
    assert.deepEqual(told('linklatch-sign-in', 'events'), all(signIn, /emit\('([\w-]+)'/g))
  })

  it('and the types for frameworks know the same attributes, fields and events', () => {
    const types = read('widget/element-types.ts')
    assert.deepEqual([...told('linklatch-sign-in', 'attributes'), ...told('linklatch-sign-in', 'members')].sort(), all(types, /^ {2}'?([\w-]+)'?\?: /gm))
    assert.deepEqual(told('linklatch-sign-in', 'events'), all(types, /'([\w-]+)': CustomEvent/g))
  })
})
