/**
 * What ends when somebody may not sign in any more, or the operator says so: their sessions, and every sign-in that could still become one.
 * All that comes later is refused by `may-sign-in.ts` already; this is for what is open now (R24).
 */
import type { Services } from '../services.ts'
import { revoke } from '../sign-in/sign-in.ts'
import type { Site } from '../sites/site.ts'
import type { Place, Store } from '../store/store.ts'
import { maySignIn } from './may-sign-in.ts'
import type { User } from './user.ts'

type Parts = Pick<Services, 'store' | 'audit'>

const recordsAtOnce = 200

/** Ends every session of that person, and every sign-in of their address that may still succeed: whoever waits hears of it. */
export async function shutOut({ store }: Pick<Parts, 'store'>, { siteId, id, address }: User): Promise<void> {
  // Sign-ins first: a claim that comes between finds none, and a session that was made before is ended after.
  for (const signIn of await store.signIns.ofAddress(siteId, address)) await revokeSignIn(store, signIn.id)
  await store.sessions.removeOfUser(siteId, id)
  await revokeMarks(store, siteId, id)
}

/** No browser is known any more as one in which that person has signed in. */
export async function revokeMarks(store: Store, siteId: string, userId: string): Promise<void> {
  await store.users.change(siteId, userId, (user) => (user ? { next: { ...user, marksRevoked: (user.marksRevoked ?? 0) + 1 }, result: undefined } : { result: undefined }))
}

/** After a site's rules were narrowed: everybody who is not within them any more. Page by page, so that a large site costs time and no memory. */
export async function shutOutOfSite(parts: Parts, site: Site): Promise<void> {
  const { store, audit } = parts
  for await (const user of pages((after) => store.users.list(site.id, { limit: recordsAtOnce, ...after }))) {
    if (maySignIn(site, user.address, user)) continue
    await shutOut(parts, user)
    audit({ event: 'user.shut_out', siteId: site.id, userId: user.id })
  }
  for await (const signIn of pages((after) => store.signIns.list(site.id, { limit: recordsAtOnce, ...after }))) {
    const user = await store.users.findByAddress(site.id, signIn.address)
    if (!maySignIn(site, signIn.address, user)) await revokeSignIn(store, signIn.id)
  }
}

/** Does nothing where it is over. */
export async function revokeSignIn(store: Store, id: string): Promise<void> {
  await store.signIns.change(id, (signIn) => {
    const next = signIn && revoke(signIn)
    return next ? { next, result: undefined } : { result: undefined }
  })
}

async function* pages<Kept extends Place>(list: (after: { after?: Place }) => Promise<Kept[]>): AsyncGenerator<Kept> {
  for (let page = await list({}); page.length > 0; ) {
    yield* page
    const last = page.at(-1)
    page = last && page.length === recordsAtOnce ? await list({ after: { createdAt: last.createdAt, id: last.id } }) : []
  }
}
