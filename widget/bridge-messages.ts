/**
 * What H's page and the bridge may say to each other: every message is `{linklatch: 1, type, …}`.
 * Neither V nor the refresh secret has a field here, so neither can cross. Both ends check `event.origin` and `event.source`,
 * then these guards, and ignore the rest.
 */
import type { DeliveryStatus, SignInState, WireUser } from '../backend/protocol.ts'

/** A session as H's page sees it. `expiresAt`: epoch seconds of the access token's end. */
export type PageSession = { accessToken: string; expiresAt: number; user: WireUser }

/** How a session outlives the page: the first rung that holds, found by a round trip. */
export type Kept = 'cookie' | 'key' | 'memory'

/** A sign-in that waits in this browser. No secret: V stays in the bridge. */
export type Waiting = { id: string; address: string; number: string; expiresAt: number; resendAt: number; state: SignInState; delivery: DeliveryStatus }

export type FromBridge =
  /** The bridge lives. `site` is the site's id; `waiting` a sign-in under way that a reload interrupted. */
  | { type: 'ready'; site: string; waiting?: Waiting }
  | { type: 'challenge'; challenge: string }
  | { type: 'session'; session: PageSession | null; kept?: Kept; returnTo?: string }
  | { type: 'state'; id: string; state: SignInState }
  | { type: 'delivery'; id: string; status: DeliveryStatus; resendIn?: number }
  | { type: 'error'; code: string; retryAfter?: number }

export type ToBridge =
  /** Make V and answer with its challenge. */
  | { type: 'prepare' }
  /** The start was taken: tie V to this sign-in and listen to its stream. */
  | { type: 'watch'; waiting: Waiting }
  /** From the landing URL's fragment, or the code a person typed. */
  | { type: 'claim'; arrival: string }
  | { type: 'claim'; handoff: string }
  | { type: 'claim'; code: string }
  | { type: 'resend' }
  | { type: 'cancel' }
  /** Give the session: the one at hand if its token has 30 s left, else a new token. */
  | { type: 'refresh' }
  | { type: 'end'; everywhere?: true }

export type Message<Body> = Body & { linklatch: 1 }
