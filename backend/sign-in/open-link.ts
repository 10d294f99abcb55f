/**
 * WHAT HAPPENS WHEN I CLICK THE LINK.
 *
 * Opening changes nothing: any number of GET, HEAD, prefetch or scanner visits leave the record as it was (R7). It reads what the link
 * means now and says where to go:
 *
 * - `land`: to the asking origin's landing URL with an arrival token in the fragment. If this is the browser that asked, the bridge
 *   there finds V and the person is signed in with no further press (`claim-session.ts`); if not, the script goes on to `/approve`.
 * - `approve`: no landing URL, or already there: the page that asks for the number (`approve.ts`).
 * - `dead`: used, moved, expired, cancelled, rejected (410), or nothing we ever signed (400).
 */
import type { Services } from '../services.ts'
import { landingUrlFor } from '../sites/landing.ts'
import { exactOrigin, isServed, type OriginPolicy } from '../sites/origins.ts'
import type { Site } from '../sites/site.ts'
import type { LinkTokenKind } from '../tokens/link-token.ts'
import { maySignIn } from '../users/may-sign-in.ts'
import type { DeadLinkKind } from './dead-link-page.ts'
import { at, isFinal, type SignIn } from './sign-in.ts'

export type Opened =
  | { kind: 'land'; url: string }
  | { kind: 'approve'; signIn: SignIn; site: Site; landing: string | undefined; token: string }
  /** `over`: what it was, for a press that comes once more; never past the token's own end. */
  | { kind: 'dead'; why: DeadLinkKind; site?: Site; backTo?: string; locale?: string; over?: Omit<Live, 'kind'> }

/** `GET /link`: a mailed link. */
export async function openLink(services: Services, token: string): Promise<Opened> {
  const opened = await readLive(services, token, ['link'])
  if (opened.kind === 'dead') return opened
  if (opened.landing === undefined) return withOwnToken(services, opened)
  const arrival = services.linkTokens.arrival(opened.signIn, services.clock.now())
  return { kind: 'land', url: withFragment(opened.landing, arrival) }
}

/** `GET /approve`: for a link or an arrival token. */
export const openApprovePage = (services: Services, token: string): Promise<Opened> => readLiveToken(services, token, ['link', 'arrival'])

/** What a token leads to while its sign-in lives. The page's own token is the link's, which lasts as long as the sign-in. */
export async function readLiveToken(services: Services, token: string, due: LinkTokenKind[]): Promise<ApproveOrDead> {
  const opened = await readLive(services, token, due)
  return opened.kind === 'dead' ? opened : withOwnToken(services, opened)
}

async function withOwnToken({ linkTokens }: Services, live: Live): Promise<ApproveOrDead> {
  return { ...live, kind: 'approve', token: linkTokens.link(live.signIn) }
}

type Dead = Extract<Opened, { kind: 'dead' }>
type ApproveOrDead = Extract<Opened, { kind: 'approve' }> | Dead
type Live = { kind: 'live'; signIn: SignIn; site: Site; landing: string | undefined }

async function readLive(services: Services, token: string, due: LinkTokenKind[]): Promise<Live | Dead> {
  const { store, linkTokens, clock, config } = services
  const now = clock.now()
  const read = linkTokens.read(token, due, now)
  if (!read) return { kind: 'dead', why: 'malformed' }
  const [signIn, site] = await Promise.all([store.signIns.get(read.signInId), store.sites.get(read.siteId)])
  if (!site) return { kind: 'dead', why: 'expired' }
  if (!signIn || signIn.siteId !== site.id) return { kind: 'dead', why: 'expired', site, ...wayBack(site, undefined, config) }
  const current = at(signIn, now)
  const landing = landingUrlFor(site, signIn.origin, config)
  const dead = (why: DeadLinkKind): Dead => ({ kind: 'dead', why, site, locale: signIn.locale, ...wayBack(site, signIn.origin, config) })
  if (isFinal(current.state)) return { ...dead(endOf(current)), ...(!read.expired && { over: { signIn: current, site, landing } }) }
  if (read.expired) return dead('expired')
  const user = await store.users.findByAddress(site.id, signIn.address)
  if (!maySignIn(site, signIn.address, user)) return dead('cancelled')
  return { kind: 'live', signIn: current, site, landing }
}

/** A token goes only where the site's configuration says, in a fragment that no server sees (R18, R70). */
export function withFragment(landing: string, token: string): string {
  return `${landing}#linklatch=${token}`
}

const ends: Partial<Record<SignIn['state'], DeadLinkKind>> = { completed: 'used', moved: 'moved', cancelled: 'cancelled', rejected: 'rejected' }
const endOf = (signIn: SignIn): DeadLinkKind => ends[signIn.state] ?? 'expired'

function wayBack(site: Site, origin: string | undefined, policy: OriginPolicy): { backTo?: string } {
  const from = [origin ?? exactOrigin(site, policy)].find((each) => each !== undefined && isServed(each, policy))
  const backTo = from === undefined ? undefined : (landingUrlFor(site, from, policy) ?? from)
  return backTo === undefined ? {} : { backTo }
}
