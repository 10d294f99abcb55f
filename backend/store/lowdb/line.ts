/**
 * The journal's lines: `<crc32, 8 hex digits><separator><json>\n`. The separator is `:` on the first line of a batch and a space on
 * the others; the crc covers both. A batch is written only when the one before it is on disk, so whatever a power cut did to a file,
 * it did to its last batch: a hole before a `:` line is damage, a hole in the last batch is a tear.
 */
import { crc32 } from 'node:zlib'

const newline = 0x0a
const prefixBytes = 9

export const crcHex = (data: string | Uint8Array): string => crc32(data).toString(16).padStart(8, '0')

export function encodeLine(json: string, startsBatch: boolean): string {
  const separator = startsBatch ? ':' : ' '
  return `${crcHex(separator + json)}${separator}${json}\n`
}

/** `undefined` where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `torn`: what follows `goodBytes` was never acknowledged and may be cut off. `damaged`: it may have been. */
export type Scan = { texts: string[]; goodBytes: number; end: 'whole' | 'torn' | 'damaged' }

export function scanLines(bytes: Buffer): Scan {
  const texts: string[] = []
  let at = 0
  while (at < bytes.length) {
    const line = lineAt(bytes, at)
    if (line.text === undefined) return { texts, goodBytes: at, end: isTear(bytes, at) ? 'torn' : 'damaged' }
    texts.push(line.text)
    at = line.end
  }
  return { texts, goodBytes: at, end: 'whole' }
}

/** The lines that are whole, and where each begins: for files in which a bad line harms none but itself. */
export function* wholeLines(bytes: Buffer, from = 0): Generator<{ at: number; text: string }> {
  for (let at = from; at < bytes.length; ) {
    const { end, text } = lineAt(bytes, at)
    if (text !== undefined) yield { at, text }
    at = end
  }
}

type Line = { end: number; startsBatch: boolean; text?: string }

function lineAt(bytes: Buffer, at: number): Line {
  const found = bytes.indexOf(newline, at)
  if (found < 0) return { end: bytes.length, startsBatch: false }
  const end = found + 1
  const separator = bytes[at + prefixBytes - 1]
  const framed = found - at > prefixBytes && (separator === 0x3a || separator === 0x20)
  if (!framed || bytes.toString('latin1', at, at + 8) !== crcHex(bytes.subarray(at + 8, found))) return { end, startsBatch: false }
  return { end, startsBatch: separator === 0x3a, text: bytes.toString('utf8', at + prefixBytes, found) }
}

/** Only unwritten pages (NUL bytes), a line without its end, and whole lines of the same batch. */
function isTear(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; ) {
    const line = lineAt(bytes, at)
    const unfinished = bytes[line.end - 1] !== newline
    if (unfinished) return true
    if (line.text === undefined ? !bytes.subarray(at, line.end).includes(0) : line.startsBatch) return false
    at = line.end
  }
  return true
}
