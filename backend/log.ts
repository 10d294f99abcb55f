/** Structured logs by pino, one JSON object a line. What must never be in one is not handed to it; the redaction is a second net (R81). */
import { pino, type DestinationStream } from 'pino'
import type { Log } from './services.ts'

const secrets = ['token', 'code', 'cookie', 'verifier', 'email', 'address', 'to', 'authorization', 'refresh_token', 'access_token']

/**
 * Lines are gathered for a tenth of a second or up to 4 KiB: no request waits for whoever reads the log. The end of the process writes
 * what is left; only a kill -9 can take the last tenth with it.
 */
export function createLog(level: string, destination: DestinationStream = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 })): Log {
  const options = { level, redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' }, serializers: { err: (error: unknown) => briefly(error) } }
  return pino(options, destination)
}

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
