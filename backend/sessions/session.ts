/**
 * What a session is, and its rules. Pure. It is valid because its record is there: ending one removes it.
 *
 * The refresh secret is not in the record: it is derived from `id`, `generation`, `seed` and a key that is not in the store (R20),
 * so the same generation gives the same secret again when an answer was lost.
 */
export type Session = {
  id: string
  siteId: string
  userId: string
  /** Counts rotations; the newest refresh secret is the one of this generation. */
  generation: number
  /** 128 random bits that go into the secret. */
  seed: string
  createdAt: number
  lastSeenAt: number
  /** When the present generation came to be. */
  rotatedAt: number
  idleSeconds: number
  absoluteEndAt: number
  authTime: number
  /** How it was proved (RFC 8176 where a name exists). */
  amr: string[]
  /** JWK thumbprint (RFC 7638) of the key this session is bound to (RFC 9449). */
  jkt?: string
  browser: string
}

/** How long the direct parent of the newest secret may be shown again: two tabs at once, or a lost answer. */
export const parentSeconds = 60

/** When the session ends if nobody comes back: the nearer of the idle and the absolute end, in epoch seconds. */
export function endsAt(session: Session): number {
  return Math.min(session.lastSeenAt + session.idleSeconds, session.absoluteEndAt)
}

/** What a cookie and an answer say of that end. Rounded up: a cookie of 0 s is one that is taken away, while the session lives. */
export const secondsLeft = (session: Session, now: number): number => Math.max(0, Math.ceil(endsAt(session) - now))

export const isOver = (session: Session, now: number): boolean => now >= endsAt(session)

/** What a shown generation means: the newest, its parent in time, one that was spent before, or one that the store has lost since (a restored backup, a failover). */
export function judge(session: Session, generation: number, now: number): 'newest' | 'parent' | 'reuse' | 'lost' {
  if (generation === session.generation) return 'newest'
  if (generation === session.generation - 1 && now - session.rotatedAt <= parentSeconds) return 'parent'
  return generation > session.generation ? 'lost' : 'reuse'
}

/** The next generation. The absolute end never moves (R22). */
export function rotate(session: Session, now: number): Session {
  return { ...session, generation: session.generation + 1, rotatedAt: now, lastSeenAt: now }
}
