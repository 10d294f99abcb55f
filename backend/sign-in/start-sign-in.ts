/**
 * Somebody types an address and presses the button. The answer is the same for every address (R14): who may not sign in gets a
 * sign-in like everybody else's, whose mail is never sent.
 */
import { countedFor } from '../budgets.ts'
import { Problem } from '../problems.ts'
import { parseRequest, startSignInSchema, type StartSignInAnswer } from '../protocol.ts'
import type { Services } from '../services.ts'
import { parseReturnTo } from '../sites/landing.ts'
import type { Site } from '../sites/site.ts'
import { siteMeant } from '../sites/site-of-origin.ts'
import type { Counted } from '../store/store.ts'
import { parseEmail, parsePhone } from '../users/address.ts'
import { maySignIn } from '../users/may-sign-in.ts'
import { codeTries, numberTries, type Delivery, type SignIn } from './sign-in.ts'

/** Seconds before "send again" is allowed. */
export const resendSeconds = 30

/** A start that was understood, for a site and an origin that belong together. */
export type Start = {
  site: Site
  origin: string
  channel: SignIn['channel']
  address: string
  /** The address by pseudonym: of one length in keys of counters, however long addresses are that somebody makes up to fill the memory. */
  whose: string
  challenge: string
  returnTo?: string
  locale: string
  /** The asking browser in words. */
  browser: string
}

/**
 * What comes in, checked and made canonical.
 * @param asking.sites those that list the page's origin
 * @throws {Problem} `invalid_request`, `origin_not_allowed`, `invalid_address`
 */
export function readStart(services: Services, body: unknown, asking: { origin: string | undefined; sites: readonly Site[]; browser: string }): Start {
  const { site: siteId, email, phone, challenge, return_to, locale } = parseRequest(startSignInSchema, body)
  if ((email === undefined) === (phone === undefined)) throw new Problem('invalid_request', { errors: [{ field: 'email', code: 'one_of' }] })
  const site = siteMeant(asking.sites, siteId)
  if (asking.origin === undefined) throw new Problem('origin_not_allowed')
  if (email === undefined && !services.config.sms) throw new Problem('invalid_request', { errors: [{ field: 'phone', code: 'channel_off' }] })
  const address = email === undefined ? parsePhone(phone ?? '') : parseEmail(email)
  return {
    site,
    origin: asking.origin,
    channel: email === undefined ? 'sms' : 'email',
    address,
    whose: services.secrets.pseudonym(address),
    challenge,
    ...(return_to !== undefined && { returnTo: parseReturnTo(return_to, asking.origin) }),
    locale: locale ?? site.locale ?? 'en',
    browser: asking.browser,
  }
}

/** Makes the sign-in durable and its mail due, then answers. */
export async function startSignIn(services: Services, start: Start): Promise<StartSignInAnswer> {
  const { store, clock, secrets } = services
  const now = clock.now()
  const user = await store.users.findByAddress(start.site.id, start.address)
  const silent = !maySignIn(start.site, start.address, user)
  const identity = { id: services.random.id(), createdAt: now }
  let within = true
  await store.signIns.insertCounted(mailBudget(services, start.whose), (withinBudget) => {
    within = withinBudget
    return newSignIn(identity, start, firstMail(now, { withinBudget, silent, discreet: isClosed(start.site) }))
  })
  if (!within) services.limitReached('start.address')
  services.wakeDelivery()
  services.audit({ event: 'sign_in.started', siteId: start.site.id, signInId: identity.id })
  return { id: identity.id, expires_in: start.site.linkTtlSeconds, resend_in: resendSeconds, number: secrets.numberOf(identity), ...(start.site.strict && { strict: true }), ...(start.site.codeOnly && { code_only: true }) }
}

/** Mails have a budget of their own per address, over all sites and networks (R90). @param whose the address by pseudonym */
export function mailBudget(services: Pick<Services, 'clock' | 'config'>, whose: string): Counted {
  return countedFor(services, { limit: 'start.address', whose })
}

/** Not for everybody: here a mail that is really tried says that somebody is on the list. */
const isClosed = (site: Site): boolean => site.mode === 'invite' || site.allowedDomains.length > 0

function firstMail(now: number, { withinBudget, silent, discreet }: { withinBudget: boolean; silent: boolean; discreet: boolean }): Delivery {
  return {
    status: withinBudget ? 'queued' : 'deferred',
    asked: 1,
    settled: withinBudget ? 0 : 1,
    attempts: 0,
    nextAttemptAt: now,
    lastAskedAt: now,
    ...(silent && { silent }),
    ...(discreet && { discreet }),
  }
}

function newSignIn({ id, createdAt }: Pick<SignIn, 'id' | 'createdAt'>, start: Start, delivery: Delivery): SignIn {
  return {
    id,
    siteId: start.site.id,
    origin: start.origin,
    channel: start.channel,
    address: start.address,
    challenge: start.challenge,
    state: 'pending',
    createdAt,
    expiresAt: createdAt + start.site.linkTtlSeconds,
    locale: start.locale,
    browser: start.browser,
    codeTriesLeft: codeTries,
    numberTriesLeft: numberTries,
    delivery,
    ...(start.returnTo !== undefined && { returnTo: start.returnTo }),
    ...(start.site.codeOnly && { codeOnly: true }),
  }
}
