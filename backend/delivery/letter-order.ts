/** What a letter is written from: plain data alone, so that another thread can write it. */
import { writeLetter, type LetterInput } from '../sign-in/letter.ts'
import { writeFarewell, writeInvitation, type PlainInput } from '../users/plain-letter.ts'
import type { Delivery, DeliveryResult, Letter } from './delivery.ts'
import { reasonOf } from './reason.ts'

export type LetterOrder = ({ kind: 'sign-in' } & LetterInput) | ({ kind: 'invitation' | 'farewell' } & PlainInput)

/** Where orders go: what takes them writes their letters, and hands those on. */
export type Dispatch = Required<Delivery<LetterOrder>>

/** What takes letters, as one that takes orders: each letter is written here, where it is sent. */
export function byOrder(adapter: Delivery): Dispatch {
  const rehearse = adapter.rehearse ?? (async (): Promise<DeliveryResult> => ({ status: 'sent' }))
  return {
    deliver: (order) => written(order, adapter.deliver),
    rehearse: (order) => written(order, rehearse),
    ready: () => adapter.ready(),
    close: () => adapter.close(),
  }
}

async function written(order: LetterOrder, then: Delivery['deliver']): Promise<DeliveryResult> {
  try {
    return await then(writeOrder(order))
  } catch (cause) {
    return { status: 'deferred', reason: reasonOf(cause) }
  }
}

function writeOrder(order: LetterOrder): Letter {
  switch (order.kind) {
    case 'sign-in': return writeLetter(order)
    case 'invitation': return writeInvitation(order)
    case 'farewell': return writeFarewell(order)
  }
}
