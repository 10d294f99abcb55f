/** A copy of the tree, where sources may be broken: the working tree is never touched. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathOf, testPathOf, without, type Mutation } from './mutation.ts'

export type Lane = {
  /** Whether all of these tests pass. The first failure decides, and so does a run without an end. */
  pass(tests: readonly string[]): Promise<boolean>
  /** The same with a protection taken out, which is back afterwards. */
  passWithout(mutation: Mutation): Promise<boolean>
  remove(): Promise<void>
}

const leftOut = new Set(['node_modules', 'dist', 'data', 'coverage', '.git'])
const testMs = 180_000

export async function makeLane(root: string): Promise<Lane> {
  const place = await mkdtemp(join(tmpdir(), 'linklatch-protections-'))
  const tree = join(place, 'tree')
  const scratch = join(place, 'tmp')
  await cp(root, tree, { recursive: true, filter: (path) => !leftOut.has(basename(path)) })
  await mkdir(scratch)
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  const pass = async (tests: readonly string[]): Promise<boolean> => {
    const files = tests.map(testPathOf)
    const inBrowser = files.filter(needsBrowser)
    const onNode = files.filter((file) => !needsBrowser(file))
    if (onNode.length > 0 && !(await run(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', ...onNode], { tree, scratch }))) return false
    return inBrowser.length === 0 || run('npx', ['web-test-runner', '--files', ...inBrowser], { tree, scratch })
  }
  return {
    pass,
    async passWithout(mutation) {
      const [, file, , , ...tests] = mutation
      const path = join(tree, pathOf(file))
      const source = await readFile(path, 'utf8')
      await writeFile(path, without(mutation, source))
      return pass(tests).finally(() => writeFile(path, source))
    },
    remove: () => rm(place, { recursive: true, force: true, maxRetries: 5 }),
  }
}

const needsBrowser = (file: string): boolean => file.startsWith('widget/') && file !== 'widget/verify.test.ts'

/** Inside a test, node would take a run of its own for a part of that test, and skip it. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env

/** Ends the whole group at the first line that tells of a failure: a red run needs no more. */
function run(command: string, args: string[], { tree, scratch }: { tree: string; scratch: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: tree, detached: true, stdio: ['ignore', 'pipe', 'ignore'], env: { ...env, TMPDIR: scratch } })
    const timer = setTimeout(() => endGroup(child), testMs)
    child.stdout.on('data', (chunk: Buffer) => {
      if (/^\s*not ok /m.test(chunk.toString())) endGroup(child)
    })
    child.on('error', () => resolve(false))
    child.on('close', (code) => {
      clearTimeout(timer)
      endGroup(child)
      resolve(code === 0)
    })
  })
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended by itself.
  }
}
