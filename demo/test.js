/**
 * `npm test`: every check, then one plain line with the sum. Names of steps as arguments run those alone, and `--whole` runs the
 * suites that have a short run (e2e, engines, scanners, fuzz, crash, examples, redis) in full.
 * Plain JavaScript without dependencies, because its first step installs them.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkNode, installPackages, prepareBrowsers, prepareServers } from './prepare.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'linklatch-test-'))
const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' }
delete env.NODE_ENV

/** In the order they run. Each gives {passed, failed, skipped}; a plain check counts as one. */
const steps = {
  types: () => check('npm', ['run', '--silent', 'check']),
  lint: () => check('npm', ['run', '--silent', 'lint']),
  audit: () => audit(),
  unit: () => nodeTests([...testFiles('backend', ['backend/store', 'backend/fuzz', 'backend/crash']), ...testFiles('demo', ['demo/e2e', 'demo/engines', 'demo/examples', 'demo/scanners']), ...testFiles('widget').filter(runsOnNode)]),
  store: () => nodeTests(testFiles('backend/store')),
  fuzz: () => nodeTests(testFiles('backend/fuzz')),
  crash: () => nodeTests(testFiles('backend/crash')),
  widget: () => widgetTests(),
  redis: () => nodeTests([...testFiles('backend/store/redis'), join('backend', 'sessions', 'processes.test.ts'), join('backend', 'cli-migrate.test.ts')], 1),
  build: () => check('npm', ['run', '--silent', 'build']),
  package: () => check('npm', ['run', '--silent', 'check:package']),
  size: () => check('npm', ['run', '--silent', 'size']),
  e2e: () => browserTests(testFiles('demo/e2e')),
  // The ways are walked by e2e too; with every setting of a browser they take their time.
  engines: () => browserTests(testFiles('demo/engines', env.LINKLATCH_WHOLE ? [] : ['demo/engines/ways', 'demo/engines/settings'])),
  scanners: () => nodeTests(testFiles('demo/scanners')),
  examples: () => browserTests(testFiles('demo/examples')),
}

/** Begin together: each keeps one core busy and says little. */
const atOnce = ['types', 'lint', 'audit']

/** Run when they are named: a part of the others. */
const apart = ['redis']

const sum = { passed: 0, failed: 0, skipped: 0 }
/** What failed and why, told once more at the end, where a log that is cut still has it. */
const notes = []
try {
  const args = process.argv.slice(2)
  if (args.includes('--whole')) env.LINKLATCH_WHOLE = '1'
  await runAll(args.filter((arg) => arg !== '--whole'))
} catch (error) {
  console.error(error)
  sum.failed += 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
if (notes.length > 0) console.log(`\n── what failed\n${notes.join('\n')}`)
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''
console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`)
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1)

async function runAll(wanted) {
  const unknown = wanted.filter((name) => !(name in steps))
  if (unknown.length > 0) throw new Error(`No such step: ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}.`)
  const refused = checkNode() ?? installPackages()
  if (refused) throw new Error(refused)
  const names = Object.keys(steps).filter((name) => (wanted.length === 0 && !apart.includes(name)) || wanted.includes(name))
  if (['widget', 'e2e', 'engines', 'scanners', 'examples'].some((name) => names.includes(name))) use(prepareBrowsers())
  if (['unit', 'store', 'redis', 'crash'].some((name) => names.includes(name))) use(prepareServers())
  await Promise.all(names.filter((name) => atOnce.includes(name)).map(runStep))
  for (const name of names.filter((each) => !atOnce.includes(each))) await runStep(name)
}

function use({ paths, notes }) {
  for (const note of notes) console.log(note)
  for (const [variable, path] of Object.entries(paths)) if (path) env[variable] = path
}

async function runStep(name) {
  console.log(`\n── ${name}`)
  const startedAt = Date.now()
  const { passed, failed, skipped, failures = [] } = await steps[name]().catch(broken)
  sum.passed += passed
  sum.failed += failed
  sum.skipped += skipped
  if (failed > 0) notes.push(`${name}:`, ...failures)
  console.log(`── ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${Math.round((Date.now() - startedAt) / 1000)} s`)
}

/** A step that could not even run is one failure, and the next steps still run. */
function broken(error) {
  console.error(error)
  return { passed: 0, failed: 1, skipped: 0 }
}

async function check(command, args) {
  const { code } = await run(command, args)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

/** Skipped where the registry in use offers no audit. */
async function audit() {
  const { code, output } = await run(process.execPath, ['demo/audit.js'])
  const skipped = code === 0 && output.trimEnd().endsWith('skipped') ? 1 : 0
  return { passed: code === 0 && !skipped ? 1 : 0, failed: code === 0 ? 0 : 1, skipped }
}

/** Node 20 takes no patterns and calls an empty run a success, so files are named and counts are read. */
async function nodeTests(files, atOnce = 2) {
  const { counts, code } = await runFiles(files, atOnce)
  return believe(total(counts), code)
}

/** A browser on a machine that others use too may stall for longer than any test waits: a few files that failed run once more, alone, and the end says so. */
async function browserTests(files) {
  const { counts, code } = await runFiles(files, 2)
  const bad = Object.keys(counts).filter((file) => counts[file].failed > 0)
  if (bad.length === 0 || bad.length > 2) return believe(total(counts), code)
  console.log(`\n── once more: ${bad.join(', ')}`)
  const again = await runFiles(bad, 1)
  const first = bad.flatMap((file) => counts[file].failures)
  const sum = believe(total({ ...counts, ...again.counts }), again.code)
  if (sum.failed === 0) notes.push(`failed at first, passed when run once more:`, ...first)
  return sum
}

/** @returns counts by file, and the exit code */
async function runFiles(files, atOnce) {
  if (files.length === 0) throw new Error('No test files found.')
  const counts = join(scratch, `counts-${Math.random().toString(36).slice(2)}.json`)
  const reporters = ['spec', 'stdout', './demo/test-count.js', counts].flatMap((value, i) => [i % 2 ? '--test-reporter-destination' : '--test-reporter', value])
  const { code } = await run(process.execPath, ['--import', 'tsx', '--test', `--test-concurrency=${atOnce}`, ...reporters, ...files])
  return { counts: JSON.parse(readFileSync(counts, 'utf8')), code }
}

function total(counts) {
  const files = Object.values(counts)
  const add = (what) => files.reduce((all, each) => all + each[what], 0)
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped'), failures: files.flatMap(({ failures }) => failures) }
}

async function widgetTests() {
  const { code, output } = await run('npm', ['run', '--silent', 'test:widget'])
  const found = [...output.matchAll(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/g)].at(-1)
  const [passed = 0, failed = 0, skipped = 0] = (found ?? []).slice(1).map((count) => Number(count ?? 0))
  return believe({ passed, failed, skipped, failures: [...new Set(output.match(/❌[^]*?(?=\n\n)/g))] }, code)
}

/** Nothing found, or an exit code that the counts do not explain: a failure too. */
function believe(counts, code) {
  const unexplained = counts.failed === 0 && (code !== 0 || counts.passed === 0)
  return unexplained ? { ...counts, failed: 1 } : counts
}

/** What of the widget folder needs no browser: the part for servers, and what a library does that comes as CommonJS. */
function runsOnNode(file) {
  return [join('widget', 'verify.test.ts'), join('widget', 'later', 'suggest.test.ts')].includes(file)
}

function testFiles(folder, without = []) {
  const files = readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name))
  return files.filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules') && !without.some((part) => name.startsWith(part))).sort()
}

/** Runs to the end, shows what it says, and never throws for a bad exit. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], shell: process.platform === 'win32' && command === 'npm' })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      process.stdout.write(chunk)
    })
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
