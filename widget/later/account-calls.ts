/** The signed-in person's own calls (contract, "For the signed-in person"), and what the menu knows of them. */
import { field } from '../bridge-messages.ts'
import { call } from '../http.ts'
import { keep } from '../page.ts'
import type { ElementClient } from '../page-client.ts'
import { asRefusal, type Refusal } from '../refusal.ts'

export type ListedSession = { sid: string; current: boolean; created_at: number; last_seen_at: number; browser: string }

const isListed = (value: unknown): value is ListedSession =>
  typeof field(value, 'sid') === 'string' && typeof field(value, 'last_seen_at') === 'number' && typeof field(value, 'current') === 'boolean'

export class Account {
  sessions: ListedSession[] = []
  problem: Refusal | undefined
  /** Whether the question stands that comes before erasing. */
  erasing = false
  readonly #client: () => ElementClient | undefined
  readonly #changed: () => void

  constructor(client: () => ElementClient | undefined, changed: () => void) {
    this.#client = client
    this.#changed = changed
  }

  /** Where this person is signed in. */
  load(): Promise<void> {
    return this.#try(async () => {
      const listed = field(await this.#call('GET', '/v1/me'), 'sessions')
      this.sessions = Array.isArray(listed) ? listed.filter(isListed) : []
    })
  }

  end(sid: string): Promise<void> {
    return this.#try(async () => {
      await this.#call('DELETE', `/v1/me/sessions/${encodeURIComponent(sid)}`).catch((thrown: unknown) => {
        // Over already: a second press, or another device, was quicker.
        if (asRefusal(thrown).code !== 'not_found') throw thrown
      })
      this.sessions = this.sessions.filter((session) => session.sid !== sid)
    })
  }

  /** Gives everything that A keeps about this person as a file. */
  download(): Promise<void> {
    return this.#try(async () => {
      const data = JSON.stringify(await this.#call('GET', '/v1/me/export'), null, 2)
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([data], { type: 'application/json' }))
      link.download = 'my-data.json'
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href))
    })
  }

  ask(erasing: boolean): void {
    this.erasing = erasing
    this.problem = undefined
    this.#changed()
  }

  /** Erases the account; A wants a sign-in of the last ten minutes for it. */
  erase(): Promise<void> {
    this.erasing = false
    return this.#try(async () => {
      await this.#call('DELETE', '/v1/me')
      keep('address', '')
      await this.#client()?.signOut()
    })
  }

  signOut(everywhere: boolean): Promise<void> {
    return this.#try(async () => {
      await this.#client()?.signOut({ everywhere })
    })
  }

  async #call(method: string, path: string): Promise<unknown> {
    const client = this.#client()
    const token = await client?.getToken()
    const asked = call(`${client?.server}${path}`, { method, headers: { authorization: `Bearer ${token}` }, credentials: 'omit', referrerPolicy: 'no-referrer' })
    return asked.catch(async (thrown: unknown) => {
      // The session was ended elsewhere, minutes before its token: the page shows that, or whose session there is instead, and a press is about that one.
      if (asRefusal(thrown).code === 'unauthorized') await client?.getToken(true)
      throw thrown
    })
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.problem = undefined
    await act().catch((thrown: unknown) => {
      this.problem = asRefusal(thrown)
    })
    this.#changed()
  }
}
