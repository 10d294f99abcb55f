/** A client for the elements' tests: any state, and a list of what was asked of it. */
import type { PageSession, Waiting } from '../bridge-messages.ts'
import type { Listener } from '../standing.ts'
import type { ElementClient } from '../page-client.ts'
import { step, type State, type Step } from '../phase.ts'

const now = (): number => Math.floor(Date.now() / 1000)

export const session: PageSession = { accessToken: 'at', expiresAt: now() + 300, user: { id: 'u1', email: 'ann@example.com', created_at: 1 } }
export const waiting = (more: Partial<Waiting> = {}): Waiting => ({
  id: 's1', address: 'ann@example.com', number: '07', expiresAt: now() + 600, resendAt: now(), state: 'pending', delivery: 'queued', ...more,
})

export class FakeClient implements ElementClient {
  state: State = { phase: { name: 'ask', address: '' }, session: null }
  readonly server = 'https://auth.example.com'
  readonly asked: unknown[] = []
  readonly listeners = new Set<Listener>()

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** What the real client would do at this step. */
  step(cause: Step): void {
    this.state = step(this.state, cause)
    for (const listener of this.listeners) listener(this.state, cause)
  }

  signIn(request: object): Promise<Waiting> {
    this.asked.push(request)
    return Promise.resolve(waiting())
  }
  async enterCode(code: string): Promise<void> { this.asked.push(code) }
  async resend(): Promise<void> { this.asked.push('resend') }
  cancel(): void { this.asked.push('cancel') }
  async signOut(options?: { everywhere?: boolean }): Promise<void> { this.asked.push(options?.everywhere ? 'sign-out everywhere' : 'sign-out') }
  /** `anew`: as for a session that was ended elsewhere. */
  async getToken(anew?: true): Promise<string | null> {
    if (anew) this.step({ type: 'session', session: null })
    return anew ? null : 'at'
  }
  use(place: object): void { this.asked.push(place) }
  revive(): void {}
  fail(code: string): void { this.asked.push(code) }
}
