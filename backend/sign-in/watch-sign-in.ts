/** What the first screen hears while it waits: the state and the mail's fate, now and at each change. No secret is ever in it. */
import { Problem } from '../problems.ts'
import type { DeliveryEvent, StateEvent } from '../protocol.ts'
import type { Services } from '../services.ts'
import { at, isFinal, type SignIn } from './sign-in.ts'

export type Heard = { event: 'state'; data: StateEvent } | { event: 'delivery'; data: DeliveryEvent } | { event: 'end' }

/** As many sign-ins as one browser waits for on one stream. */
export const maxWatched = 10

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
  if (!signIn) {
    stop()
    throw new Problem('not_found')
  }
  // What was told meanwhile is newer than an answer that was on its way.
  if (!told) tell(signIn)
  return stop
}

/**
 * The same for several sign-ins that one browser waits for: each piece of news names its own as `id`, and `end` comes after the last one's end.
 * Ids that are not known are left out.
 * @throws {Problem} `not_found` where none is known; `invalid_request` for more than `maxWatched`
 */
export async function watchSignIns(services: Services, ids: string[], hear: (heard: Heard) => void): Promise<() => void> {
  const [only, ...others] = ids
  if (only !== undefined && others.length === 0) return watchSignIn(services, only, hear)
  if (ids.length > maxWatched) throw new Problem('invalid_request', { errors: [{ field: 'id', code: 'too_many' }] })
  const going = new Set(ids)
  const over = (id: string) => going.delete(id) && going.size === 0 && hear({ event: 'end' })
  const watched = await Promise.allSettled(
    [...going].map((id) => watchSignIn(services, id, (heard) => void (heard.event === 'end' ? over(id) : hear(named(id, heard))))),
  )
  const stop = () => watched.forEach((one) => one.status === 'fulfilled' && one.value())
  const reasons = watched.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  if (reasons.length === watched.length || !reasons.every(isUnknown)) {
    stop()
    throw reasons.find((reason): reason is Error => reason instanceof Error && !isUnknown(reason)) ?? new Problem('not_found')
  }
  ;[...new Set(ids)].forEach((id, i) => watched[i]?.status === 'rejected' && over(id))
  return stop
}

const isUnknown = (reason: unknown): boolean => reason instanceof Problem && reason.code === 'not_found'

function named(id: string, heard: Exclude<Heard, { event: 'end' }>): Heard {
  return heard.event === 'state' ? { event: 'state', data: { ...heard.data, id } } : { event: 'delivery', data: { ...heard.data, id } }
}

const shownStatus = ({ delivery: { status, discreet } }: SignIn): DeliveryEvent['status'] => (status === 'failed' && discreet ? 'sent' : status)

function changes(told: SignIn | undefined, now: SignIn): Heard[] {
  if (told && isFinal(told.state)) return []
  const heard: Heard[] = []
  const mailNews = told?.delivery.status !== now.delivery.status || told.delivery.asked !== now.delivery.asked
  if (mailNews) heard.push({ event: 'delivery', data: { status: shownStatus(now) } })
  if (told?.state !== now.state) heard.push({ event: 'state', data: { state: now.state } })
  if (isFinal(now.state)) heard.push({ event: 'end' })
  return heard
}
