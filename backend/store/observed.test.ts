import assert from 'node:assert/strict'
import { test } from 'node:test'
import { observeStore, type StoreCall } from './observed.ts'
import type { Store } from './store.ts'

const heard: StoreCall[] = []
class Events {
  #kept: unknown[] = []
  append(event: unknown): number {
    return this.#kept.push(event)
  }
}
const failed = new Error('disk')
const store = {
  signIns: { get: async (id: string) => ({ id }), watch: () => 'unsubscribe' },
  sites: { insert: () => Promise.reject(failed) },
  events: new Events(),
  ready: async () => undefined,
  lastSeenAt: 7,
}
const observed = observeStore(store as unknown as Store & { lastSeenAt: number }, (call) => heard.push(call))

test('an observed store answers what the store answers', async () => {
  assert.deepEqual(await observed.signIns.get('a'), { id: 'a' })
  assert.equal(observed.signIns.watch('a', () => undefined), 'unsubscribe')
  assert.equal(await observed.ready(), undefined)
  assert.equal((observed.events as unknown as Events).append('a'), 1)
  assert.equal(observed.lastSeenAt, 7)
  await assert.rejects(observed.sites.insert({} as never), failed)
})

test('each call that gave a promise is heard of by name, with its time and whether it went well', () => {
  assert.deepEqual(heard.map(({ operation, ok }) => [operation, ok]), [['signIns.get', true], ['ready', true], ['sites.insert', false]])
  for (const { seconds } of heard) assert.ok(seconds >= 0)
})
