/**
 * `npm start`: makes a fresh clone ready, builds, and serves, all in this one process. npm hands on no SIGTERM: the backend notices that npm has ended.
 * Plain JavaScript without dependencies, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { checkNode, installPackages } from './prepare.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const refused = checkNode() ?? installPackages() ?? build()
if (refused) {
  console.error(refused)
  process.exit(1)
}
await import('../dist/demo/serve.js')

/** One line where it failed. */
function build() {
  const done = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  return done.status === 0 ? undefined : 'The build failed.'
}
