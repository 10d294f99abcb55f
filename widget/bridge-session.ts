/**
 * The session in the bridge and how it is kept: cookie, else a key in IndexedDB, else memory. The rung is found by a round
 * trip and never by guessing the browser. Claims, refreshes and ends of all tabs of H go one after the other.
 */
import type { FromBridge, Kept, PageSession } from './bridge-messages.ts'
import { field, isFresh, isSessionAnswer } from './bridge-messages.ts'
import { keepKey, newKey, proof, readClock, readKey, type KeptKey } from './bridge-key.ts'
import { exclusively } from './bridge-tabs.ts'
import { call, json } from './http.ts'
import { patiently } from './patiently.ts'
import { asRefusal, Refusal } from './refusal.ts'

export type SessionMessage = Extract<FromBridge, { type: 'session' }>

/** How long the tab that holds the key in memory may take to renew for another one, in milliseconds. */
const othersWithin = 5000

const again = ['server_unreachable', 'invalid_dpop_proof']

/** A POST with a proof where there is a key. Tried once more when the answer was lost or the clocks differed, with a new proof. */
async function post(path: string, body: object, pair?: CryptoKeyPair): Promise<unknown> {
  const attempt = async (): Promise<unknown> => call(path, json(body, pair && { dpop: await proof(pair, path) }), readClock)
  return attempt().catch((thrown: unknown) => {
    if (again.includes(asRefusal(thrown).code)) return attempt()
    throw thrown
  })
}

export class Sessions {
  readonly #name: string
  readonly #site: string
  readonly #changed: (message: SessionMessage, shared: boolean) => void
  readonly #askOthers: () => void
  #said: SessionMessage = { type: 'session', session: null }
  /** On the memory rung alone: what storage keeps is read from there, because another tab may have renewed it. */
  #key: KeptKey | undefined
  #heardOthers = (): void => {}
  #cookie: Promise<boolean> | undefined
  /** Of the claim under way: whoever asks for a lost answer again proves the same key. */
  #claiming: Promise<CryptoKeyPair> | undefined

  /**
   * `changed` hears each session that this tab got or lost by itself, and whether the other tabs share that fate; `askOthers` asks the one
   * that holds a key in memory for a session, which comes by `take`.
   */
  constructor(name: string, site: string, changed: (message: SessionMessage, shared: boolean) => void, askOthers: () => void) {
    this.#name = name
    this.#site = site
    this.#changed = changed
    this.#askOthers = askOthers
  }

  get current(): SessionMessage {
    return this.#said
  }

  get isFresh(): boolean {
    return isFresh(this.#said.session)
  }

  /** Whether this tab alone can renew the session: for the others too. */
  get holdsKey(): boolean {
    return !!this.#key
  }

  /** Another tab signed in, renewed or signed out: what this one held is spent. */
  take(message: SessionMessage): void {
    this.#said = message
    this.#key = undefined
    this.#heardOthers()
  }

  /** Whether A's partitioned cookie sticks here: asked once a page, in the background. */
  cookieSticks(): Promise<boolean> {
    this.#cookie ??= call('/v1/cookie-check', json({}), readClock)
      .then(() => call('/v1/cookie-check', {}))
      .then((answer) => field(answer, 'kept') === true)
      .catch(() => {
        this.#cookie = undefined
        return true
      })
    return this.#cookie
  }

  /** `find` gives what to claim when the turn has come, or nothing any more. @throws {Refusal} what A refused it with; nothing is changed then */
  claim(find: () => object | undefined): Promise<void> {
    return patiently(() => exclusively(this.#name, async () => {
      const what = find()
      if (!what) return
      const pair = (await this.cookieSticks()) ? undefined : await (this.#claiming ??= newKey())
      await this.#accept(await post('/v1/sessions', { ...what, keep: pair && 'token' }, pair), pair)
      this.#claiming = undefined
    }))
  }

  /**
   * Brings a token with 30 s left, or finds that there is no session. `anew`: A is asked in any case, since what happened may have been told
   * to nobody here. @throws {Refusal} when A could not say
   */
  async refresh(anew?: boolean): Promise<void> {
    const { session } = this.#said
    if (anew && session) this.#said = { ...this.#said, session: { ...session, expiresAt: 0 } }
    if (this.#said.kept === 'memory' && !this.#key && !this.isFresh) await this.#renewedElsewhere()
    return exclusively(this.#name, async () => {
      if (this.isFresh) return
      const key = await this.#findKey()
      try {
        await this.#accept(await post('/v1/sessions/refresh', this.#body(key), key?.pair), key?.pair)
      } catch (thrown) {
        await this.#refreshRefused(asRefusal(thrown))
      }
    })
  }

  /** Signs out here and in every tab; with `everywhere` on every device. @throws {Refusal} */
  end(everywhere?: true): Promise<void> {
    return exclusively(this.#name, async () => {
      const key = await this.#findKey()
      await post('/v1/sessions/end', { ...this.#body(key), everywhere }, key?.pair)
      await this.#forget(true)
    })
  }

  async #findKey(): Promise<KeptKey | undefined> {
    return this.#key ?? readKey(this.#name)
  }

  #renewedElsewhere(): Promise<void> {
    return new Promise((resolve) => {
      this.#heardOthers = resolve
      setTimeout(resolve, othersWithin)
      this.#askOthers()
    })
  }

  #body(key: KeptKey | undefined): object {
    return { site: this.#site, refresh_token: key?.token }
  }

  async #refreshRefused({ code, retryAfterSeconds }: Refusal): Promise<void> {
    if (!['invalid_grant', 'signed_out', 'invalid_dpop_proof', 'unauthorized'].includes(code)) throw new Refusal('temporarily_unavailable', retryAfterSeconds)
    await this.#forget(false)
    this.#askOthers()
  }

  async #accept(answer: unknown, pair: CryptoKeyPair | undefined): Promise<void> {
    if (!isSessionAnswer(answer)) throw new Refusal('unexpected')
    const { access_token: accessToken, expires_in: expiresIn, refresh_token: token, return_to: returnTo, user } = answer
    const session: PageSession = { accessToken, expiresAt: Math.floor(Date.now() / 1000) + expiresIn, user }
    const kept = await this.#keep(pair && token ? { pair, token } : undefined)
    this.#said = { type: 'session', session, kept }
    this.#changed({ ...this.#said, returnTo }, true)
  }

  async #keep(key: KeptKey | undefined): Promise<Kept> {
    const stored = await keepKey(this.#name, key)
    this.#key = stored ? undefined : key
    if (!key) return 'cookie'
    return stored ? 'key' : 'memory'
  }

  /** A refusal is this tab's own affair: on the memory rung another tab may still hold the key. */
  async #forget(shared: boolean): Promise<void> {
    this.#key = undefined
    await keepKey(this.#name, undefined)
    this.#said = { type: 'session', session: null }
    this.#changed(this.#said, shared)
  }
}
