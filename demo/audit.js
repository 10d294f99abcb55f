/**
 * Known holes in what production runs: `npm audit` of the locked dependencies, from `high` on (R99). Where the registry in use offers no
 * audit (many mirrors do not), it says so and fails nothing: exit code 0, and the word `skipped`.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const grave = ['high', 'critical']

/** What `npm audit --json` printed → what is to be said, and whether it is `passed`, `failed` or `skipped`. */
export function judge(output) {
  const report = parse(output)
  if (!report?.vulnerabilities) return { verdict: 'skipped', lines: [`The registry offers no audit (${reasonOf(report)}): known holes were not looked for.`] }
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => grave.includes(severity))
  if (found.length === 0) return { verdict: 'passed', lines: ['No known hole of level high or above in what production runs.'] }
  return { verdict: 'failed', lines: found.map(({ name, severity, range }) => `${name} ${range}: ${severity}`) }
}

function parse(output) {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}

function reasonOf(report) {
  const reason = report?.error?.code || report?.error?.summary || report?.message || 'no answer'
  return String(reason).split('\n')[0].slice(0, 120)
}

function main() {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0', '--fetch-timeout=20000']
  const { stdout } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: 60_000, shell: process.platform === 'win32' })
  const { verdict, lines } = judge(stdout ?? '')
  for (const line of lines) console.log(line)
  console.log(verdict)
  process.exitCode = verdict === 'failed' ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
