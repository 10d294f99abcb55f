import { createHash } from 'node:crypto'
import { equalText } from '../tokens/secrets.ts'
import type { SignIn } from './sign-in.ts'

/** Whether `verifier` is V of this sign-in: base64url(sha256(verifier)) is its challenge (RFC 7636, section 4.6). */
export function provesVerifier(signIn: Pick<SignIn, 'challenge'>, verifier: string): boolean {
  return equalText(createHash('sha256').update(verifier).digest('base64url'), signIn.challenge)
}
