/** Structured logs by pino, one JSON object a line. What must never be in one is not handed to it; the redaction is a second net (R81). */
import { pino, type DestinationStream } from 'pino'
import type { Log } from './services.ts'

const secrets = new Set(['token', 'code', 'cookie', 'verifier', 'email', 'address', 'to', 'authorization', 'refresh_token', 'access_token'])

/**
 * Lines are gathered for a tenth of a second or up to 4 KiB: no request waits for whoever reads the log. The end of the process writes
 * what is left; only a kill -9 can take the last tenth with it.
 */
export function createLog(level: string, destination: DestinationStream = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 })): Log {
  return pino({ level, formatters: { log: (fields) => redacted(fields) }, serializers: { err: (error: unknown) => briefly(error) } }, destination)
}

/** The fields of a line, and those of an object among them. By hand: pino's own redaction copies each line for each of twenty paths, a ninth of all that a sign-in allocates. */
function redacted(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  let shown = fields
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    const instead = secrets.has(name) ? '[redacted]' : depth === 0 && isFields(value) ? redacted(value, depth + 1) : value
    if (instead !== value) shown = { ...shown, [name]: instead }
  }
  return shown
}

/** Errors are told by their own rule. */
const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !(value instanceof Error)

/** How far a chain of causes is told: one may lead back to itself. */
const maxCauses = 5

/** Tokens, verifiers, secrets and addresses as they look: a mistake's own words may quote what it was made with. */
const secretLike = /\beyJ[\w-]+\.[\w.-]+|[\w-]{43,}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g
const scrub = (text: string): string => text.replace(secretLike, '[redacted]')

/** An error's name, message and stack, and its cause's; never its other properties, which may quote a request. */
function briefly(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: scrub(String(error)) }
  return { name: error.name, message: scrub(error.message), ...(error.stack !== undefined && { stack: scrub(error.stack) }), ...(error.cause !== undefined && depth < maxCauses && { cause: briefly(error.cause, depth + 1) }) }
}
