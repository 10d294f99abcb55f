/**
 * Server-sent events, written straight to the response: as a Koa stream body each waiting tab costs nearly twice the memory and logs an
 * error when it closes (measured). One heartbeat for all streams.
 */
import type { Context } from 'koa'
import { Problem } from '../problems.ts'

export const heartbeatSeconds = 15

export type EventStream = {
  send(event: string, data: object): void
  end(): void
  onClose(listener: () => void): void
}

export type EventStreams = {
  /**
   * Begins a stream that waits for these sign-ins.
   * @throws {Problem} `too_many_streams` past one of the caps, `shutting_down` after `closeAll`
   */
  open(ctx: Context, network: string, signIns: readonly string[]): EventStream
  /** How many are open. */
  count(): number
  closeAll(): void
}

export type StreamCaps = {
  perNetwork: number
  /** Tabs and devices that wait for one sign-in. */
  perSignIn?: number
  /** Below the connections that the server takes, so that waiting pages never keep somebody else from signing in. */
  inAll?: number
}

export function createEventStreams({ perNetwork, perSignIn = 20, inAll = 15_000 }: StreamCaps): EventStreams {
  const open = new Set<Context['res']>()
  const byNetwork = counts()
  const bySignIn = counts()
  let closed = false
  const heartbeat = setInterval(() => {
    for (const res of open) write(res, ':\n\n')
  }, heartbeatSeconds * 1000)
  heartbeat.unref()

  return {
    open(ctx, network, signIns) {
      if (closed) throw new Problem('shutting_down')
      if (byNetwork.of(network) >= perNetwork) throw new Problem('too_many_streams', { limit: 'streams.ip', retryAfterSeconds: heartbeatSeconds })
      const full = open.size >= inAll || signIns.some((id) => bySignIn.of(id) >= perSignIn)
      if (full) throw new Problem('too_many_streams', { retryAfterSeconds: heartbeatSeconds })
      open.add(ctx.res)
      byNetwork.add(network)
      signIns.forEach(bySignIn.add)
      whenClosed(ctx.res, () => {
        open.delete(ctx.res)
        byNetwork.remove(network)
        signIns.forEach(bySignIn.remove)
      })
      return begin(ctx)
    },
    count: () => open.size,
    closeAll() {
      closed = true
      clearInterval(heartbeat)
      for (const res of open) res.end()
    },
  }
}

/** How many there are of each key; nothing is kept of a key that has none. */
function counts() {
  const kept = new Map<string, number>()
  const of = (key: string): number => kept.get(key) ?? 0
  return {
    of,
    add: (key: string): void => void kept.set(key, of(key) + 1),
    remove: (key: string): void => void (of(key) > 1 ? kept.set(key, of(key) - 1) : kept.delete(key)),
  }
}

/** What a stream says in its ten minutes is some hundred bytes; whoever leaves this much unread reads no more. */
export const maxUnreadBytes = 16 * 1024

/** A write after the end would be an error that nobody hears, which ends the process. */
function write(res: Context['res'], text: string): void {
  if (res.writableEnded) return
  if (res.writableLength > maxUnreadBytes) res.destroy()
  else res.write(text)
}

/** A browser may be gone before its stream began. */
function whenClosed(res: Context['res'], listener: () => void): void {
  if (res.destroyed) listener()
  else res.on('close', listener)
}

function begin(ctx: Context): EventStream {
  const { res } = ctx
  ctx.status = 200
  ctx.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
  ctx.respond = false
  res.flushHeaders()
  write(res, 'retry: 2000\n\n')
  return {
    send: (event, data) => write(res, `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => void res.end(),
    onClose: (listener) => whenClosed(res, listener),
  }
}
