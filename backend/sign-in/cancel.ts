/** "Use another address": the links and the code of this sign-in are dead. Only the browser that asked can. */
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { at, cancel, isFinal } from './sign-in.ts'
import { provesVerifier } from './verifier.ts'

/** Does nothing to one that is over already. @throws {Problem} `invalid_grant` for a wrong V or an unknown id */
export async function cancelSignIn({ store, clock, audit }: Services, id: string, verifier: string): Promise<void> {
  const siteId = await store.signIns.change(id, (signIn) => {
    if (!signIn || !provesVerifier(signIn, verifier)) throw new Problem('invalid_grant')
    const now = clock.now()
    if (isFinal(at(signIn, now).state)) return { result: undefined }
    return { next: cancel(signIn, now), result: signIn.siteId }
  })
  if (siteId !== undefined) audit({ event: 'sign_in.cancelled', siteId, signInId: id })
}
