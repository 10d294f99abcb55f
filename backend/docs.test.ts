import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { faultCodes, faultInWords } from './faults.ts'
import { loadAssets } from './http/assets.ts'
import { createEventStreams } from './http/event-streams.ts'
import { createMetrics } from './http/metrics.ts'
import { Problem, problemCodes } from './problems.ts'
import { routes } from './routes.ts'
import { testBackend } from './testing/backend.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]
const security = read('docs/security.md')

type Row = { ids: string[]; keptIn: string; provedBy: string }
const rows: Row[] = security.split('\n').flatMap((line) => {
  const [, id = '', , keptIn = '', provedBy = ''] = line.split(/(?<!\\)\|/)
  return /^ [RP]\d/.test(id) ? [{ ids: idsIn(id), keptIn, provedBy }] : []
})

/** `R30 to R36`, `R8, R11`. */
function idsIn(text: string): string[] {
  const range = /([RP])(\d+) to [RP](\d+)/.exec(text)
  const within = range ? Array.from({ length: Number(range[3]) - Number(range[2]) + 1 }, (_, index) => `${range[1]}${Number(range[2]) + index}`) : []
  return [...new Set([...within, ...(text.match(/[RP]\d+/g) ?? [])])]
}

/** What stands in backticks and looks like a file of this repository. */
const pathsIn = (text: string): string[] => [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '').filter((name) => /^[\w./*-]+$/.test(name))

const bases = ['', 'backend', 'backend/sessions', 'backend/store', 'demo']
function exists(name: string, suffixes: string[]): boolean {
  if (name.includes('*')) return exists(name.slice(0, name.lastIndexOf('/', name.indexOf('*'))), [''])
  return bases.some((base) => suffixes.some((suffix) => existsSync(join(root, base, `${name}${suffix}`))))
}

describe('the table of requirements', () => {
  const required = [[1, 18], [20, 27], [30, 40], [50, 64], [70, 76], [78, 82], [90, 99]].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, index) => `R${from + index}`))
  const promises = Array.from({ length: 9 }, (_, index) => `P${index + 1}`)

  it('has a row for each', () => {
    const present = new Set(rows.flatMap(({ ids }) => ids))
    assert.deepEqual([...required, ...promises].filter((id) => !present.has(id)), [])
  })

  it('names places that are there', () => {
    const missing = rows.flatMap(({ ids, keptIn }) => pathsIn(keptIn).filter((name) => name.includes('.') || name.includes('/')).filter((name) => !exists(name, [''])).map((name) => `${ids.join()}: ${name}`))
    assert.deepEqual(missing, [])
  })

  it('names tests that are there', () => {
    const missing = rows.flatMap(({ ids, provedBy }) => pathsIn(provedBy).filter((name) => !exists(name, ['.test.ts', '.ts', '.js', ''])).map((name) => `${ids.join()}: ${name}`))
    assert.deepEqual(missing, [])
  })

  it('names a test in each row', () => {
    const without = rows.filter(({ keptIn, provedBy }) => keptIn.trim() !== '' && !/^ open\b/.test(keptIn) && pathsIn(provedBy).length === 0)
    assert.deepEqual(without.map(({ ids }) => ids.join()), [])
  })
})

describe('the documentation', () => {
    it('links to nothing that is not there', () => {
    const missing = pages.flatMap((page) => [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => join(page, '..', match[1] ?? '')).filter((path) => !existsSync(join(root, path))))
    assert.deepEqual(missing, [])
  })

  it('says each code of a refusal, with its status', () => {
    const lines = problemCodes.map((code) => `| \`${code}\` | ${new Problem(code).status} | ${new Problem(code).message} |`)
    assert.deepEqual(lines.filter((line) => !read('docs/api.md').includes(line)), [])
  })

  it('says each fault of a field', () => {
    assert.deepEqual(faultCodes.map((code) => `| \`${code}\` | ${faultInWords(code)} |`).filter((line) => !read('docs/api.md').includes(line)), [])
  })

  it('says each call that the backend answers', async () => {
    const calls = await callsOfBackend()
    const fixed = calls.filter((call) => !/\.js$/.test(call))
    assert.ok(fixed.length > 30)
    assert.deepEqual(fixed.filter((call) => !read('docs/api.md').includes(`\`${call}\``)), [])
  })
})

/** `POST /v1/sign-ins/{id}/resend`, as the router has them. */
async function callsOfBackend(): Promise<string[]> {
  const backend = await testBackend()
  try {
    const assets = await loadAssets(join(backend.directory, 'assets'), '1.0.0')
    const metrics = createMetrics({ openStreams: () => 0, mailsWaiting: async () => 0 })
    const router = routes(backend.services, assets, createEventStreams({ perNetwork: 1 }), metrics)
    return router.stack.flatMap(({ methods, path }) => methods.filter((method) => !['HEAD', 'OPTIONS'].includes(method)).map((method) => `${method} ${String(path).replace(/:(\w+)/g, '{$1}')}`))
  } finally {
    await backend.dispose()
  }
}
