/** The package as somebody else's code meets it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { scratchFolder } from '../e2e/engine-process.ts'

const root = join(import.meta.dirname, '../..')

it('an import on a server does nothing, and nobody is signed in', async () => {
  // Resolved through the package's own `exports`; not by the type checker, which runs before anything is built.
  const itself: string = 'linklatch'
  const { ready, session, user, getToken, onChange, signIn, signOut } = await import(itself)
  assert.deepEqual([await ready, session, user, await getToken()], [null, null, null, null])
  onChange(() => assert.fail('nothing changes here'))()
  await signOut()
  await assert.rejects(signIn({ email: 'ada@example.org' }), TypeError)
})

for (const pretended of ['globalThis.window = globalThis', 'globalThis.customElements = { get() {}, define() {} }']) {
  it(`an import does nothing on a server with ${pretended}`, () => {
    execFileSync(process.execPath, ['--input-type=module', '-e', `${pretended}; const { ready } = await import('linklatch'); await ready`], { cwd: root, stdio: 'pipe' })
  })
}

it('holds what its exports name, the license, and nothing of our own workshop', () => {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string }[] }]
  const paths = packed.files.map(({ path }) => path)
  const { bin, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string>; exports: Record<string, string | Record<string, string>> }
  const named = Object.values({ ...bin, ...exports }).flatMap((target) => (typeof target === 'string' ? target : Object.values(target)))
  for (const path of [...named, 'LICENSE', 'README.md', 'dist/widget/linklatch.js']) assert.ok(paths.includes(path.replace('./', '')), path)
  assert.deepEqual(paths.filter((path) => /\.map$|\.test\.|\/(testing|bench|demo)\/|^dist\/backend\/.*\.d\.ts$/.test(path)), [])
})

it('asks no bundle where the script came from: that is not where the backend is, and a classic script cannot say', () => {
  const modules = join(root, 'dist/module')
  for (const name of readdirSync(modules)) assert.doesNotMatch(readFileSync(join(modules, name), 'utf8'), /import\.meta/, name)
})

it('has its types after each build, also where nothing changed since they were made', () => {
  const folder = scratchFolder('types')
  const made = join(folder.path, 'types')
  for (let times = 0; times < 2; times += 1) {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'widget/tsconfig.types.json', '--outDir', made], { cwd: root })
    assert.ok(existsSync(join(made, 'widget/index.d.ts')), `build ${times + 1}`)
    rmSync(made, { recursive: true })
  }
  folder.remove()
})

it('the verifier takes of jose what it uses: all of it made Next.js warn of what edge runtimes lack', () => {
  for (const name of ['verify.js', 'verify-keys.js']) assert.doesNotMatch(readFileSync(join(root, 'dist/widget', name), 'utf8'), /from 'jose'/, name)
})
