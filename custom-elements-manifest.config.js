/**
 * `dist/custom-elements.json`, from the comments on the elements' classes: what editors complete and catalogues show. It describes the one
 * module that a bundle loads, which defines the elements while it runs, so each is told here as defined by it.
 */
const module = 'dist/module/linklatch.js'

/**
 * What the analyzer finds by itself and no comment tells of is ours alone: an attribute that a base class watches for another's sake.
 * What only our own files use of a class says so by being private, or with `@internal`.
 */
const isPublic = ({ privacy = 'public', static: isStatic }) => privacy === 'public' && !isStatic

const oneModule = () => ({
  name: 'one-module',
  packageLinkPhase({ customElementsManifest }) {
    const elements = customElementsManifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName)
    // Not as the folder happens to list its files.
    elements.sort((a, b) => a.tagName.localeCompare(b.tagName))
    for (const element of elements) {
      element.members = (element.members ?? []).filter(isPublic)
      for (const kind of ['attributes', 'events']) element[kind] = (element[kind] ?? []).filter(({ description }) => description)
      delete element.superclass
      for (const member of [...element.members, ...element.attributes]) delete member.inheritedFrom
    }
    const exports = elements.map(({ name, tagName }) => ({ kind: 'custom-element-definition', name: tagName, declaration: { name, module } }))
    customElementsManifest.modules = [{ kind: 'javascript-module', path: module, declarations: elements, exports }]
  },
})

export default {
  globs: ['widget/client-element.ts', 'widget/*/*-element.ts'],
  outdir: 'dist',
  packagejson: false,
  plugins: [oneModule()],
}
