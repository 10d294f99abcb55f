import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { systemClock } from '../clock.ts'
import { isOver } from '../sessions/session.ts'
import { at } from '../sign-in/sign-in.ts'
import { aSession, aSignIn, aSite, bornAt } from '../store/samples.ts'
import { withTemp, type Temp } from '../store/lowdb/temp.ts'

const siteId = aSite().id

/** A process life: the store with a clock of its own, as `openStore` makes them, while the wall clock says `wallAt`. */
async function life(context: TestContext, { open, directory }: Temp, wallAt: number) {
  context.mock.timers.reset()
  context.mock.timers.enable({ apis: ['Date'], now: wallAt * 1000 })
  const opened = await open({ directory: join(directory, 'data') })
  return { store: opened, clock: systemClock(opened.lastSeenAt) }
}

describe('a clock that steps between two lives of the process (P8)', () => {
  const stepping = (test: (context: TestContext, temp: Temp) => Promise<void>) => (context: TestContext) => withTemp((temp) => test(context, temp))()

  it('and goes back revives nothing: what had ended stays ended', stepping(async (context, temp) => {
    const first = await life(context, temp, bornAt)
    await first.store.signIns.insert(aSignIn())
    await first.store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    await first.store.counters.take('budget', { max: 1, seconds: 600 }, bornAt)
    await first.store.sweep(bornAt + 3601)
    const later = await life(context, temp, bornAt - 86_400)
    assert.ok(later.clock.now() >= bornAt + 3601)
    assert.equal((await later.store.signIns.get('sign-in-1'))?.state, 'expired')
    assert.equal((await later.store.sessions.find(siteId, 'session-1')).session, undefined)
  }))

  it('and goes back lets nothing live longer than from the last change that was kept', stepping(async (context, temp) => {
    const first = await life(context, temp, bornAt)
    await first.store.signIns.insert(aSignIn())
    await first.store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    context.mock.timers.setTime((bornAt + 500) * 1000)
    await first.store.counters.take('anything', { max: 9, seconds: 60 }, bornAt + 500)
    const later = await life(context, temp, bornAt - 1_000_000)
    const signIn = await later.store.signIns.get('sign-in-1')
    assert.ok(signIn)
    assert.equal(Math.floor(later.clock.now()), bornAt + 500)
    assert.equal(at(signIn, later.clock.now() + 99).state, 'pending')
    assert.equal(at(signIn, later.clock.now() + 100).state, 'expired')
  }))

  it('and goes forward ends what is due, once, and going back after that changes nothing', stepping(async (context, temp) => {
    const first = await life(context, temp, bornAt)
    await first.store.signIns.insert(aSignIn())
    await first.store.sessions.change(siteId, 'session-1', () => ({ next: aSession(), result: 0 }))
    const ahead = await life(context, temp, bornAt + 10 * 86_400)
    const session = (await ahead.store.sessions.find(siteId, 'session-1')).session
    assert.ok(session && isOver(session, ahead.clock.now()))
    await ahead.store.sweep(ahead.clock.now())
    const back = await life(context, temp, bornAt + 1)
    assert.ok(back.clock.now() >= bornAt + 10 * 86_400)
    assert.equal(await back.store.signIns.get('sign-in-1'), undefined)
    assert.equal((await back.store.sessions.find(siteId, 'session-1')).session, undefined)
  }))

  it('and a store from the future is still good for new sign-ins, which last as long as they ought to', stepping(async (context, temp) => {
    await (await life(context, temp, bornAt + 10 * 365 * 86_400)).store.counters.take('anything', { max: 1, seconds: 1 }, 0)
    const { store, clock } = await life(context, temp, bornAt)
    const now = clock.now()
    await store.signIns.insert(aSignIn({ createdAt: now, expiresAt: now + 600 }))
    await store.sweep(now + 599)
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'pending')
    await store.sweep(now + 600)
    assert.equal((await store.signIns.get('sign-in-1'))?.state, 'expired')
  }))
})
