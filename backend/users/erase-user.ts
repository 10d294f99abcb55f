import type { Services } from '../services.ts'
import type { User } from './user.ts'

/**
 * Removes the person, their sessions and every sign-in of their address at this site, which no file of the store holds any more when this
 * resolves. What the audit log has of them are ids that lead nowhere now. The person goes last, so that what a failure has left can be asked for again.
 */
export async function eraseUser({ store, audit }: Services, user: User): Promise<void> {
  const { siteId, id, address, movedFrom } = user
  const addresses = movedFrom ? [address, movedFrom.address] : [address]
  const removeOwn = async () => {
    const signIns = await Promise.all(addresses.map((each) => store.signIns.ofAddress(siteId, each)))
    for (const signIn of signIns.flat()) await store.signIns.change(signIn.id, () => ({ next: null, result: undefined }))
    await store.sessions.removeOfUser(siteId, id)
  }
  await removeOwn()
  const wasThere = await store.users.change(siteId, id, (found) => (found ? { next: null, result: true } : { result: false }))
  // Of several that ask at once, the first one erased them.
  if (wasThere) audit({ event: 'user.erased', siteId, userId: id })
  // Whoever asked for a link meanwhile, or used one, did so as that person still.
  await removeOwn()
  await store.compact()
}
