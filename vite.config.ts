/** Builds the two files that A serves to other people's pages: `linklatch.js` and `bridge.js`, each whole in itself. */
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite'

/** Lit's browser build names these two while it loads; a server that imports the script has neither. */
const serverGuard = 'const document=globalThis.document??{createTreeWalker(){},createComment(){}},HTMLElement=globalThis.HTMLElement??class{};'

/** White space between tags and rules, which neither Lit nor the browser needs. */
const trimTemplates = (): Plugin => ({
  name: 'trim-templates',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/widget\/.*\.ts$/.test(id)) return null
    const html = code.replace(/html`[^`]*`/g, (text) => text.replace(/([>`}])\s*\n\s*(?=[<`$])/g, '$1').replace(/\s*\n\s*/g, ' '))
    return { code: html.replace(/\/\* css \*\/ `[^`]*`/g, (text) => text.replace(/\s+/g, ' ').replace(/ ?([{};,]) ?/g, '$1').replace(/: /g, ':').replace(/;}/g, '}')), map: null }
  },
})

const oneFile = (name: string, input: string, banner = ''): EnvironmentOptions => ({
  consumer: 'client',
  build: {
    outDir: 'dist/widget',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    minify: 'oxc',
    rolldownOptions: {
      input,
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: `${name}.js`, codeSplitting: false, banner },
    },
  },
})

export default defineConfig({
  publicDir: false,
  plugins: [trimTemplates()],
  environments: {
    client: oneFile('linklatch', 'widget/index.ts', serverGuard),
    bridge: oneFile('bridge', 'widget/bridge-frame.ts'),
  },
  builder: {},
})
