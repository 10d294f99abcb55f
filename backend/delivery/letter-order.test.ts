import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeLetter } from '../sign-in/letter.ts'
import { testOrder, testSignIn } from '../testing/delivery-fakes.ts'
import { writeFarewell, writeInvitation } from '../users/plain-letter.ts'
import type { Delivery, Letter } from './delivery.ts'
import { byOrder, type LetterOrder } from './letter-order.ts'

const order = testOrder(testSignIn())
const farewell: LetterOrder = { kind: 'farewell', signIn: testSignIn({ farewell: true }), site: { name: 'Acme' }, url: 'https://shop.example.com/account', publicUrl: 'https://auth.example.com' }
const invitation: LetterOrder = { kind: 'invitation', signIn: testSignIn({ invitation: true }), site: { name: 'Acme' }, url: 'https://shop.example.com/account', publicUrl: 'https://auth.example.com' }

function setUp(more: Partial<Delivery> = {}) {
  const letters: Letter[] = []
  const adapter: Delivery = { deliver: async (letter) => (letters.push(letter), { status: 'sent' }), ready: async () => true, close: async () => {}, ...more }
  return { letters, dispatch: byOrder(adapter) }
}

test('each kind of order becomes its letter', async () => {
  const { letters, dispatch } = setUp()
  for (const each of [order, invitation, farewell]) assert.deepEqual(await dispatch.deliver(each), { status: 'sent' })
  assert.deepEqual(letters, [order.kind === 'sign-in' && writeLetter(order), invitation.kind === 'invitation' && writeInvitation(invitation), farewell.kind === 'farewell' && writeFarewell(farewell)])
})

test('an order is the same on the other side of a thread', () => {
  for (const each of [order, invitation, farewell]) assert.deepEqual(structuredClone(each), each)
})

test('a rehearsal writes the letter, and delivers nothing', async () => {
  const rehearsed: Letter[] = []
  const { letters, dispatch } = setUp({ rehearse: async (letter) => (rehearsed.push(letter), { status: 'sent' }) })
  assert.deepEqual(await dispatch.rehearse(order), { status: 'sent' })
  assert.equal(rehearsed[0]?.to, 'anna@example.com')
  assert.deepEqual(letters, [])
  assert.deepEqual(await setUp().dispatch.rehearse(order), { status: 'sent' })
})

test('a letter that cannot be written is deferred alike, delivered or rehearsed, and the reason tells nothing of it', async () => {
  const { letters, dispatch } = setUp()
  const broken: LetterOrder = { ...testOrder(testSignIn({ origin: 'anna@example.com' })) }
  for (const end of [await dispatch.deliver(broken), await dispatch.rehearse(broken)]) assert.deepEqual(end, { status: 'deferred', reason: 'ERR_INVALID_URL' })
  assert.deepEqual(letters, [])
})
