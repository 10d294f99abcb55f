/** What a page pays for the script: prints the bytes of both files and fails over the budget, or when a schema library slipped in. */
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const budgets = { 'linklatch.js': 12_000, 'bridge.js': 4_250 }
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

/** @returns {string | undefined} what is wrong with a built file */
function weigh(name, budget) {
  const file = readFileSync(new URL(`../dist/widget/${name}`, import.meta.url))
  const size = brotliCompressSync(file, brotli).length
  console.log(`${name}: ${file.length} raw, ${gzipSync(file, { level: 9 }).length} gzip, ${size} brotli of ${budget}`)
  if (file.includes('valibot')) return `${name} contains valibot: import the wire's types only`
  return size > budget ? `${name} is ${size - budget} bytes over its budget` : undefined
}

const faults = Object.entries(budgets).flatMap(([name, budget]) => weigh(name, budget) ?? [])
for (const fault of faults) console.error(fault)
if (faults.length) process.exitCode = 1
