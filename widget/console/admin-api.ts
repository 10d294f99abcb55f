/** The admin API as the console calls it. The operator's token is in this object alone: no storage has it, and it travels in a header (R94). */
import * as v from 'valibot'
import { faultInWords } from '../../backend/faults.ts'

/** What is wrong with one field, as a clause that follows its name. */
export type Fault = { field: string; words: string }

/** A refusal, in words. `status` 0: there was no answer. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly faults: readonly Fault[]

  constructor(status: number, words: string, faults: readonly Fault[] = []) {
    super(words)
    this.status = status
    this.faults = faults
  }
}

const problem = v.object({
  detail: v.optional(v.string(), ''),
  errors: v.optional(v.array(v.object({ field: v.string(), code: v.string() })), []),
})

/** In milliseconds. A webhook's test may take ten seconds, the removal of a large site longer. */
const answerWithin = 60_000

/** What a bearer token may hold (RFC 6750, section 2.1): anything else is refused before it is sent. */
const bearer = /^[\w.~+/-]+=*$/

export class AdminApi {
  #token: string
  readonly #over = new AbortController()
  readonly #ask: typeof fetch
  /** Called before each request. */
  readonly #onUse: () => void

  constructor(token: string, { ask = (...args) => fetch(...args), onUse = () => undefined }: { ask?: typeof fetch; onUse?: () => void } = {}) {
    this.#token = token
    this.#ask = ask
    this.#onUse = onUse
  }

  /** Forgets the token: what is under way is given up, and whatever still holds this object can ask for nothing. */
  end(): void {
    this.#token = ''
    this.#over.abort()
  }

  /** @param path after `/admin/v1` @throws {Refused} */
  async get<Schema extends v.GenericSchema>(path: string, answer: Schema): Promise<v.InferOutput<Schema>> {
    return understood(answer, await this.#call('GET', path))
  }

  /** @throws {Refused} */
  async send<Schema extends v.GenericSchema>(method: 'POST' | 'PATCH', path: string, body: object, answer: Schema): Promise<v.InferOutput<Schema>> {
    return understood(answer, await this.#call(method, path, body))
  }

  /** What is answered by nothing. @throws {Refused} */
  async act(method: 'POST' | 'DELETE', path: string): Promise<void> {
    await this.#call(method, path)
  }

  /** Whether the backend can keep changes and send mail. @throws {Refused} */
  async ready(): Promise<v.InferOutput<typeof readiness>> {
    const answer = await this.#ask('/readyz', { credentials: 'omit', cache: 'no-store', signal: this.#inTime() }).catch(() => {
      throw new Refused(0, unreachable)
    })
    return understood(readiness, await jsonOf(answer))
  }

  #inTime(): AbortSignal {
    return AbortSignal.any([this.#over.signal, AbortSignal.timeout(answerWithin)])
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    this.#onUse()
    if (!bearer.test(this.#token)) throw new Refused(401, wrongToken)
    const headers = { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) }
    const asked = this.#ask(`/admin/v1${path}`, {
      method, headers, credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer',
      signal: this.#inTime(),
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await asked.catch(() => {
      throw new Refused(0, unreachable)
    })
    const said = answer.ok ? await jsonOf(answer) : await refusal(answer)
    if (this.#over.signal.aborted) throw new Refused(0, unreachable)
    if (said instanceof Refused) throw said
    return said
  }
}

/** Where there is any: a 204 has none. */
const jsonOf = (answer: Response): Promise<unknown> => answer.json().catch(() => undefined)

const readiness = v.object({ store: v.boolean(), mail: v.boolean() })
const unreachable = 'The backend cannot be reached. What you asked for may or may not have been done: look again.'
const wrongToken = 'That is not the token of this backend (LINKLATCH_ADMIN_TOKEN).'

async function refusal(answer: Response): Promise<Refused> {
  if (answer.status === 401) return new Refused(401, wrongToken)
  const { detail, errors } = v.parse(v.fallback(problem, { detail: '', errors: [] }), await jsonOf(answer))
  const wait = answer.headers.get('retry-after')
  const words = detail || `The backend answered ${answer.status}.`
  return new Refused(answer.status, wait === null ? words : `${words} (${wait} s)`, errors.map(({ field, code }) => ({ field, words: faultInWords(code) })))
}

function understood<Schema extends v.GenericSchema>(schema: Schema, answer: unknown): v.InferOutput<Schema> {
  const read = v.safeParse(schema, answer)
  if (!read.success) throw new Refused(502, 'The backend answered something that this page does not understand. Reload the page: the backend may be newer.')
  return read.output
}
