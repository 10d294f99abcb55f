import type { Site } from '../sites/site.ts'
import { domainOf } from './address.ts'
import type { User } from './user.ts'

/**
 * Whether this address may have a session at this site. Every way to one asks here (R15): start, link, approve page, claim, refresh, `/v1/me`.
 * Where domains are listed, a phone number is at none of them. A site of mode `invite` takes who was invited, and nobody who only came while it was `open`.
 * @param user what the site has under that address, if anything
 */
export function maySignIn(site: Site, address: string, user: User | undefined): boolean {
  if (user?.blocked) return false
  if (site.mode === 'invite' && !user?.invited) return false
  return site.allowedDomains.length === 0 || site.allowedDomains.includes(domainOf(address))
}
