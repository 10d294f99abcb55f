/** One JSON call to A, for both ends: a network failure is `server_unreachable`, a refusal carries the problem's code. */
import { field } from './bridge-messages.ts'
import { Refusal } from './refusal.ts'

const retryAfter = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after'))
  if (seconds > 0) return seconds
  return response.status === 429 ? 30 : undefined
}

async function refusal(response: Response): Promise<Refusal> {
  if (response.status >= 500) return new Refusal('temporarily_unavailable', retryAfter(response))
  const code = field(await response.json().catch(() => null), 'code')
  return new Refusal(typeof code === 'string' ? code : 'unexpected', retryAfter(response))
}

/** How long an answer may take, in milliseconds: others wait for their turn meanwhile. */
const answerWithin = 10_000

/** `see` may look at the answer before. @returns the answer's JSON, `null` for an empty one. @throws {Refusal} */
export async function call(url: string, init: RequestInit, see?: (response: Response) => void): Promise<unknown> {
  const late = AbortSignal.timeout(answerWithin)
  // Browsers of before 2024 cannot have both: there the caller's alone ends it.
  const signal = init.signal ? (AbortSignal.any?.([init.signal, late]) ?? init.signal) : late
  const response = await fetch(url, { ...init, signal }).catch((cause: unknown) => {
    if (signal.aborted) throw cause
    throw new Refusal('server_unreachable')
  })
  see?.(response)
  if (!response.ok) throw await refusal(response)
  return response.status === 200 || response.status === 202 ? response.json() : null
}

/** A POST of JSON. Extra headers may be given. */
export const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
