/** How a command asks over HTTP. */
export type Answer = { status: number; headers: Headers; text: string }

/**
 * The whole answer. Rejects where none came in `ms`. The timer holds the process up, as those of `AbortSignal.timeout` do not: where the
 * other side takes connections and lets go of them at once, the command would end with nothing done, and report a success.
 */
export async function ask(url: string, ms: number, init: RequestInit = {}): Promise<Answer> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), ms)
  try {
    const answer = await fetch(url, { redirect: 'manual', ...init, signal: late.signal })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  } finally {
    clearTimeout(timer)
  }
}

/** What the text says as JSON; nothing where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
