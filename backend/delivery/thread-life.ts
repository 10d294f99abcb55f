/** One life of the mail thread, from its start to its end. It keeps no process alive; who waits for an answer does. */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { DeliveryResult } from './delivery.ts'
import { within } from './in-time.ts'
import type { Answer, Ask, MailThreadData, Question } from './mail-worker.ts'
import { reasonOf } from './reason.ts'

export type ThreadLife = {
  /** Never rejects. Where no answer comes in time the thread hangs, and is ended. */
  ask(question: Ask): Promise<DeliveryResult>
  isOver(): boolean
  /** Whoever waits is told at once. */
  end(): Promise<void>
}

/** @param why for the operator, who sees nothing else of it: a code, never a message */
export const threadEnded = (why: string): DeliveryResult => ({ status: 'deferred', reason: `mail thread ended: ${why}` })

const late = 'no answer in time'

/** Eight letters of some 20 kB at a time: some 10 MB live, and little garbage shall pile up beside them. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }

/** Where tests run the sources: on Node 20, tsx does not reach into threads by itself. */
const fromSource = extname(import.meta.filename) === '.ts' && { execArgv: ['--import', new URL('../testing/tsx-in-thread.js', import.meta.url).href] }

/** Never throws: one that cannot be started has ended already. */
export function startThread(file: string | URL, workerData: MailThreadData, lateMs: number): ThreadLife {
  try {
    return lifeOf(new Worker(file, { workerData, resourceLimits, ...fromSource }), lateMs)
  } catch (cause) {
    return { isOver: () => true, end: async () => {}, ask: async () => threadEnded(reasonOf(cause)) }
  }
}

function lifeOf(worker: Worker, lateMs: number): ThreadLife {
  const waiting = new Map<number, (result: DeliveryResult) => void>()
  let questions = 0
  let over: DeliveryResult | undefined
  const settle = ({ id, result }: Answer) => {
    waiting.get(id)?.(result)
    waiting.delete(id)
  }
  const fail = (why: string) => {
    over ??= threadEnded(why)
    for (const id of waiting.keys()) settle({ id, result: over })
  }
  const end = async (why: string) => {
    fail(why)
    await worker.terminate()
  }
  worker.on('message', settle).on('error', (cause: unknown) => fail(reasonOf(cause))).on('exit', (code) => fail(`exit ${code}`)).unref()
  return {
    isOver: () => over !== undefined,
    end: () => end('closed'),
    async ask(question) {
      if (over) return over
      const id = (questions += 1)
      worker.postMessage({ id, ...question } satisfies Question)
      const answered = new Promise<DeliveryResult>((resolve) => void waiting.set(id, resolve))
      const result = await within(lateMs, answered, undefined)
      if (result) return result
      await end(late)
      return threadEnded(late)
    },
  }
}
