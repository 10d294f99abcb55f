/** The contract of the sign-ins' port: who watches one hears of its changes. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Problem } from '../../problems.ts'
import type { SignIn } from '../../sign-in/sign-in.ts'
import { aSignIn } from '../samples.ts'
import type { WithStore } from '../store-contract.ts'

export function contractOfWatching(withStore: WithStore): void {
  it('tells watchers of each change in order, until they unsubscribe', withStore(async (store) => {
    await store.signIns.insert(aSignIn())
    await store.signIns.insert(aSignIn({ id: 'other' }))
    const heard: string[] = []
    const stop = store.signIns.watch('sign-in-1', (signIn) => heard.push(signIn.state))
    const set = (id: string, state: SignIn['state']) => store.signIns.change(id, (signIn) => ({ next: { ...aSignIn(signIn), state }, result: 0 }))
    await Promise.all([set('sign-in-1', 'approved'), set('other', 'rejected'), set('sign-in-1', 'completed')])
    assert.deepEqual(heard, ['approved', 'completed'])
    stop()
    await set('sign-in-1', 'pending')
    assert.deepEqual(heard, ['approved', 'completed'])
  }))

  it('tells watchers of a live one that it is removed as cancelled, and of one that was over nothing', withStore(async (store) => {
    const heard: string[] = []
    for (const [id, state] of [['sign-in-1', 'pending'], ['sign-in-2', 'rejected']] as const) {
      await store.signIns.insert(aSignIn({ id, state }))
      store.signIns.watch(id, (signIn) => heard.push(`${id} ${signIn.state}`))
      await store.signIns.change(id, () => ({ next: null, result: undefined }))
    }
    assert.deepEqual(heard, ['sign-in-1 cancelled'])
  }))

  it('tells no watcher of a step that writes nothing or throws', withStore(async (store) => {
    await store.signIns.insert(aSignIn())
    let told = 0
    store.signIns.watch('sign-in-1', () => (told += 1))
    await store.signIns.change('sign-in-1', () => ({ result: 0 }))
    await store.signIns.change('sign-in-1', () => { throw new Problem('sign_in_over') }).catch(() => {})
    assert.equal(told, 0)
  }))

  it('goes on when a watcher throws', withStore(async (store) => {
    const heard: string[] = []
    store.signIns.watch('sign-in-1', () => { throw new Error('mine') })
    store.signIns.watch('sign-in-1', ({ id }) => heard.push(id))
    await store.signIns.insert(aSignIn())
    assert.deepEqual(heard, ['sign-in-1'])
  }))
}
