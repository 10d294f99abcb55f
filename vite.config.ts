/**
 * Builds what A serves to other people's pages: `linklatch.js` and `bridge.js`, each whole in itself, and the files that come later; the owner's `console.js`. And the same
 * elements as modules for people's own bundlers, in `dist/module`: those rename what comes later, so nothing is pinned there.
 */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { build, defineConfig, type BuildEnvironmentOptions, type Plugin } from 'vite'

const outDir = 'dist/widget'

/** Lit's browser build names these two while it loads; a server that imports the script has neither. */
const serverGuard = 'const document=globalThis.document??{createTreeWalker(){},createComment(){}},HTMLElement=globalThis.HTMLElement??class{};'

/** White space between tags and rules, and comments among those, which neither Lit nor the browser needs. */
const trimTemplates = (): Plugin => ({
  name: 'trim-templates',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/widget\/.*\.ts$/.test(id)) return null
    const html = code.replace(/html`[^`]*`/g, (text) => text.replace(/([>`}])\s*\n\s*(?=[<`$])/g, '$1').replace(/\s*\n\s*/g, ' '))
    return { code: html.replace(/\/\* css \*\/ `[^`]*`/g, (text) => text.replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' ').replace(/ ?([{};,]) ?/g, '$1').replace(/: /g, ':').replace(/;}/g, '}')), map: null }
  },
})

/**
 * Each `import('./x.ts')` becomes a file of its own, named by its content, and the importing file is given its hash: so the hash of
 * `linklatch.js` pins all of them (R63). Not the bundler's own splitting, which would have the files import the script by one of its two names.
 */
const pinImports = (): Plugin => ({
  name: 'pin-imports',
  applyToEnvironment: ({ name }) => name !== 'module',
  enforce: 'pre',
  resolveId: (source) => (source.startsWith('./later') && source.endsWith('.js') ? { id: source, external: true } : null),
  async transform(code, id) {
    const found = [...code.matchAll(/(?<==> )import\('(\.[^']+\.ts)'\)/g)]
    if (!found.length || !/\/widget\/.*\.ts$/.test(id)) return null
    let pinned = code
    for (const [whole, path = ''] of found) {
      const { file, integrity } = await laterFile(resolve(dirname(id), path), (name, source) => this.emitFile({ type: 'prebuilt-chunk', fileName: name, code: source }))
      pinned = pinned.replace(`=> ${whole}`, `=> pinned('./${file}', '${integrity}', (url) => importLater(url))`)
    }
    // Under another name until the end, or vite wraps it in half a kilobyte that preloads styles.
    return { code: `import { pinned } from '${resolve('widget/pinned.ts')}'\n${pinned}`, map: null }
  },
  renderChunk: (code) => ({ code: code.replaceAll('importLater(', 'import(   '), map: null }),
})

async function laterFile(entry: string, emit: (name: string, code: string) => void): Promise<{ file: string; integrity: string }> {
  const built = await build({ configFile: false, logLevel: 'warn', publicDir: false, plugins: [trimTemplates(), pinImports()], build: { ...oneFile('later', entry), write: false } })
  const chunks = [built].flat().flatMap((each) => ('output' in each ? each.output : []))
  const main = chunks.find((chunk) => chunk.fileName === 'later.js')
  if (main?.type !== 'chunk') throw new Error(`${entry} gave no file`)
  const digest = createHash('sha384').update(main.code).digest()
  const topic = basename(entry, '.ts')
  const file = `later-${topic === 'index' ? '' : `${topic}-`}${digest.toString('hex').slice(0, 12)}.js`
  for (const chunk of chunks) if (chunk !== main && chunk.type === 'chunk') emit(chunk.fileName, chunk.code)
  emit(file, main.code)
  return { file, integrity: `sha384-${digest.toString('base64')}` }
}

/**
 * Lit makes its Trusted Types policy while it loads, and where the page lists none of that name, or it is there already, that ends the whole
 * script. Without the policy the elements still come to life, and can say what is missing.
 */
const forgivingPolicy = (): Plugin => ({
  name: 'forgiving-policy',
  transform(code, id) {
    if (!id.endsWith('/lit-html/lit-html.js')) return null
    const forgiving = code.replace(/(\w+)\.createPolicy\("lit-html",(\{[^}]*\})\)/, '(()=>{try{return $1.createPolicy("lit-html",$2)}catch{}})()')
    if (forgiving === code) throw new Error('lit-html makes its policy in another way now: see forgivingPolicy')
    return { code: forgiving, map: null }
  },
})

/** Files of an older build, which nothing names any more. */
const clean = (): Plugin => ({
  name: 'clean',
  applyToEnvironment: ({ name }) => name === 'client',
  buildStart() {
    try {
      for (const name of readdirSync(outDir)) if (name.startsWith('later-')) rmSync(`${outDir}/${name}`)
    } catch {}
  },
})

const oneFile = (name: string, input: string, banner = ''): BuildEnvironmentOptions => ({
  outDir,
  emptyOutDir: false,
  target: 'es2022',
  modulePreload: false,
  minify: 'oxc',
  // For `npm run size` alone, which reads it and never ships it.
  sourcemap: 'hidden',
  rolldownOptions: {
    input,
    preserveEntrySignatures: 'strict',
    output: { format: 'es', entryFileNames: `${name}.js`, codeSplitting: false, banner },
  },
})

const modules = (entry: string): BuildEnvironmentOptions => ({
  outDir: 'dist/module',
  emptyOutDir: true,
  target: 'es2022',
  minify: false,
  lib: { entry, formats: ['es'], fileName: 'linklatch' },
  rolldownOptions: { output: { chunkFileNames: '[name].js', banner: serverGuard } },
})

export default defineConfig({
  publicDir: false,
  plugins: [clean(), trimTemplates(), forgivingPolicy(), pinImports()],
  environments: {
    client: { consumer: 'client', build: oneFile('linklatch', 'widget/index.ts', serverGuard) },
    bridge: { consumer: 'client', build: oneFile('bridge', 'widget/bridge-frame.ts') },
    console: { consumer: 'client', build: oneFile('console', 'widget/console/index.ts') },
    // Somebody's own bundle says nothing of where the backend is, and only modules know `import.meta`.
    module: { consumer: 'client', define: { 'import.meta.url': "''" }, build: modules('widget/index.ts') },
  },
  builder: {},
})
