/**
 * Another address for the same account: its `sub`, roles and metadata stay (R27). From then on whoever reads the new one signs in, and nobody who reads the old
 * one; every session and pending sign-in is over, so that the first thing is a fresh sign-in; and the old address is told.
 */
import type { Services } from '../services.ts'
import { originOf } from '../sites/landing.ts'
import type { Site } from '../sites/site.ts'
import { invitationPage } from './invitation.ts'
import { queuePlainMail } from './plain-mail.ts'
import { shutOut } from './shut-out.ts'
import type { User } from './user.ts'

type Address = Pick<User, 'channel' | 'address'>

/** The one before stays with the record until all of it is over. The address that is there already changes nothing. */
export function withAddress(user: User, { channel, address }: Address): User {
  if (user.address === address) return user
  return { ...user, channel, address, movedFrom: { channel: user.channel, address: user.address } }
}

/** What the store fails in the middle of is gone on with at the next change. Told at least once. */
export async function leaveAddress(services: Services, site: Site, user: User, before: Address): Promise<void> {
  const { store, config } = services
  await shutOut(services, { ...user, ...before })
  const page = invitationPage(site, config)
  if (page !== undefined) await queuePlainMail(services, site, { farewell: true, origin: originOf(page), ...before })
  await store.users.change(user.siteId, user.id, (found) => {
    if (!found) return { result: undefined }
    const { movedFrom: _, ...next } = found
    return { next, result: undefined }
  })
}
