/** What the port promises of time: no letter is under way for longer than this. */
const letterMs = 30_000

/** Hands `send` a signal that ends it when its time is up. A timer of its own: those of `AbortSignal.timeout` stay for all of their time. */
export async function inTime<Result>(send: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), letterMs)
  return send(late.signal).finally(() => clearTimeout(timer))
}

/** What `promise` gives, or `late` where that takes longer than `ms`. */
export async function within<Value, Late>(ms: number, promise: Promise<Value>, late: Late): Promise<Value | Late> {
  let timer: NodeJS.Timeout | undefined
  const bell = new Promise<Late>((resolve) => (timer = setTimeout(resolve, ms, late)))
  return Promise.race([promise, bell]).finally(() => clearTimeout(timer))
}
