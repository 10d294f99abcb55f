/**
 * `npm run test:protections`: takes each protection of the table out, one at a time, in copies of the tree, and runs the tests that have to
 * notice. A requirement whose protection can go without a red test is not proved.
 *
 * `-- R5 P1` looks at those requirements alone; `-- --lanes=4` works on four copies at once (2).
 */
import { join } from 'node:path'
import { makeLane, type Lane } from './lane.ts'
import type { Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const root = join(import.meta.dirname, '../..')

async function main(args: string[]): Promise<void> {
  const ids = args.filter((arg) => !arg.startsWith('--'))
  const wanted = mutations.filter(([id]) => ids.length === 0 || ids.includes(id))
  const count = Number(args.find((arg) => arg.startsWith('--lanes='))?.slice('--lanes='.length) ?? 2)
  const lanes = await Promise.all(Array.from({ length: Math.min(count, wanted.length) }, () => makeLane(root)))
  try {
    await assertGreen(lanes, wanted)
    const survivors = await takeOutEach(lanes, wanted)
    // What broke on the way, such as packages that were installed anew meanwhile, made everything red.
    await assertGreen(lanes, wanted.slice(-1))
    console.log(`\n${wanted.length - survivors.length} killed, ${survivors.length} survived`)
    if (survivors.length > 0 || wanted.length === 0) process.exitCode = 1
  } finally {
    await Promise.all(lanes.map((lane) => lane.remove()))
  }
}

/** Only what is green as the tree stands can tell of a protection that is missing. */
async function assertGreen(lanes: Lane[], wanted: Mutation[]): Promise<void> {
  const red: string[] = []
  await shareOut(lanes, [...new Set(wanted.flatMap(([, , , , ...tests]) => tests))], async (lane, test) => {
    if (!(await lane.pass([test]))) red.push(test)
  })
  if (red.length > 0) throw new Error(`red with every protection in place: ${red.join(', ')}`)
}

async function takeOutEach(lanes: Lane[], wanted: Mutation[]): Promise<Mutation[]> {
  const survivors: Mutation[] = []
  await shareOut(lanes, wanted, async (lane, mutation) => {
    const survived = await lane.passWithout(mutation)
    if (survived) survivors.push(mutation)
    const [id, file, text] = mutation
    console.log(`${survived ? 'SURVIVED' : 'killed  '}  ${id.padEnd(4)}${file}: ${JSON.stringify(text.trim()).slice(0, 100)}`)
  })
  return survivors
}

async function shareOut<Item>(lanes: Lane[], items: Item[], act: (lane: Lane, item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  await Promise.all(
    lanes.map(async (lane) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await act(lane, item)
    }),
  )
}

await main(process.argv.slice(2))
