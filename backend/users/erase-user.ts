import type { Services } from '../services.ts'
import type { User } from './user.ts'

/**
 * Removes the person, their sessions and every sign-in of their address at this site, which no file of the store holds any more when this
 * resolves. What the audit log has of them are ids that lead nowhere now.
 */
export async function eraseUser({ store, audit }: Services, user: User): Promise<void> {
  const { siteId, id, address } = user
  const removeSignIns = async () => {
    for (const signIn of await store.signIns.ofAddress(siteId, address)) await store.signIns.change(signIn.id, () => ({ next: null, result: undefined }))
  }
  await removeSignIns()
  const wasThere = await store.users.change(siteId, id, (found) => (found ? { next: null, result: true } : { result: false }))
  await store.sessions.removeOfUser(siteId, id)
  // Whoever asked for a link meanwhile did so as that person still.
  await removeSignIns()
  // Of several that ask at once, the first one erased them.
  if (wasThere) audit({ event: 'user.erased', siteId, userId: id })
  await store.compact()
}
