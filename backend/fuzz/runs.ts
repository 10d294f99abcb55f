/**
 * How the fuzz suites run: a bounded number of random inputs within `npm test`, many more with `npm run test:fuzz`. The seed is printed, and
 * `LINKLATCH_FUZZ_SEED` runs the same inputs again; `LINKLATCH_FUZZ_RUNS` sets how many.
 */
import fc from 'fast-check'

const whole = process.env.LINKLATCH_WHOLE === '1'
export const seed = Number(process.env.LINKLATCH_FUZZ_SEED ?? Date.now() ^ (process.pid << 15)) | 0
const runs = Number(process.env.LINKLATCH_FUZZ_RUNS ?? (whole ? 3000 : 150))

/** Inputs of one property. `share`: less than one where each costs much. */
export const withRuns = (share = 1) => ({ seed, numRuns: Math.max(1, Math.ceil(runs * share)) })

console.log(`fuzz: LINKLATCH_FUZZ_SEED=${seed} LINKLATCH_FUZZ_RUNS=${runs}`)

/** Text of all kinds: bytes, marks that parsers stumble over, and whole pieces of what is due. */
export const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aZ09-_.+@:/\\?#%&=;,"\'<>()[]{}*|~^`$! \t\r\n\0', '\u00e9', '\u202e', '\u200b', '\ufeff', '\uff20', '\u3002', '\u212a', '\ud800', '\udc00', '__proto__', '%00', '%ff', '\\u0000'), maxLength: 30 }),
)

/** One byte of text that a header line may carry, and the whole of it. */
export const headerText = fc.string({ unit: fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }), fc.constant(9)).map((code) => String.fromCharCode(code)), maxLength: 60 })

/** Something of `good` and something of anything, mixed: near misses find more than noise. */
export function nearly(good: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    good,
    oddText,
    fc.tuple(good, fc.nat(), oddText).map(([text, at, odd]) => `${text.slice(0, at % (text.length + 1))}${odd}${text.slice(at % (text.length + 1))}`),
    fc.tuple(good, fc.nat(), fc.nat({ max: 8 })).map(([text, at, count]) => text.slice(0, at % (text.length + 1)) + text.slice((at % (text.length + 1)) + count)),
    fc.tuple(good, oddText).map(([text, odd]) => odd + text + odd),
    good.map((text) => text.toUpperCase()),
  )
}

/**
 * Whether one call costs less than 50 ms of event loop (R80). Counted as the processor's time and not the clock's, and the best of five has to
 * fit, so that a loaded machine cannot fail it.
 */
export async function costsLittle(run: () => unknown, mostMs = 50): Promise<boolean> {
  for (let turn = 0; turn < 5; turn += 1) {
    const before = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1000 < mostMs) return true
  }
  return false
}

/** Texts of 16 KiB that are hard for careless patterns and parsers. */
export const hardTexts: string[] = ['a', '.', '-', '@', '[', '{"a":', '"', '\\', '%', '%41', '&', '=', ';', ',', ' ', '\t', '\u00fc', 'a.', 'a@', '<', '(', '*', '+', '0', '1=', 'a=b; ', 'xn--', '::', '1.', 'eyJ', '\ud800', '$'].flatMap((unit) => {
  const text = unit.repeat(Math.ceil(16_384 / unit.length)).slice(0, 16_384)
  return [text, `${text.slice(0, -1)}!`, `a@${text}`, `https://${text}`, `${text}@a.com`]
})
