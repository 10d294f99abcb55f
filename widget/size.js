/** What a page pays for the script: prints the bytes of each file, and of the script by module; fails over a budget, or when a schema library slipped in. */
import { readdirSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const built = new URL('../dist/widget/', import.meta.url)
/** `later`: what every page fetches after the form is shown; the hashes of sixteen languages, which nothing compresses, are 0.8 kB of it. */
const budgets = { 'linklatch.js': 10_000, 'bridge.js': 4_600, later: 9_000 }
const read = (name) => readFileSync(new URL(name, built), 'utf8')
const brotli = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }).length

/** @returns {string | undefined} what is wrong with a built file */
function weigh(name) {
  const code = read(name)
  const size = brotli(code)
  const budget = budgets[/^later-[0-9a-f]+\.js$/.test(name) ? 'later' : name]
  console.log(`${name}: ${Buffer.byteLength(code)} raw, ${gzipSync(code, { level: 9 }).length} gzip, ${size} brotli${budget ? ` of ${budget}` : ''}`)
  if (code.includes('valibot')) return `${name} contains valibot: import the wire's types only`
  return size > budget ? `${name} is ${size - budget} bytes over its budget` : undefined
}

/** The script's text by the module it comes from. @returns {Map<string, string>} */
function textByModule() {
  const map = new SourceMap(JSON.parse(read('linklatch.js.map')))
  const modules = new Map()
  read('linklatch.js').split('\n').forEach((line, row) => {
    for (let column = 0; column < line.length; column++) {
      const name = (map.findEntry(row, column).originalSource ?? 'build').replace(/^.*(node_modules|widget)\//, '')
      modules.set(name, (modules.get(name) ?? '') + line[column])
    }
  })
  return modules
}

/** What each module adds to what stands before it. */
function printModules() {
  let before = ''
  const rows = [...textByModule()].map(([name, text]) => {
    const added = brotli(before + text) - brotli(before)
    before += text
    return { name, raw: text.length, added }
  })
  for (const { name, raw, added } of rows.sort((one, other) => other.added - one.added)) {
    console.log(`  ${String(raw).padStart(6)} raw ${String(added).padStart(6)} brotli  ${name}`)
  }
}

const names = readdirSync(built).filter((name) => /^(linklatch|bridge|later-[\w-]+)\.js$/.test(name)).sort()
const faults = names.flatMap((name) => weigh(name) ?? [])
printModules()
for (const fault of faults) console.error(fault)
if (faults.length) process.exitCode = 1
