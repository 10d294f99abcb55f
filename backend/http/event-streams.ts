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
  /** Begins a stream. @throws {Problem} `too_many_streams` past `perNetwork`, `shutting_down` after `closeAll` */
  open(ctx: Context, network: string): EventStream
  /** How many are open. */
  count(): number
  closeAll(): void
}

export function createEventStreams({ perNetwork }: { perNetwork: number }): EventStreams {
  const open = new Map<Context['res'], string>()
  const byNetwork = new Map<string, number>()
  let closed = false
  const heartbeat = setInterval(() => {
    for (const res of open.keys()) write(res, ':\n\n')
  }, heartbeatSeconds * 1000)
  heartbeat.unref()

  const forget = (res: Context['res']) => {
    const network = open.get(res)
    if (network === undefined) return
    open.delete(res)
    const left = (byNetwork.get(network) ?? 1) - 1
    if (left > 0) byNetwork.set(network, left)
    else byNetwork.delete(network)
  }

  return {
    open(ctx, network) {
      if (closed) throw new Problem('shutting_down')
      const others = byNetwork.get(network) ?? 0
      if (others >= perNetwork) throw new Problem('too_many_streams', { limit: 'streams.ip', retryAfterSeconds: heartbeatSeconds })
      byNetwork.set(network, others + 1)
      open.set(ctx.res, network)
      whenClosed(ctx.res, () => forget(ctx.res))
      return begin(ctx)
    },
    count: () => open.size,
    closeAll() {
      closed = true
      clearInterval(heartbeat)
      for (const res of open.keys()) res.end()
    },
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
