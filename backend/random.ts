import { randomBytes, randomFillSync } from 'node:crypto'

/** Randomness from the operating system, handed in so that a test can name its ids. */
export type Random = {
  /** `bytes` random bytes as base64url without padding: 16 bytes are 22 characters and 128 bits. */
  id(bytes?: number): string
  /** Lower-case hexadecimal, for ids that stand in cookie names and on command lines. */
  hex(bytes: number): string
}

export const systemRandom: Random = {
  id: (bytes = 16) => draw(bytes, 'base64url'),
  hex: (bytes) => draw(bytes, 'hex'),
}

const drawn = Buffer.alloc(4096)
let used = drawn.length

/** The system is asked for some hundred ids at once, as it takes nearly as long to give one. What is given out is wiped. */
function draw(bytes: number, encoding: 'base64url' | 'hex'): string {
  if (bytes > drawn.length) return randomBytes(bytes).toString(encoding)
  if (used + bytes > drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const text = drawn.toString(encoding, used, used + bytes)
  drawn.fill(0, used, (used += bytes))
  return text
}
