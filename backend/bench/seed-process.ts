/** Fills a store with people, each with a sign-in that is still waiting. */
import { systemRandom } from '../random.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { openLowdbStore } from '../store/lowdb/store.ts'
import type { User } from '../users/user.ts'
import { answerParent } from './child.ts'
import { waitingSignIn } from './people.ts'

const siteId = 'feedfacefeedface'
const atOnce = 1000

async function seed({ directory, stored }: { directory: string; stored: number }): Promise<void> {
  const store = await openLowdbStore({ directory })
  const now = Date.now() / 1000
  for (let from = 0; from < stored; from += atOnce) {
    const people = Array.from({ length: Math.min(atOnce, stored - from) }, (_, index) => person(from + index, now))
    await Promise.all(people.flatMap(({ user, signIn }) => [store.users.insert(user), store.signIns.insert(signIn)]))
  }
  await store.close()
}

function person(index: number, now: number): { user: User; signIn: SignIn } {
  const address = `stored-${index}@example.org`
  const user: User = { id: systemRandom.id(), siteId, channel: 'email', address, createdAt: now + index / 1e6, lastSignInAt: now, roles: [], metadata: {} }
  return { user, signIn: waitingSignIn(siteId, address, now) }
}

answerParent({ seed })
