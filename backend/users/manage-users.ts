/** What an operator does with the people of a site. The admin API calls these, and through it the command. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { Site } from '../sites/site.ts'
import { parseEmail, parsePhone } from './address.ts'
import { leaveAddress, withAddress } from './change-address.ts'
import { eraseUser } from './erase-user.ts'
import { invitationPage, inviteByMail, noPage } from './invitation.ts'
import { maySignIn } from './may-sign-in.ts'
import { shutOut } from './shut-out.ts'
import type { User } from './user.ts'

/** At most one of `email` and `phone`. */
export type UserChange = { email?: string | undefined; phone?: string | undefined; blocked?: boolean | undefined; invited?: boolean | undefined; metadata?: Record<string, unknown> | undefined; roles?: string[] | undefined }

/**
 * Lets an address sign in to a site of mode `invite`, before or after it is known there. Asking again is no harm: it is the same person.
 * @throws {Problem} `not_found` where the site was removed meanwhile; `invalid_address`; `invalid_request` where the site's domains leave the address out, or a mail would lead nowhere; `conflict` where it is blocked;
 *   `rate_limited` where a mail is asked for and the address has had too many
 */
export async function inviteUser(services: Services, site: Site, invitation: Invitation): Promise<Invited> {
  const who = addressOf(invitation)
  const { field, address } = who
  refuseUnreachable(services, who)
  if (invitation.mail && invitationPage(site, services.config) === undefined) throw noPage()
  const found = await services.store.users.findByAddress(site.id, address)
  if (found?.blocked) throw new Problem('conflict', { errors: [{ field, code: 'blocked' }] })
  refuseOutside(site, who)
  const invited = found ? await markInvited(services, found) : await insertInvited(services, site, who)
  await refuseIfGone(services, invited.user)
  if (invited.isNew) services.audit({ event: 'user.created', siteId: site.id, userId: invited.user.id })
  services.audit({ event: 'user.invited', siteId: site.id, userId: invited.user.id })
  if (invitation.mail) {
    await inviteByMail(services, site, invited.user)
    await refuseIfGone(services, invited.user)
  }
  return invited
}

/** @throws {Problem} `invalid_request` for a number where the backend has no way to phones */
function refuseUnreachable({ config }: Services, { field, channel }: Address): void {
  if (channel === 'sms' && !config.sms) throw new Problem('invalid_request', { errors: [{ field, code: 'channel_off' }] })
}

/** @throws {Problem} `invalid_request` where the site's domains leave the address out */
function refuseOutside(site: Site, { field, address }: Address): void {
  if (!maySignIn({ ...site, mode: 'open' }, address, undefined)) throw new Problem('invalid_request', { errors: [{ field, code: 'domain_not_allowed' }] })
}

/** The site was read before, and may have been removed since: whoever is put into it after that is removed by nobody else. @throws {Problem} `not_found` */
async function refuseIfGone(services: Services, user: User): Promise<void> {
  if (await services.store.sites.get(user.siteId)) return
  await eraseUser(services, user)
  throw new Problem('not_found')
}

/** One of `email` and `phone`. */
type Invitation = { email?: string | undefined; phone?: string | undefined; mail?: boolean | undefined }
type Invited = { user: User; isNew: boolean }
type Address = Pick<User, 'channel' | 'address'> & { field: 'email' | 'phone' }

function addressOf({ email, phone }: Invitation): Address {
  if (email !== undefined && phone === undefined) return { field: 'email', channel: 'email', address: parseEmail(email) }
  if (phone !== undefined && email === undefined) return { field: 'phone', channel: 'sms', address: parsePhone(phone) }
  throw new Problem('invalid_request', { errors: [{ field: 'email', code: 'one_of' }] })
}

async function insertInvited(services: Services, site: Site, { channel, address }: Address): Promise<Invited> {
  const { store, random, clock } = services
  const user: User = { id: random.id(), siteId: site.id, channel, address, createdAt: clock.now(), invited: true, roles: [], metadata: {} }
  try {
    await store.users.insert(user)
    return { user, isNew: true }
  } catch (error) {
    // Somebody else invited them at this moment, or they came by themselves.
    const found = error instanceof Problem && error.code === 'conflict' ? await store.users.findByAddress(site.id, address) : undefined
    if (!found) throw error
    return markInvited(services, found)
  }
}

async function markInvited({ store }: Services, { siteId, id }: User): Promise<Invited> {
  const user = await store.users.change(siteId, id, (found) => {
    if (!found) throw new Problem('conflict')
    const next: User = { ...found, invited: true }
    return { next, result: next }
  })
  return { user, isNew: false }
}

/**
 * `metadata` and `roles` take the place of what was there, and so does an address. Who is not let in any more by it is out at once.
 * @throws {Problem} `not_found`; `invalid_address`; `invalid_request` for an address that the site does not take; `conflict` where it is somebody else's there
 */
export async function changeUser(services: Services, site: Site, id: string, change: UserChange): Promise<User> {
  const { store, audit } = services
  const to = newAddress(services, site, change)
  const step = store.users.change(site.id, id, (user) => {
    if (!user) throw new Problem('not_found')
    const next = changed(to ? withAddress(user, to) : user, change)
    return { next, result: { before: user, after: next } }
  })
  const { before, after } = await step.catch((error: unknown) => {
    if (to && error instanceof Problem && error.code === 'conflict') throw new Problem('conflict', { errors: [{ field: to.field, code: 'taken' }] })
    throw error
  })
  if (after.movedFrom) await leaveAddress(services, site, after, after.movedFrom)
  const { blocked: _, ...others } = change
  if (before.blocked !== after.blocked) audit({ event: after.blocked ? 'user.blocked' : 'user.unblocked', siteId: site.id, userId: id })
  // A role that comes with the end of a block is told of all the same.
  if (before.blocked === after.blocked || Object.keys(others).length > 0) audit({ event: 'user.changed', siteId: site.id, userId: id })
  if (!maySignIn(site, after.address, after)) await shutOut(services, after)
  return after
}

/** What is asked for as the new address, where one is. */
function newAddress(services: Services, site: Site, { email, phone }: UserChange): Address | undefined {
  if (email === undefined && phone === undefined) return undefined
  const to = addressOf({ email, phone })
  refuseUnreachable(services, to)
  refuseOutside(site, to)
  return to
}

function changed({ blocked, invited, ...user }: User, change: UserChange): User {
  return {
    ...user,
    roles: change.roles ?? user.roles,
    metadata: change.metadata ?? user.metadata,
    ...((change.invited ?? invited) && { invited: true }),
    ...((change.blocked ?? blocked) && { blocked: true }),
  }
}

/** Ends every session and every pending sign-in of that person, who may sign in anew. @throws {Problem} `not_found` */
export async function revokeUser(services: Services, site: Site, id: string): Promise<void> {
  await shutOut(services, await userOf(services, site, id))
  services.audit({ event: 'user.revoked', siteId: site.id, userId: id })
}

/** Ends one session. @throws {Problem} `not_found` where that person has none of this id */
export async function endSessionOf({ store, audit }: Services, { siteId, id: userId }: User, sessionId: string): Promise<void> {
  await store.sessions.change(siteId, sessionId, (session) => {
    if (session?.userId !== userId) throw new Problem('not_found')
    return { next: null, result: undefined }
  })
  audit({ event: 'session.ended', siteId, userId, sessionId })
}

/** @throws {Problem} `not_found` */
export async function userOf({ store }: Services, site: Site, id: string): Promise<User> {
  const user = await store.users.get(site.id, id)
  if (!user) throw new Problem('not_found')
  return user
}
