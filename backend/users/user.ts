/** A person at one site. The same mailbox at two sites is two users that nothing links (contract, section 4: `sub`). */
export type User = {
  /** 128 random bits; the token's `sub`. */
  id: string
  siteId: string
  channel: 'email' | 'sms'
  /** Canonical address: unique within the site. */
  address: string
  createdAt: number
  lastSignInAt?: number
  invited?: true
  blocked?: true
  /** How often what browsers hold of this person was revoked (`tokens/browser-mark.ts`). */
  marksRevoked?: number
  /** Its address was changed, and not everything of the one before is known to be over. */
  movedFrom?: Pick<User, 'channel' | 'address'>
  roles: string[]
  metadata: Record<string, unknown>
}
