/** Commands to Redis, whichever kind of it: the one place where its errors become refusals. ioredis is imported here and in `connect.ts` only. */
import type { Writable } from 'node:stream'
import type { Cluster, Redis } from 'ioredis'
import { Problem } from '../../problems.ts'

export type Reply = unknown
export type Argument = string | number

export type Client = {
  /** @throws {Problem} `store_unavailable`; its cause is a `RedisTrouble` */
  run(command: string, ...args: Argument[]): Promise<Reply>
}

/** What went wrong, without the command that it happened to: that holds addresses (R81). */
export class RedisTrouble extends Error {
  override readonly name = 'RedisTrouble'
  /** Redis' own word for it (`OOM`, `READONLY`, `NOSCRIPT`), Node's (`ECONNREFUSED`), or `TIMEOUT`, `CLOSED`. */
  readonly code: string

  constructor(code: string) {
    super(`Redis: ${code}`)
    this.code = code
  }
}

/** @param limitMs for a client that lets commands wait without an end: how long one may take */
export function clientOf(redis: Redis | Cluster, limitMs?: number): Client {
  const call = (command: string, args: Argument[]) => {
    if ('stream' in redis) gather(redis.stream)
    return redis.call(command, ...args)
  }
  return {
    run: (command, ...args) => refusing(limitMs === undefined ? call(command, args) : within(limitMs, call(command, args))),
  }
}

/**
 * What is asked for in one turn of the loop goes out in one write: a system call here, and a read there, for many commands and not for each. Not ioredis'
 * own pipelines: where a batch of theirs is late, those behind it wait for two time limits.
 */
function gather(stream: Writable | undefined): void {
  if (!stream || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/** @throws {Problem} `store_unavailable`; its cause is a `RedisTrouble` */
export async function refusing<Value>(asking: Promise<Value>): Promise<Value> {
  try {
    return await asking
  } catch (error) {
    throw new Problem('store_unavailable', { cause: troubleOf(error) })
  }
}

async function within<Value>(limitMs: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new RedisTrouble('TIMEOUT')), limitMs)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** ioredis' errors carry the whole command, and connection errors the address: only a code of them is kept. */
export function troubleOf(error: unknown): RedisTrouble {
  if (error instanceof RedisTrouble) return error
  if (!(error instanceof Error)) return new RedisTrouble('UNKNOWN')
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$|^[A-Z_]*CERT[A-Z_]*$|^ERR_[A-Z_]+$/.test(error.code)) return new RedisTrouble(error.code)
  if (/timed out/i.test(error.message)) return new RedisTrouble('TIMEOUT')
  const word = /^(?:-)?([A-Z]{3,20})\b/.exec(error.message)?.[1]
  if (word === 'ERR' && /unknown command/i.test(error.message)) return new RedisTrouble('UNKNOWN_COMMAND')
  return new RedisTrouble(word ?? (/clos|writeable|flush|retries/i.test(error.message) ? 'CLOSED' : error.name))
}

/** Redis' word in the cause of a refusal; undefined where it is another's. */
export function troubleCode(error: unknown): string | undefined {
  return error instanceof Problem && error.cause instanceof RedisTrouble ? error.cause.code : undefined
}

export const texts = (reply: Reply): string[] => (Array.isArray(reply) ? reply.map(String) : [])
export const text = (reply: Reply): string | undefined => (typeof reply === 'string' ? reply : undefined)
/** Replies with gaps, as MGET gives them. */
export const textsOrNothing = (reply: Reply): (string | undefined)[] => (Array.isArray(reply) ? reply.map((each: unknown) => text(each)) : [])
