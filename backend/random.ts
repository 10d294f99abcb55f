import { randomBytes } from 'node:crypto'

/** Randomness from the operating system, handed in so that a test can name its ids. */
export type Random = {
  /** `bytes` random bytes as base64url without padding: 16 bytes are 22 characters and 128 bits. */
  id(bytes?: number): string
  /** Lower-case hexadecimal, for ids that stand in cookie names and on command lines. */
  hex(bytes: number): string
}

export const systemRandom: Random = {
  id: (bytes = 16) => randomBytes(bytes).toString('base64url'),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
}
