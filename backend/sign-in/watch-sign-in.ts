/** What the first screen hears while it waits: the state and the mail's fate, now and at each change. No secret is ever in it. */
import { Problem } from '../problems.ts'
import type { DeliveryEvent, StateEvent } from '../protocol.ts'
import type { Services } from '../services.ts'
import { at, isFinal, type SignIn } from './sign-in.ts'

export type Heard = { event: 'state'; data: StateEvent } | { event: 'delivery'; data: DeliveryEvent } | { event: 'end' }

/**
 * Tells `hear` the present state and delivery, then each change, and `end` after a final state. Nothing is told twice.
 * @returns the unsubscribe
 * @throws {Problem} `not_found` for an unknown id
 */
export async function watchSignIn({ store, clock }: Services, id: string, hear: (heard: Heard) => void): Promise<() => void> {
  let told: SignIn | undefined
  const tell = (signIn: SignIn) => {
    const current = at(signIn, clock.now())
    for (const heard of changes(told, current)) hear(heard)
    told = current
  }
  const stop = store.signIns.watch(id, tell)
  const signIn = await store.signIns.get(id).catch((error: unknown) => {
    stop()
    throw error
  })
  if (signIn) tell(signIn)
  else {
    stop()
    throw new Problem('not_found')
  }
  return stop
}

function changes(told: SignIn | undefined, now: SignIn): Heard[] {
  if (told && isFinal(told.state)) return []
  const heard: Heard[] = []
  const mailNews = told?.delivery.status !== now.delivery.status || told.delivery.asked !== now.delivery.asked
  if (mailNews) heard.push({ event: 'delivery', data: { status: now.delivery.status } })
  if (told?.state !== now.state) heard.push({ event: 'state', data: { state: now.state } })
  if (isFinal(now.state)) heard.push({ event: 'end' })
  return heard
}
