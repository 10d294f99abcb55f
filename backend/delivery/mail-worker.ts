/**
 * The mail thread's own end: writes letters, composes them and sends them. It has no store, no clock and no log, and nothing leaves it but mails and
 * what came of them. `mail-thread.ts` starts it; the import of its types there is what has the build take it along.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { DeliveryResult } from './delivery.ts'
import { byOrder, type LetterOrder } from './letter-order.ts'
import type { Sender } from './sender.ts'
import type { SmtpOptions } from './smtp-options.ts'
import { deliveryThrough } from './smtp.ts'

export type MailThreadData = { options: SmtpOptions; sender: Sender }
export type Ask = { ask: 'deliver' | 'rehearse'; order: LetterOrder } | { ask: 'ready' }
export type Question = Ask & { id: number }
/** To `ready`: how a letter would fare. */
export type Answer = { id: number; result: DeliveryResult }

// Both ends are of one program.
const { options, sender } = workerData as MailThreadData
const dispatch = byOrder(deliveryThrough(options, sender))

parentPort?.on('message', (question: Question) => {
  void answer(question).then((result) => parentPort?.postMessage({ id: question.id, result } satisfies Answer))
})

async function answer(question: Question): Promise<DeliveryResult> {
  if (question.ask !== 'ready') return dispatch[question.ask](question.order)
  return (await dispatch.ready()) ? { status: 'sent' } : { status: 'deferred', reason: 'not ready' }
}
