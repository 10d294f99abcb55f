/**
 * The mark of a browser in which somebody has signed in: `session.issuedAt.mac`, made anew from keys when it is checked (OWASP, "Slow Down Online
 * Guessing Attacks with Device Cookies"). It names neither site nor person; both are in what is signed. It opens nothing: all it is good for
 * is a mail to that person beyond the budget that strangers can use up (R92).
 */
import { createHmac } from 'node:crypto'
import type { Session } from '../sessions/session.ts'
import type { User } from '../users/user.ts'
import { equalText, type Secrets } from './secrets.ts'

/** 180 days from the sign-in. */
export const markSeconds = 15_552_000

type Person = Pick<User, 'siteId' | 'id' | 'marksRevoked'>

/** The same for each repeat of one claim. */
export function markOf(secrets: Pick<Secrets, 'keyAt'>, session: Pick<Session, 'id' | 'createdAt'>, user: Person): string {
  return signed(secrets, user, session.id, Math.floor(session.createdAt))
}

/**
 * What to count by, where `mark` is that person's own and neither too old nor revoked. Takes as long where there is no such person.
 * @param user who has the address that a mail is asked for
 */
export function markIdOf(secrets: Pick<Secrets, 'keyAt'>, mark: string, user: Person | undefined, now: number): string | undefined {
  const [, id = '', issued = ''] = /^([\w-]{22})\.(\d{1,11})\.[\w-]{43}$/.exec(mark) ?? []
  const issuedAt = Number(issued)
  const isGenuine = equalText(mark, signed(secrets, user ?? { siteId: '', id: '' }, id, issuedAt))
  return isGenuine && user && now < issuedAt + markSeconds ? id : undefined
}

function signed({ keyAt }: Pick<Secrets, 'keyAt'>, { siteId, id: userId, marksRevoked = 0 }: Person, id: string, issuedAt: number): string {
  const mac = createHmac('sha256', keyAt('mark', issuedAt)).update(`${siteId}.${userId}.${marksRevoked}.${id}.${issuedAt}`).digest('base64url')
  return `${id}.${issuedAt}.${mac}`
}
